# Memory on the critical path is bought, off it saved, and kind and parallelism chosen; what is not planned of a
# workflow is refused.
long_test
cat >shop.yaml <<'END'
apiVersion: lamina/v1
name: shop
platform: aws-lambda
platform_values:
  cpu: {speed_spread: 0}
  sandbox: {warm_start_seconds: {probability: [0.5], value: [0]}}
workload: {images: 4}
pipeline: {parallel: 2, warm_sandboxes: 12}
functions:
  fast: {memory_mb: 1024, work: {cpu_seconds: 0.2, memory_mb: 100}}
  slow: {memory_mb: 1024, work: {wait_seconds: 0.5, cpu_seconds: 1.5, memory_mb: 100}}
  last: {memory_mb: 1024, work: {wait_seconds: 0.2, cpu_seconds: 0.3, memory_mb: 100}}
workflow: {steps: [{parallel: [[{task: fast}], [{task: slow}]]}, {task: last}]}
replications: {min: 5}
END
lamina plan shop.yaml --deadline 6.5 --certificate shop.lp | sed 's/, lamina .*//'
grep -c '^  + .* x[0-9]' shop.lp
lamina plan shop.yaml --strategy speed --format csv | cut -d, -f 1-3
lamina plan shop.yaml --deadline 6.5 --format json | grep -E '"(is_optimal_in_model|workflow.kind|layouts)"'
lamina plan shop.yaml --budget 0.00075 --set 'plan.keep=[kind, parallel]' | grep -E '^(cheapest|fastest|Simulated|Optimal)' | sed 's/, lamina .*//'
fails 2 lamina plan shop.yaml --deadline 6.5 --set 'plan.keep=[color]'
fails 3 lamina plan shop.yaml --deadline 2
fails 2 lamina plan shop.yaml --strategy memMin
fails 2 lamina plan shop.yaml --deadline 6 --pareto --split
printf 'base: shop.yaml\nworkflow: {steps: [{task: fast}]}\nfunctions: {fast: {work: {memory_mb: 20000}}}\n' >large.yaml
fails 2 lamina plan large.yaml --deadline 6
sed '/^workflow/d' shop.yaml >chain.yaml
fails 2 lamina plan chain.yaml --certificate chain.lp --deadline 60
# Smaller batches of a map go with more of them at once, and those of a queue with what a message may wait for.
cat >reduce.yaml <<'END'
apiVersion: lamina/v1
name: reduce
platform: aws-lambda
workload: {images: 1}
functions: {mapper: {memory_mb: 1769, work: {cpu_seconds: 4, memory_mb: 100}}}
workflow:
  steps:
    - name: chunks
      map: {items: 40, distributed: true, batch: 4, concurrency: 10, steps: [{task: mapper}]}
END
lamina plan reduce.yaml --deadline 10 --replications 3 | grep -E '^(mapper|Beside|Of)'
cat >queue.yaml <<'END'
apiVersion: lamina/v1
name: queue
platform: aws-lambda
source: {kind: sqs, batch_size: 10, window_seconds: 2}
workload: {images: 60, arrivals: {kind: poisson, rate_per_second: 5}}
functions: {check: {work: {cpu_seconds: 0.2, memory_mb: 80}}}
workflow: {kind: express, steps: [{task: check}]}
plan: {keep: [kind, window]}
END
lamina plan queue.yaml --latency mean=2.4 --replications 3 | grep -E '^(check|Beside|Of)'
# Seldom called, two functions are cold: a sandbox of each is kept, or both are restored from snapshots.
cat >api.yaml <<'END'
apiVersion: lamina/v1
name: api
platform: aws-lambda
framework: {runtime: python3.13}
workload: {images: 100, arrivals: {kind: poisson, rate_per_second: 0.001}}
functions:
  a: {memory_mb: 1024, work: {cpu_seconds: 0.3, wait_seconds: 0.1, init_cpu_seconds: 4, memory_mb: 120}}
  b: {memory_mb: 1024, work: {cpu_seconds: 0.2, wait_seconds: 0.3, init_cpu_seconds: 3, memory_mb: 120}}
workflow: {kind: express, steps: [{task: a}, {task: b}]}
plan: {memory: {from_mb: 512, to_mb: 2048, step_mb: 512}, keep: [kind]}
END
lamina plan api.yaml --latency p95=1.7 --replications 3 | grep -E '^(a|b|Beside)'
lamina plan api.yaml --latency p95=4 --replications 3 | grep -E '^(Beside|Optimal)'
lamina plan api.yaml --latency p95=4 --replications 3 --emit sam | grep -c SnapStart
lamina plan api.yaml --latency p95=20 --replications 3 | grep -E '^(Beside|Optimal)'
fails 3 lamina plan api.yaml --latency p95=1.7 --replications 3 --set 'plan.keep=[provisioned]'
# Records that go through one after the other take their path's time so many times.
sed 's/images: 1/images: 4/; s/batch: 4, concurrency: 10/batch: 15, concurrency: 20/; s/items: 40/items: 30/' reduce.yaml >turns.yaml
lamina plan turns.yaml --deadline 300 --replications 3 --set 'functions.mapper.work={cpu_seconds: 1, wait_seconds: 0.1}' \
	--set 'plan.keep=[kind, parallel, batch, concurrency]' |
	grep -E '^(mapper|Optimal)' | tr -s ' ' | cut -d' ' -f 1-4
