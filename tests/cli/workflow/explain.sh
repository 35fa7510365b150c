# What a record waits for, and what could be slower without anybody waiting longer.
cat >shop.yaml <<'END'
apiVersion: lamina/v1
name: shop
platform: aws-lambda
workload: {images: 4}
pipeline: {parallel: 2, warm_sandboxes: 100}
functions:
  fast: {memory_mb: 1024, work: {cpu_seconds: 0.2, memory_mb: 100}}
  slow: {memory_mb: 1024, work: {wait_seconds: 0.5, cpu_seconds: 1.5, memory_mb: 100}}
  last: {memory_mb: 1024, work: {wait_seconds: 0.2, cpu_seconds: 0.3, memory_mb: 100}}
workflow: {steps: [{parallel: [[{task: fast}], [{task: slow}]]}, {wait: {seconds: 2}}, {task: last}]}
replications: {min: 5}
END
lamina explain run shop.yaml | sed -n '/critical path/,$p'
