# 100,000 points are checked and listed one by one: memory does not grow with their number, but for what is printed.
long_test
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
cp $ROOT/tests/data/p*.yaml .
sweep='sweep={matrix: {seed: {from: 1, to: 10000, step: 1}, pipeline.parallel: {from: 1, to: 10, step: 1}}}'
within_kb 400000 lamina check exp.yaml --set "$sweep"
within_kb 400000 lamina sweep --dry-run -f csv exp.yaml --set "$sweep" | sed -n '1p; 2p; $p'
