cp $ROOT/tests/data/*.yaml .
sed 's/images: 400/images: four/' experiment.yaml > wrong.yaml
lamina check experiment.yaml wrong.yaml missing.yaml experiment.yaml
