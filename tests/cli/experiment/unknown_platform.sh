cp $ROOT/tests/data/p*.yaml .
sed 's/^platform: .*/platform: titan-x-pascal-hots/' $ROOT/tests/data/experiment.yaml > exp.yaml
lamina check exp.yaml
lamina check exp.yaml --set platform=something-else
