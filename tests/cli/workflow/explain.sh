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
echo '# items that wait for each other, and what the blocks of the machine cost'
sed -i 's/^workflow.*/workflow: {steps: [{map: {items: 12, concurrency: 3, steps: [{task: slow}]}}, {task: fast}, {task: last}]}/' shop.yaml
lamina explain run shop.yaml | sed -n '/workflow itself/,$p'
lamina explain run shop.yaml --format csv | grep -E 'fees' | cut -d, -f1,2,5
