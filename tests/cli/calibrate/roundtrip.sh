# The README's function, logged with other work than the experiment guesses: the logged means come back, and so does what its store requests cost.
cat > thumbnails.yaml <<'EOF'
apiVersion: lamina/v1
name: thumbnails
platform: aws-lambda
workload: {images: 1000}
pipeline: {parallel: 50}
functions: {resize: {memory_mb: 512, work: {cpu_seconds: 0.4, download_mb: 2, upload_mb: 0.2, memory_mb: 120, init_cpu_seconds: 3, cold_cpu_seconds: 2, threads: 4, variation: 0.3}}}
EOF
report() {
	printf 'REPORT RequestId: 8f5-%s\tDuration: %s ms\tBilled Duration: %s ms\tMemory Size: %s MB\tMax Memory Used: 90 MB\t%s\n' "$@"
}
{
	report 1 2179.00 2179 256 ''
	report 2 1132.00 1132 512 ''
	report 3 400.30 401 1769 ''
	report 4 2179.00 2430 256 'Init Duration: 250.00 ms'
} > resize.log
lamina calibrate resize.log -e thumbnails.yaml -o mine.yaml > table
tail -n +2 mine.yaml
near() {
	awk -F, -v scope="$1" -v metric="$2" -v want="$3" '
		$1 == scope && $2 == metric { seen = 1; if ($3 < want * 0.99 || $3 > want * 1.01) print metric, $3, "not", want }
		END { if (!seen) print "no", metric }'
}
for pair in 256:2.179 512:1.132 1769:0.4003; do
	lamina run thumbnails.yaml --with mine.yaml --set functions.resize.memory_mb="${pair%:*}" --format csv > run.csv
	near resize duration_mean_seconds "${pair#*:}" < run.csv
	near run cost_store_usd 0.0054 < run.csv
done
