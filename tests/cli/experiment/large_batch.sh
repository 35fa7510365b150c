# Half a million records, of which fifty are under way: memory holds these, not those that wait for a place.
long_test
cat > exp.yaml <<'X'
apiVersion: lamina/v1
name: x
platform: aws-lambda
replications: {min: 1}
workload: {images: 500000}
pipeline: {parallel: 50}
functions: {f: {memory_mb: 1024, work: {cpu_seconds: 0.01}}}
X
for orchestrator in driver workflow store_events; do
	within_kb 140000 lamina run exp.yaml --jobs 1 --set pipeline.orchestrator=$orchestrator --format csv 2>/dev/null |
		grep completed_records | cut -d, -f2,3
done
