echo '{base: b.yaml, name: a}' > a.yaml
echo '{base: a.yaml, name: b}' > b.yaml
fails 2 lamina check a.yaml
echo '{base: none.yaml, name: c}' > c.yaml
fails 1 lamina check c.yaml
echo '[1, 2]' > list.yaml
echo '{base: list.yaml, name: d}' > d.yaml
fails 2 lamina check d.yaml
cp $ROOT/tests/data/p*.yaml $ROOT/tests/data/experiment.yaml .
echo 'functons: {}' > typo.yaml
fails 2 lamina check experiment.yaml --with typo.yaml --with list.yaml
