# Messages of a batch have their execution's critical path, each of them; a task that is only queued is paid for and
# not waited for; an express plan's mean pays no transitions; what stands behind a way that ends is done as often as the
# others are gone; and a fragment does not keep quiet about what it lacks.
cat >batch.yaml <<'END'
apiVersion: lamina/v1
name: batch
platform: aws-lambda
workload: {images: 200}
source: {kind: sqs, batch_size: 10, window_seconds: 5}
functions: {a: {memory_mb: 1769, work: {cpu_seconds: 0.1, memory_mb: 100}}}
workflow: {kind: express, steps: [{task: a}]}
END
lamina run batch.yaml | grep -A2 '^Steps'
lamina explain run batch.yaml | grep -A1 'critical path of a record'
cat >queued.yaml <<'END'
apiVersion: lamina/v1
name: queued
platform: aws-lambda
workload: {images: 20}
functions:
  a: {memory_mb: 1769, work: {cpu_seconds: 0.3, memory_mb: 100}}
  audit: {memory_mb: 1769, work: {wait_seconds: 400, memory_mb: 100}, timeout_seconds: 900}
workflow: {kind: standard, steps: [{task: a}, {task: audit, async: true}]}
END
lamina plan queued.yaml --deadline 200 --emit sam 2>&1 >/dev/null
lamina plan queued.yaml --deadline 200 | grep 'In the mean'
lamina explain run queued.yaml | grep '^- audit'
fails 2 lamina plan queued.yaml --deadline 200 --report page.html
# b of 3 s is reached by a quarter of the records: the mean is that of a and of the hops, and 0.75 s.
cat >ends.yaml <<'END'
apiVersion: lamina/v1
name: ends
platform: aws-lambda
workload: {images: 20}
plan: {memory: {from_mb: 1769, to_mb: 1769}, keep: [kind, architecture, parallel]}
functions:
  a: {memory_mb: 1769, work: {wait_seconds: 0.3, memory_mb: 100}}
  b: {memory_mb: 1769, work: {wait_seconds: 3, memory_mb: 100}}
workflow:
  kind: standard
  steps: [{task: a}, {choice: [{probability: 0.75, ends: true}, {}]}, {task: b}]
END
lamina plan ends.yaml --deadline 200 | grep 'In the mean'
