echo '{base: b.yaml, name: a}' > a.yaml
echo '{base: a.yaml, name: b}' > b.yaml
lamina check a.yaml
echo '{base: none.yaml, name: c}' > c.yaml
lamina check c.yaml
echo '[1, 2]' > list.yaml
echo '{base: list.yaml, name: d}' > d.yaml
lamina check d.yaml
cp $ROOT/tests/data/p*.yaml $ROOT/tests/data/experiment.yaml .
echo 'functons: {}' > typo.yaml
lamina check experiment.yaml --with typo.yaml --with list.yaml
