# Requests that share instances, with and without an accelerator, and requests over time on a machine.
cat >run.yaml <<'EOF'
apiVersion: lamina/v1
name: shared
platform: google-cloud-run
platform_values:
  sandbox:
    cold_start_seconds: {probability: [0.5], value: [2]}
    warm_start_seconds: {probability: [0.5], value: [0.005]}
  limits: {burst: 100, burst_per_minute: 600}
workload: {arrivals: {kind: deterministic, rate_per_second: 10, duration_seconds: 60}}
functions:
  f: {memory_mb: 4096, requests_per_instance: 4, work: {cpu_seconds: 0.15, memory_mb: 900, shared_memory_mb: 700}}
replications: {min: 2}
EOF
lamina explain run run.yaml | grep -E 'computing|sharing|total|longer'
sed 's/google-cloud-run/google-cloud-run-l4/; s/4096/16384/; s/cpu_seconds: 0.15/device_seconds: 0.05/' run.yaml >l4.yaml
lamina run l4.yaml | grep -E '^(compute|vCPU|device|requests|total) '
sed 's/google-cloud-run/google-cloud-run-instances/' run.yaml >instances.yaml
lamina explain run instances.yaml | grep -E 'kept ready|pays by the clock'
cat >machine.yaml <<'EOF'
apiVersion: lamina/v1
name: machine
platform: ec2-g4dn.xlarge
platform_values: {machine: {feed_seconds_per_image: 0.002, device_images_per_second: 1000}}
workload: {arrivals: {kind: poisson, rate_per_second: 100, duration_seconds: 60}}
replications: {min: 2}
EOF
lamina run machine.yaml | grep -E 'machine |^p50|record_seconds'

# What cannot be.
fails 2 lamina run run.yaml --set functions.f.requests_per_instance=2000
fails 2 lamina run run.yaml --set functions.f.memory_mb=512
fails 2 lamina run run.yaml --set functions.f.work.device_seconds=1
fails 2 lamina run run.yaml --set functions.f.work.shared_memory_mb=901
fails 2 lamina run run.yaml --set pipeline.shared_hosts=true
fails 2 lamina run run.yaml --set 'platform_values.sandbox.requests_default=2000'
fails 2 lamina run run.yaml --set 'platform_values.price.used_memory_step_mb=128'
fails 2 lamina run run.yaml --set pipeline.client_seconds=0.1 --set pipeline.orchestrator=workflow
fails 2 lamina run run.yaml --set pipeline.client_seconds=0.1 --set pipeline.invocation=async
# Memory and requests at once are planned for by simulations; what is made of other plans alone is refused.
lamina plan run.yaml --latency p95=1 --format csv
fails 3 lamina plan run.yaml --latency p95=0.01
fails 2 lamina plan run.yaml --latency p95=1 --pareto
fails 2 lamina plan run.yaml --strategy memMin
