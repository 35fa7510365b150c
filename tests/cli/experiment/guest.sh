# What is paid for is its host's: a guest's row leaves that open.
cat >two.yaml <<'EOF'
apiVersion: lamina/v1
name: two
platform: google-cloud-run-l4
platform_values: {sandbox: {cold_start_seconds: {probability: [0.5], value: [4]}, warm_start_seconds: {probability: [0.5], value: [0.005]}}, limits: {burst: 100, burst_per_minute: 600}}
workload: {arrivals: {kind: poisson, rate_per_second: 2, duration_seconds: 60}}
functions:
  detect: {memory_mb: 16384, requests_per_instance: 4, work: {device_seconds: 0.01, memory_mb: 500, device_memory_mb: 5000}}
  embed: {instances_of: detect, work: {device_seconds: 0.02, memory_mb: 500, device_memory_mb: 5000}}
EOF
lamina run two.yaml --replications 1 2>/dev/null | grep '^embed' | head -1 | awk '{ print $1, $8, $9, $10 }'
