# What the provider's own arithmetic of instances asks for, and what a simulation of just so many makes of it.
cat >exp.yaml <<'END'
apiVersion: lamina/v1
name: waits
platform: aws-lambda
workload: {arrivals: {kind: poisson, rate_per_second: 50, duration_seconds: 1800}}
functions: {call: {work: {cpu_seconds: 0.25, wait_seconds: 0.75, memory_mb: 512, shared_memory_mb: 300}}}
END
lamina compare exp.yaml --latency p95=1.5 --quick -p aws-lambda-managed-c7g.xlarge | grep "provider's arithmetic"
