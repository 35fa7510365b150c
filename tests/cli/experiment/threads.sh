# The same bytes from any number of threads.
cp $ROOT/tests/data/*.yaml .
for jobs in 1 2 3 8; do
	for format in table json csv; do
		lamina run experiment.yaml -n 20 -j $jobs --format $format --set pipeline.parallel=4 >run-$jobs-$format
		lamina sweep experiment.yaml -j $jobs --format $format >sweep-$jobs-$format
		cmp run-$jobs-$format run-1-$format
		cmp sweep-$jobs-$format sweep-1-$format
	done
	lamina sweep experiment.yaml -j $jobs --format csv \
		--set 'replications={min: 3, max: 40, until: {metric: makespan_seconds, half_width: 0.03}}' >until-$jobs
	cmp until-$jobs until-1
	lamina run experiment.yaml -j $jobs --timeline trace-$jobs.json >/dev/null
	cmp trace-$jobs.json trace-1.json
done
wc -l <sweep-1-csv
