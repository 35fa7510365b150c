# One experiment, and what keeps platforms from running it: each row says so, the rest of the table stands.
cat >exp.yaml <<'END'
apiVersion: lamina/v1
name: classify
platform: aws-lambda
region: us-east-1
workload: {arrivals: {kind: poisson, rate_per_second: 2, duration_seconds: 3600}}
framework: {runtime: python3.12}
functions: {f: {memory_mb: 1769, work: {cpu_seconds: 0.2, memory_mb: 300, shared_memory_mb: 200}}}
END
lamina compare exp.yaml --quick --platforms aws-lambda,google-cloud-run-l4,azure-flex,ec2-p3.2xlarge,google-cloud-rum \
	--format csv | sed 1d | cut -d, -f 1,2,21-
lamina compare exp.yaml --quick --platforms google-functions-gen1 | sed -n '/left out/p'
fails 3 lamina compare exp.yaml --quick --platforms aws-lambda,google-cloud-run --latency p95=0.001 >none.txt
fails 2 lamina compare exp.yaml --quick --platforms google-cloud-run-l4 >none.txt
fails 2 lamina compare exp.yaml --set platform=aws-lambda-2019
fails 2 lamina compare exp.yaml --deadline 5 --set compare.values=3
fails 2 lamina compare exp.yaml --set functions.f.memory_mbb=1
cat >large.yaml <<'END'
base: exp.yaml
functions: {f: {work: {device_seconds: 0.01, device_memory_mb: 40000}}}
END
fails 2 lamina compare large.yaml --quick --platforms aws-lambda,google-cloud-run-l4,ec2-fleet-g4dn.xlarge --format csv \
	>large.csv
sed 1d large.csv | cut -d, -f 1,2,21-
# At 512 MB Cloud Run takes one request an instance, at larger sizes several, which memory must hold.
cat >batch.yaml <<'END'
apiVersion: lamina/v1
name: thumbnails
platform: aws-lambda
workload: {images: 200}
pipeline: {parallel: 20}
functions: {resize: {memory_mb: 512, work: {cpu_seconds: 0.4, memory_mb: 120}}}
END
lamina compare batch.yaml --deadline 60 --quick --platforms google-cloud-run --format csv | sed 1d | cut -d, -f 1-3,21-
# A rate that no quota allows stands in its row, with the quota; the others answer.
lamina compare exp.yaml --quick --latency p95=20 --platforms aws-lambda,azure-consumption \
	--set workload.arrivals.rate_per_second=40 --set functions.f.work.cpu_seconds=8 --format csv | sed 1d | tr -d '"' |
	awk -F, '{ print $1 ": " $2 ", " ($4 != "") ", " $(NF - 1) $NF }'
fails 3 lamina compare exp.yaml --quick --latency p95=2 --platforms aws-lambda \
	--set workload.arrivals.rate_per_second=1e5
