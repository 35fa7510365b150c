# 50,000 points are checked one by one: memory does not grow with their number.
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
cp $ROOT/tests/data/p*.yaml .
within_kb 600000 lamina check exp.yaml --set 'sweep={matrix: {seed: {from: 1, to: 5000, step: 1}, pipeline.parallel: {from: 1, to: 10, step: 1}}}'
