# A queue that says nothing hides a message for six time-outs, and for SQS's own 30 s at least: what always times out at
# once is tried 345,600 s / 30 s times in its four days, no more.
cat >exp.yaml <<'Y'
apiVersion: lamina/v1
name: stuck
platform: aws-lambda
workload: {images: 1}
source: {kind: sqs, batch_size: 1}
functions: {f: {memory_mb: 512, timeout_seconds: 1, work: {wait_seconds: 2}}}
replications: {min: 2, max: 2}
Y
for seconds in 0.001 1 10; do
	lamina run exp.yaml --set functions.f.timeout_seconds=$seconds --format csv >rows 2>words || cat words
	grep ^run,invocations rows | cut -d, -f3
done
