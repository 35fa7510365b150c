# Functions at 0.00002 USD a GB-second against one instance at 0.000002: a request is half a second of one GB, so that
# they cost the same at 0.000002 / (0.5 x 0.00002) = 0.2 requests a second.
common='apiVersion: lamina/v1
kind: functions
valid_from: 2020-01-01
memory: {min_mb: 1024, max_mb: 1024, step_mb: 1}
cpu: {mb_per_vcpu: 1024, visible_up_to_mb: [1024], visible_vcpus: [1], period_seconds: 0.02, sgemm_gflop_per_vcpu_second: 50, speed_spread: 0}
limits: {timeout_seconds: 900, tmp_mb: 0, concurrency: 1000, burst: 1000, burst_per_minute: 1000, retry_min_seconds: 0.1, retry_max_seconds: 1}
network: {burst_mb_per_second: 100, bucket_mb: 0, refill_mb_per_second: 100, cpu_seconds_per_mb: 0}
store: {get_seconds: {probability: [0.5], value: [0]}, put_seconds: {probability: [0.5], value: [0]}, connection_mb_per_second: 100}'
sandbox='cold_start_seconds: {probability: [0.5], value: [0.1]}, package_reference_mb: 1, package_seconds: {probability: [0.5], value: [0]}, warm_start_seconds: {probability: [0.5], value: [0]}'
cat >by-request.yaml <<END
$common
name: by-request
sandbox: {$sandbox, keep_alive_seconds: {probability: [0.5], value: [600]}}
price: {usd_per_gb_second: 0.00002, granularity_seconds: 0.001}
END
cat >by-instance.yaml <<END
$common
name: by-instance
sandbox: {$sandbox, keep_alive_seconds: {probability: [0.5], value: [1000000]}, requests_max: 100, requests_default: 100}
price: {billed_by: instance, usd_per_gb_second: 0.000002, granularity_seconds: 0.001}
END
cat >exp.yaml <<'END'
apiVersion: lamina/v1
name: half-a-second
platform: ./by-request.yaml
workload: {arrivals: {kind: poisson, rate_per_second: 1, duration_seconds: 3600}}
functions: {f: {work: {cpu_seconds: 0.5, memory_mb: 10, shared_memory_mb: 9}}}
END
lamina compare exp.yaml --platforms ./by-request.yaml,./by-instance.yaml --latency p95=3 --format json >out.json
value() { sed -n "s/^ *\"$1\": \([^,]*\),*$/\1/p" out.json; }
value cheaper_below
value cheaper_above
value is_of_cheapest
echo $(value load | sed -n 2p) $(value load_low_95) $(value load_high_95) |
	awk '{ print ($1 / 0.2 > 0.97 && $1 / 0.2 < 1.03), ($2 < 0.2 && 0.2 < $3) }'
# A month is 730 hours of one request a second, or of one instance, which has nothing to do half of the time.
echo $(value usd | head -n 2) $(value usd_idle) | awk '{
	month = 730 * 3600
	by_request = $1 / (month * 0.5 * 0.00002)
	by_instance = $2 / (month * 0.000002)
	idle = $4 / $2
	print (by_request > 0.98 && by_request < 1.02), (by_instance > 0.999 && by_instance < 1.001), $3
	print (idle > 0.47 && idle < 0.53)
}'
