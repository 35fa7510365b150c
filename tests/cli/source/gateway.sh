# A gateway in front: its requests are on the bill, and it does not wait for more than 29 seconds; the planner knows.
cat > g.yaml <<'END'
apiVersion: lamina/v1
name: gateway
platform: aws-lambda
workload: {images: 20}
pipeline: {parallel: 20}
replications: {min: 3}
source: {kind: rest_api, message_kb: 20, answer_kb: 100}
functions: {slow: {memory_mb: 256, work: {cpu_seconds: 5, memory_mb: 100}}}
END
fails 1 lamina run g.yaml | sed -n '/^completed/p;/^failed/p;/^gateway/p;/^REST/p;/^Not on/p'
lamina run g.yaml --set functions.slow.memory_mb=512 | sed -n '/^completed/p;/^gateway/p'
lamina plan g.yaml --deadline 100 --quick | sed -n '/^slow/p'
# Answers that are streamed, of which what is beyond 6 MB takes a second for each 2 MB; schedules, in a region whose price is not stated, too; a topic.
lamina run g.yaml --set source.kind=function_url --set source.answer_kb=10240 --set source.streamed=true \
	--set functions.slow.work='{wait_seconds: 1, memory_mb: 100}' | sed -n '/^warm_seconds/p;/^duration/p;/^slow/p;/^record_p50/p;/^streamed/p'
lamina run g.yaml --set source='{kind: schedule}' | sed -n '/^schedules/p'
fails 2 lamina run g.yaml --set source='{kind: schedule}' --set region=eu-west-1
lamina run g.yaml --set source='{kind: sns, message_kb: 65}' | sed -n '/^completed/p;/^publishes/p'
