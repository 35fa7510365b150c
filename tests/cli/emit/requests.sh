# Requests of a month: of each function as often as a workflow calls it; traffic goes on through the month.
cat >w.yaml <<'END'
apiVersion: lamina/v1
name: counts
platform: aws-lambda
workload: {images: 10}
functions:
  list: {memory_mb: 512, work: {cpu_seconds: 0.1}}
  resize: {memory_mb: 512, work: {cpu_seconds: 0.2}}
workflow: {steps: [{task: list}, {map: {items: 5, steps: [{task: resize}]}}]}
replications: {min: 2}
plan: {memory: {from_mb: 256, to_mb: 1024, step_mb: 256}}
END
lamina plan w.yaml --deadline 100 --quick --runs-per-month 30 --emit infracost | grep -E 'aws|requests'
cat >a.yaml <<'END'
apiVersion: lamina/v1
name: traffic
platform: aws-lambda
workload: {arrivals: {kind: deterministic, rate_per_second: 2, duration_seconds: 600}}
functions: {f: {memory_mb: 512, work: {cpu_seconds: 0.1}}}
replications: {min: 2}
plan: {memory: {from_mb: 512, to_mb: 1024, step_mb: 256}}
END
# 730 hours of ten minutes with 1,201 requests each, from the first second to the last.
lamina plan a.yaml --latency p95=5 --quick --emit infracost | grep requests
