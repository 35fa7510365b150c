# What leaves with a result leaves with each message's, in batches or one by one.
cat > e.yaml <<'END'
apiVersion: lamina/v1
name: answers
platform: aws-lambda
workload: {images: 2000, arrivals: {kind: poisson, rate_per_second: 20}}
source: {kind: sqs, batch_size: 50, window_seconds: 2}
bill: {egress: {kb_per_record: 1024}}
functions: {f: {memory_mb: 1024, work: {cpu_seconds: 0.01}}}
replications: {min: 2}
END
for size in 1 50; do
	lamina run e.yaml --set source.batch_size=$size | grep -E '^(completed_records|egress) '
done
