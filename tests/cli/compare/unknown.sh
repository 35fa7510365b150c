# A price that nobody has published is solved for: with a little less than that the platform is the cheapest, with a
# little more it is not. So is a time.
long_test
cat >exp.yaml <<'END'
apiVersion: lamina/v1
name: classify
platform: aws-lambda
workload: {arrivals: {kind: poisson, rate_per_second: 40, duration_seconds: 3600}}
functions: {f: {work: {cpu_seconds: 0.01, device_seconds: 0.01, cpu_seconds_without_device: 0.9, memory_mb: 900, shared_memory_mb: 800}}}
compare:
  platforms: [aws-lambda, google-cloud-run-l4]
  values:
    google-cloud-run-l4:
      sandbox: {cold_start_seconds: {probability: [0.5], value: [4]}, warm_start_seconds: {probability: [0.5], value: [0.005]}}
      limits: {burst: 100, burst_per_minute: 600}
      price: {usd_per_device_second: unknown}
END
lamina compare exp.yaml --quick --latency p95=2 --format json >out.json
grep '"key"' out.json
most=$(sed -n 's/^ *"cheapest_up_to": \([^,]*\),*$/\1/p' out.json)
less=$(awk "BEGIN { print 0.97 * $most }")
more=$(awk "BEGIN { print 1.03 * $most }")
for usd in $less $more; do
	lamina compare exp.yaml --quick --latency p95=2 \
		--set compare.values.google-cloud-run-l4.price.usd_per_device_second=$usd | grep -o '^Cheapest: [^,]*'
done
lamina compare exp.yaml --quick --latency p95=2 | sed 's/than [0-9.e-]* USD/than X USD/' | grep 'not published'
