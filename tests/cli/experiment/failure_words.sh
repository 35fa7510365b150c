# Every cause of failure has its words.
cat > f.yaml <<'Y'
apiVersion: lamina/v1
name: f
platform: aws-lambda
workload: {images: 100}
pipeline: {parallel: 50}
functions: {f: {memory_mb: 512, work: {cpu_seconds: 0.4, memory_mb: 120}}}
Y
for set in failures.error_rate=0.5 failures.crashes_per_hour=900 functions.f.timeout_seconds=1 \
	functions.f.work.memory_mb=600 functions.f.work.tmp_mb=746; do
	fails 1 lamina run f.yaml --set $set >result
done
fails 1 lamina run f.yaml --set functions.f.work.tmp_mb=746 --set platform_values.limits.tmp_max_mb=0 >result
fails 1 lamina run f.yaml --set failures.error_rate=0.5 --set functions.f.timeout_seconds=2 \
	--set failures.straggler_rate=0.3 >result
fails 1 lamina run f.yaml --set pipeline.invocation=async --set workload.images=30000 --set pipeline.parallel=30000 \
	--set functions.f.reserved_concurrency=1 -n 2 >result
