# 50,000 points are checked one by one: memory does not grow with their number.
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
cp $ROOT/tests/data/p*.yaml .
(
	ulimit -v 600000
	OPENBLAS_NUM_THREADS=1 lamina check exp.yaml --set 'sweep={matrix: {seed: {from: 1, to: 5000, step: 1}, pipeline.parallel: {from: 1, to: 10, step: 1}}}'
)
