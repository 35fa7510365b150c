# Provisioned concurrency beyond a reservation or beyond what must stay unreserved; payloads of a workflow.
experiment()
{
	cat >exp.yaml <<END
apiVersion: lamina/v1
name: refused
platform: aws-lambda
workload: {images: 5}
pipeline: {orchestrator: $1}
functions:
  f: {memory_mb: 1024, $2, work: {cpu_seconds: 0.5, memory_mb: 300, payload_mb: $3}}
END
	lamina check exp.yaml || echo "exit $?"
}
experiment driver 'reserved_concurrency: 5, provisioned_concurrency: 5' 6
experiment driver 'reserved_concurrency: 5, provisioned_concurrency: 6' 0
experiment driver 'provisioned_concurrency: 900' 0
experiment driver 'provisioned_concurrency: 901' 0
experiment workflow 'timeout_seconds: 3' 0.26
experiment workflow 'timeout_seconds: 3' 0.27
