# What the sentences leave out they name; one time on a device is said to be taken for all; no row, no heading's load.
cat >exp.yaml <<'END'
apiVersion: lamina/v1
name: words
platform: aws-lambda
workload: {arrivals: {kind: poisson, rate_per_second: 2, duration_seconds: 3600}}
functions: {f: {work: {cpu_seconds: 0.02, device_seconds: 0.01, cpu_seconds_without_device: 0.4, memory_mb: 900, shared_memory_mb: 700, device_memory_mb: 500}}}
END
lamina compare exp.yaml --quick -p aws-lambda,ec2-fleet-g4dn.xlarge,ec2-fleet-g5.xlarge,google-cloud-run-l4 >out
grep -E '^(Cheapest and|All)' out
fails 2 lamina compare exp.yaml --quick -p aws-lamda >out
cut -c 1-90 out
