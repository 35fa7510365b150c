# A queue whose messages are gathered, some of which fail and become dead letters.
cat > q.yaml <<'END'
apiVersion: lamina/v1
name: queue
platform: aws-lambda
workload: {arrivals: {kind: poisson, rate_per_second: 20, duration_seconds: 1800}}
replications: {min: 3}
source: {kind: sqs, batch_size: 50, window_seconds: 2, message_kb: 3, message_error_rate: 0.1, partial_failures: true, receives_max: 2}
functions: {resize: {memory_mb: 512, timeout_seconds: 10, work: {cpu_seconds: 0.02, memory_mb: 120}}}
END
fails 1 lamina run q.yaml | sed -n '/^metric/,/^idle_memory/p;/^item/,/^total/p'
# Provisioned pollers, and a stream.
fails 1 lamina run q.yaml --set source.pollers_min=4 | sed -n '/^pollers/p'
sed 's/^source: .*/source: {kind: kinesis, shards: 2, parallelization: 3, window_seconds: 1, message_kb: 3}/' q.yaml > k.yaml
lamina run k.yaml | sed -n '/^queue_seconds/,/^dead_letters/p;/^shards/p;/^stream puts/p'
# A payload of 6 MB holds six messages of 1,000 kB.
lamina run q.yaml --set source='{kind: sqs, window_seconds: 2, message_kb: 1000}' | sed -n '/^messages_per/p'
# A plan is made for what is called one by one.
# Message groups of a queue that keeps their order.
lamina run q.yaml --set source='{kind: sqs, fifo_groups: 40, message_kb: 3}' | sed -n "/^messages_per/p;/^peak/p;/^FIFO/p"
fails 2 lamina plan q.yaml --latency p95=5
# Where nobody says otherwise, 200 pollers are the most, with ten calls each; no more than these can be asked for.
cat > many.yaml <<'END'
apiVersion: lamina/v1
name: many
platform: aws-lambda
platform_values: {limits: {concurrency: 9000, burst: 9000}}
workload: {images: 6000}
pipeline: {warm_sandboxes: 3000}
source: {kind: sqs, batch_size: 1, pollers_min: 200}
functions: {f: {memory_mb: 1769, work: {wait_seconds: 1, memory_mb: 60}}}
replications: {min: 2}
END
lamina run many.yaml | grep -E '^peak'
fails 2 lamina check many.yaml --set source.pollers_min=201
# A shard takes 1 MB and 1,000 records a second.
sed 's/^source: .*/source: {kind: kinesis, shards: 2, message_kb: 30}/; s/^workload: .*/workload: {arrivals: {kind: poisson, rate_per_second: 100, duration_seconds: 10}}/' many.yaml > shards.yaml
lamina check shards.yaml
lamina check shards.yaml --set source.message_kb=0.1 --set workload.arrivals.rate_per_second=3000
