# A time-out rules out sizes, not the problem: what works is found by simulation.
long_test
cat > exp.yaml <<'Y'
apiVersion: lamina/v1
name: thumbnails
platform: aws-lambda
workload: {images: 300}
pipeline: {parallel: 50}
functions: {resize: {memory_mb: 512, work: {cpu_seconds: 0.4, download_mb: 2, upload_mb: 0.2, memory_mb: 120}}}
Y
for seconds in 1.5 3 4.5 6; do
	lamina plan exp.yaml --deadline 100 --quick --set functions.resize.timeout_seconds=$seconds --format json > plan.json
	echo "$seconds s: a plan"
	memory=$(perl -0777 -ne '/"what": "resize",\s*"value": "(\d+) MB"/ && print $1' plan.json)
	parallel=$(perl -0777 -ne '/"what": "parallel",\s*"value": "(\d+)/ && print $1' plan.json)
	for size in "$memory" $((memory * 3 / 4)); do
		((size >= 128)) || continue
		lamina run exp.yaml --replications 20 --format csv --set functions.resize.timeout_seconds=$seconds \
			--set functions.resize.memory_mb="$size" --set pipeline.parallel="$parallel" > run.csv 2> /dev/null || true
		perl -F, -ne 'print $F[2] < 0.2 ? "works\n" : "with less memory records fail\n" if $F[1] eq "failed_records"' run.csv
	done
done
lamina plan exp.yaml --deadline 100 --set functions.resize.timeout_seconds=0.4 || echo "exit $?" >&2
