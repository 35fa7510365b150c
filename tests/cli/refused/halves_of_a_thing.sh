# What a platform has is told with all the numbers that say how it is; none of them stands in the program.
cat >exp.yaml <<END
apiVersion: lamina/v1
name: refused
platform: $ROOT/tests/data/platform.yaml
workload: {images: 5}
functions: {f: {memory_mb: 1024, work: {cpu_seconds: 0.5, memory_mb: 300}}}
END
with() { fails 2 lamina check exp.yaml --set platform_values="$1"; }
with '{sandbox: {halving_seconds: 380}}'
with '{sandbox: {target_share: 0.6, target_window_seconds: 60}}'
with '{price: {usd_per_provisioned_gb_second: 0.1}}'
with '{price: {usd_per_express_gb_second: 0.1}}'
with '{limits: {async_age_seconds: 60}}'
fails 2 lamina check exp.yaml --set pipeline.invocation=async
fails 2 lamina check exp.yaml --set pipeline.orchestrator=store_events --set \
	'platform_values={store: {event_seconds: {probability: [0.5], value: [1]}}}'
