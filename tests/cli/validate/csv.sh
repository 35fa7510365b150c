cp $ROOT/tests/cli/validate/claims.yaml exp.yaml
lamina validate exp.yaml --format csv
