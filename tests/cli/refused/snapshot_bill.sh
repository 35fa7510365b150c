# A restore loads no package, whatever its size; a snapshot of Java costs nothing, one of Python is kept and restored.
bill()
{
	cat >exp.yaml <<END
apiVersion: lamina/v1
name: snapshots
platform: aws-lambda
workload: {images: 200, arrivals: {kind: poisson, rate_per_second: 0.002}}
framework: {runtime: $1, package_mb: $2}
functions: {api: {memory_mb: 2048, snapshot: true, work: {cpu_seconds: 0.5, memory_mb: 700, init_cpu_seconds: 4}}}
replications: {min: 3}
END
	lamina run exp.yaml --format csv | grep -E ',(record_p95_seconds|cost_usd),' | cut -d, -f 2,3
}
for runtime in java21 python3.12; do
	for package_mb in 0 250; do
		echo "$runtime, $package_mb MB"
		bill $runtime $package_mb
	done
done
