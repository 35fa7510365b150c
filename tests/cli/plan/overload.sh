# A size that cannot serve what comes is no plan, however cheap the part of it that was simulated.
long_test
cat >exp.yaml <<'YAML'
apiVersion: lamina/v1
name: overload
platform: aws-lambda
workload: {arrivals: {kind: poisson, rate_per_second: 20, duration_seconds: 60}}
functions: {resize: {work: {cpu_seconds: 0.4, memory_mb: 100}}}
limits: {in_flight: 70}
YAML
lamina plan exp.yaml --latency p95=30 | grep -E '^(resize|memMin)'
fails 3 lamina plan exp.yaml --strategy memMin --latency p95=30
