# Plans of small worlds in full, with nine digits of every number: reasons, neighbours, sensitivities and what is in the
# way of a plan, one world for each thing that a planner decides.
long_test
cp "$ROOT"/tests/data/platform.yaml .
cat >cloud.yaml <<'YAML'
platform_values:
  cpu: {arm64_speed: 0.9}
  sandbox:
    runtimes: {java: {snapshot: free, init_seconds: {probability: [0.5], value: [0.6]}}}
    restore_seconds: {probability: [0.1, 0.9], value: [0.4, 0.8]}
    lifetime_seconds: {probability: [0.5], value: [7000]}
  limits: {tmp_max_mb: 4096, unreserved: 10}
  workflow: {inline_map_limit: 20, fork_seconds: 0.03, hop_seconds: {probability: [0.1, 0.9], value: [0.02, 0.05]}}
  price:
    usd_per_gb_second_arm64: 0.000013
    usd_per_tmp_gb_second: 0.00000003
    usd_per_provisioned_gb_second: 0.000004
    usd_per_provisioned_gb_second_busy: 0.00001
    provisioned_step_seconds: 300
    usd_per_1000_transitions: 0.025
    usd_per_million_express: 1
    usd_per_express_gb_second: 0.00001667
    express_granularity_seconds: 0.1
    express_memory_mb: 64
YAML
cat >two.yaml <<'YAML'
apiVersion: lamina/v1
name: two
platform: platform.yaml
workload: {images: 60}
functions:
  resize: {work: {cpu_seconds: 0.4, download_mb: 2, upload_mb: 0.2, memory_mb: 120, variation: 0.1}}
  classify: {work: {cpu_seconds: 1.2, single_cpu_seconds: 0.2, threads: 2, download_mb: 1, memory_mb: 300}}
plan: {parallel: {from: 2, to: 30}, images_per_record: {from: 1, to: 7, step: 3}}
replications: {min: 6}
seed: 3
YAML
cat >api.yaml <<'YAML'
apiVersion: lamina/v1
name: api
platform: platform.yaml
workload: {arrivals: {kind: poisson, rate_per_second: 0.003, duration_seconds: 100000}}
framework: {runtime: java, package_mb: 50, memory_mb: 200}
functions: {api: {work: {cpu_seconds: 1, memory_mb: 200, init_cpu_seconds: 2}}}
plan: {memory: {from_mb: 448, to_mb: 1792, step_mb: 192}}
replications: {min: 4}
seed: 5
YAML
cat >shop.yaml <<'YAML'
apiVersion: lamina/v1
name: shop
platform: platform.yaml
workload: {images: 5}
pipeline: {parallel: 3}
functions:
  fast: {memory_mb: 1024, work: {cpu_seconds: 0.2, memory_mb: 100}}
  slow: {memory_mb: 1024, work: {wait_seconds: 0.3, cpu_seconds: 1.5, memory_mb: 100, variation: 0.2}}
  last: {memory_mb: 1024, work: {cpu_seconds: 0.3, memory_mb: 100}}
workflow:
  steps:
    - parallel: [[{task: fast}], [{task: slow}]]
    - choice: [{probability: 0.3, steps: [{task: last}]}, {probability: 0.7, steps: [{wait: {seconds: 0.4}}]}]
    - {name: each, map: {items: 6, concurrency: 2, steps: [{task: fast}]}}
plan: {memory: {from_mb: 128, to_mb: 1536, step_mb: 128}}
replications: {min: 4}
YAML
digits() { perl -pe 's/-?\d+\.\d+(e-?\d+)?/sprintf "%.9g", $&/ge; s/, lamina \S+//; $_ = "" if /"lamina_version"/'; }
# A line for every plan, decision and sensitivity.
lines() { perl -0777 -pe 's/\n {5,}/ /g; s/\n {4}([\]}])/ $1/g' | digits; }
report() {
	echo "# $*"
	local status=0
	lamina plan -w cloud.yaml -j 1 "$@" >out 2>&1 || status=$?
	digits <out
	((status == 0)) || echo "status $status"
}
in_json() {
	echo "# $*"
	lamina plan -w cloud.yaml -j 1 -f json "$@" | lines
}
in_json two.yaml -n 6 --deadline 40
in_json two.yaml -n 6 --budget 0.003 --quick --set plan.parallel.to=8
report two.yaml -n 6 --quick --balanced-weight 0.3 --runs-per-month 10 --set platform_values.limits.concurrency=24
report two.yaml -n 6 --quick --strategy speed --set functions.resize.reserved_concurrency=5
report two.yaml -n 6 --quick --strategy memMin --headroom 10
report two.yaml -n 6 --quick --deadline 60 --set functions.resize.work.tmp_mb=700 --set 'plan.schedules=[pipelined]'
report two.yaml -n 6 --quick --deadline 60 --set functions.classify.timeout_seconds=9 --share 50
for way in --deadline=1 '--deadline=9 --set plan.parallel.to=2' '--deadline=9 --budget=0.003' '--budget=0.001' \
	'--deadline=60 --set functions.resize.work.tmp_mb=5000' '--deadline=60 --set failures.error_rate=0.3' \
	'--deadline=60 --set functions.classify.timeout_seconds=0.1' '--deadline=2 --set plan.memory.to_mb=512'; do
	report two.yaml -n 3 --quick $way
done
in_json api.yaml -n 4 --latency p95=2.5
report api.yaml -n 4 --quick --latency p95=1.6 --set 'framework.runtime=""'
report api.yaml -n 4 --quick --latency mean=1.5 --set functions.api.architecture=arm64 --set functions.api.snapshot=true
report api.yaml -n 4 --quick --latency p50=4 --set workload.arrivals.kind=bursts \
	--set workload.arrivals.burst_rate_per_second=1 --set workload.arrivals.burst_seconds=5 --set workload.arrivals.calm_seconds=500
in_json shop.yaml --deadline 60
report shop.yaml --budget 0.002 --set 'plan.keep=[kind, architecture]'
report shop.yaml --deadline 2
