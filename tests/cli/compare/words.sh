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
# What is said for other platforms' sake the experiment's own does without.
cat >shared.yaml <<'END2'
base: exp.yaml
functions: {f: {burst: true, requests_per_instance: 4, work: {device_seconds: 0, cpu_seconds_without_device: 0}}}
END2
lamina compare shared.yaml --quick -p aws-lambda,aws-lambda-microvm >out
grep 'left out' out
# Of settings that are the fastest within a budget the cheapest is not the cheapest there is.
lamina compare shared.yaml --quick -p aws-lambda --budget 100 | sed -n '1p;s/^\(Cheapest.*\): .*/\1/p'
# Values of a platform whose name has dots, by --set; of one that is not there.
dotted=compare.values.aws-lambda-managed-c7g.xlarge.price.usd_per_instance_hour
lamina compare shared.yaml --quick -p aws-lambda-managed-c7g.xlarge --stated --set $dotted=0 --set functions.f.burst=false |
	awk '/^aws-lambda-managed/ { print ($6 > 40 && $6 < 60) ; exit }'
fails 2 lamina compare shared.yaml --quick -p aws-lambda --set compare.values.aws-lamda.price.usd_per_gb_second=1
fails 2 lamina compare shared.yaml --quick -p aws-lambda --set ${dotted/xlarge/xlrge}=1
fails 2 lamina run shared.yaml --set functions.f.burst=false --set functions.f.requests_per_instance=1 \
	--set platform_values.sandbox.interruptions_per_hour=4
lamina check shared.yaml --set functions.f.burst=false --set functions.f.requests_per_instance=1 \
	--set functions.f.device_batch_max=4
