cp $ROOT/tests/data/profile.yaml .
sed 's/^platform: .*/platform: aws-lambda-2091/' $ROOT/tests/data/experiment.yaml > exp.yaml
lamina check exp.yaml
lamina check exp.yaml --set platform=something-else
