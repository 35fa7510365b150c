# An interrupt before any replication has ended: none is counted, nothing is shown.
cat >exp.yaml <<'Y'
apiVersion: lamina/v1
name: endless
platform: aws-lambda
workload: {arrivals: {kind: poisson, rate_per_second: 10000000, duration_seconds: 1000}}
functions: {f: {memory_mb: 512, work: {cpu_seconds: 0.1}}}
Y
fails 1 timeout --foreground --preserve-status --signal INT 1 lamina run exp.yaml --replications 2
