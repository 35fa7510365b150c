# A budget is a month's for traffic: who keeps it answers, who does not is measured at what comes nearest, and says so.
cat >exp.yaml <<'END2'
apiVersion: lamina/v1
name: budget
platform: aws-lambda
workload: {arrivals: {kind: poisson, rate_per_second: 5, duration_seconds: 3600}}
functions: {f: {work: {cpu_seconds: 0.02, device_seconds: 0.02, cpu_seconds_without_device: 0.4, memory_mb: 900, shared_memory_mb: 700}}}
END2
lamina compare exp.yaml --quick --budget 160 -p aws-lambda,google-cloud-run-l4 --format csv | cut -d, -f 1,2,21-
# What comes nearest to a budget is not what is fastest.
lamina compare exp.yaml --quick --budget 160 -p google-cloud-run-l4 --format csv >nearest.csv || true
awk -F, 'NR == 2 { print ($3 != "") }' nearest.csv
tr -d '"' <nearest.csv | awk -F, 'NR == 2 { print ($4 < 1000) }'
fails 3 lamina compare exp.yaml --quick --budget 5 -p aws-lambda >none.txt
tail -1 none.txt
# Objects that stay are on all bills or on none, whoever keeps them.
cat >batch.yaml <<'END2'
apiVersion: lamina/v1
name: stored
platform: aws-lambda
workload: {images: 100}
pipeline: {parallel: 20}
functions: {f: {work: {cpu_seconds: 0.4, memory_mb: 300, upload_mb: 5}}}
END2
all=aws-lambda,aws-lambda-s3-express,google-cloud-run,azure-consumption,azure-container-apps,ec2-fleet-c7g.xlarge
all=$all,aws-lambda-managed-c7g.xlarge,aws-lambda-microvm
lamina compare batch.yaml --quick --stated -p $all --format json >without.json
lamina compare batch.yaml --quick --stated -p $all --set bill.objects.months=12 --format json >with.json
grep -c '"answer": "\(answers\|at best\)"' without.json with.json
paste <(sed -n 's/^ *"usd": \(.*\),/\1/p' without.json | head -8) <(sed -n 's/^ *"usd": \(.*\),/\1/p' with.json | head -8) |
	awk '{ print ($2 - $1 > 0.5 * 12 * 0.018 * 0.9) }'
