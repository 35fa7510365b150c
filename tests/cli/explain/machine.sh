# A machine has no functions.
cp $ROOT/tests/data/*.yaml .
lamina explain run experiment.yaml --set platform=titan-x-pascal-host
