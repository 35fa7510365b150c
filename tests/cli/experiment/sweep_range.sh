# A range has its last value, whether binary fractions reach it or not.
cp $ROOT/tests/data/*.yaml .
points() {
	lamina sweep experiment.yaml --set "sweep={matrix: {pipeline.pause_seconds: $1}}" --dry-run --format csv
}
points '{from: 0.1, to: 0.7, step: 0.1}'
points '{from: 0.3, to: 0.9, step: 0.3}' | tail -1
points '{from: 1, to: 10, step: 4}' | tail -1
points '{from: 0.001, to: 1, factor: 10}' | tail -1
