# What stands on the bill beside is switched on by its key, and is no longer left out.
cat > e.yaml <<'END'
apiVersion: lamina/v1
name: beside
platform: aws-lambda
workload: {images: 1000}
pipeline: {parallel: 50}
traffic: {runs_per_month: 1000}
replications: {min: 2}
bill:
  logs: {kb_per_call: 2}
  nat: {gateways: 2, carries_store: true}
  egress: {kb_per_record: 46}
  api: {kind: http}
  files: {stored_gb: 3, read_kb_per_call: 100}
  savings_plan: {discount: 0.12, share: 0.5}
functions:
  resize: {memory_mb: 512, work: {cpu_seconds: 0.4, download_mb: 2, upload_mb: 0.2, memory_mb: 120}}
END
lamina run e.yaml | sed -n '/^The bill/,/^Not on it/p'
lamina run e.yaml --format json | sed -n '/bill_leaves_out/,/]/p'
# The planner pays for the same.
lamina plan e.yaml --deadline 60 --quick | grep -o 'and -0.0 % cost'
