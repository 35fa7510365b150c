cp $ROOT/tests/data/p*.yaml .
sed 's/^platform: .*/platform: titan-x-pascal-hots/' $ROOT/tests/data/experiment.yaml > exp.yaml
fails 2 lamina check exp.yaml
fails 2 lamina check exp.yaml --set platform=something-else
