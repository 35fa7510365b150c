# Whole experiments whose bills are those of the providers' pricing pages (tests/unit/test_pricing_pages.c has more).
# A part of a month is simulated, and traffic makes a month of it; no call is a cold one.
month() {
	lamina run "$@" --format csv | awk -F, '$2 == "month_usd" {printf "%.2f\n", $3}'
}
bill() {
	lamina run "$@" --format json | tr -d '\n' | grep -o '"item": "[^"]*", *"quantity": [^,]*, *"unit": "[^"]*", *"usd": [^,}]*' | tr -s ' '
}
cat > mobile.yaml <<'END'
apiVersion: lamina/v1
name: mobile
title: AWS Lambda pricing, mobile application backend, 2.73 USD
platform: aws-lambda
workload: {images: 3000}
pipeline: {parallel: 10, warm_sandboxes: 10}
traffic: {runs_per_month: 1000, free_tier: true}
replications: {min: 2}
functions: {backend: {memory_mb: 1536, work: {wait_seconds: 0.12, memory_mb: 100}}}
END
echo "mobile backend: $(month mobile.yaml)"
# Telemetry: 7,440,000 messages of two seconds, 1 GB, nothing free: 249.49
echo "telemetry: $(month mobile.yaml --set workload.images=744 --set traffic='{runs_per_month: 10000}' \
	--set functions.backend.memory_mb=1024 --set functions.backend.work.wait_seconds=2)"
# BERT: 6 million requests of 280 ms, 4 GB, 2 GB of /tmp: 106.41
echo "BERT: $(month mobile.yaml --set traffic.runs_per_month=2000 --set functions.backend.memory_mb=4096 \
	--set functions.backend.tmp_mb=2048 --set functions.backend.work.wait_seconds=0.28)"
# API Gateway: 1.08 million uploads of 4.5 MB are 9.72; a thousandth of them.
sed 's/^pipeline/source: {kind: http_api, message_kb: 4608}\npipeline/' mobile.yaml > upload.yaml
bill upload.yaml --set workload.images=1080 | grep HTTP
# Step Functions workshop: three transitions, 1,000 times: 0.075
cat > steps.yaml <<'END'
apiVersion: lamina/v1
name: steps
platform: aws-lambda
workload: {images: 1000}
pipeline: {orchestrator: workflow, parallel: 40, warm_sandboxes: 40}
replications: {min: 2}
defaults: {memory_mb: 128}
functions:
  a: {work: {wait_seconds: 0.1, memory_mb: 50}}
  b: {work: {wait_seconds: 0.1, memory_mb: 50}}
  c: {work: {wait_seconds: 0.1, memory_mb: 50}}
END
bill steps.yaml | grep transitions
# S3: 310,000 PUTs and 620,000 GETs are 1.55 and 0.25; a thousandth of them.
bill mobile.yaml --set workload.images=310 --set functions.backend.work='{download_mb: 0.002, download_objects: 2, upload_mb: 0.001, memory_mb: 50}' | grep store
