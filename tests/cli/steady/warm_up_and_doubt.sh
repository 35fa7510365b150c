cat > open.yaml <<'Y'
apiVersion: lamina/v1
name: open
platform: aws-lambda-2019
workload: {images: 6000, arrivals: {kind: poisson, rate_per_second: 5}}
replications: {min: 2}
functions: {f: {memory_mb: 1024, work: {cpu_seconds: 0.3, variation: 0.5}}}
Y
echo '# a run that is long enough: four rows, each inside its interval'
lamina run open.yaml --format json | perl -0ne '
	my ($times) = /"steady_state".*?"times": \[(.*?)\]/s;
	while ($times =~ /"record_time": "(\w+)",\s*"seconds": ([\d.]+),\s*"low_95": ([\d.]+),\s*"high_95": ([\d.]+)/g) {
		print "$1 ", ($3 <= $2 && $2 <= $4 ? "inside" : "outside"), "\n";
	}'
echo '# one that is not says so'
lamina run open.yaml --set workload.images=50 > short.txt
grep -c 'steady state' short.txt
echo '# where all records come at once there is no steady state'
lamina run open.yaml --set 'workload={images: 50}' --set pipeline.parallel=5 | grep -c 'steady state'
