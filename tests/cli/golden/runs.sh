# Runs of small experiments in full, with nine digits of every number that is not 0: metrics, bill, functions, phases,
# steps, and what time and money are put down to. A wrong line in what a platform does, bills or counts moves something
# here: each world has what another has not.
long_test
cat >two.yaml <<'YAML'
apiVersion: lamina/v1
name: two
platform: aws-lambda-2019
workload: {images: 23, images_per_record: 2}
pipeline: {parallel: 4, dispatch_seconds: 0.02, client_seconds: 0.03}
framework: {memory_mb: 120, import_cpu_seconds: 0.4, package_mb: 60}
functions:
  first: {memory_mb: 512, work: {cpu_seconds: 0.9, single_cpu_seconds: 0.1, threads: 2, download_mb: 9, upload_mb: 1.5, memory_mb: 90, variation: 0.2}}
  second: {memory_mb: 1856, timeout_seconds: 40, work: {cpu_seconds: 1.3, threads: 2, wait_seconds: 0.2, download_mb: 1.5, upload_mb: 0.2, memory_mb: 200, cold_download_mb: 12, cold_cpu_seconds: 0.2}}
replications: {min: 2}
YAML
sed 's/^workload.*/workload: {images: 120, arrivals: {kind: poisson, rate_per_second: 4}}/
	s/^functions.*/functions: {f: {memory_mb: 1024, work: {cpu_seconds: 0.3, wait_seconds: 0.1, download_mb: 2, upload_mb: 0.3, memory_mb: 300, shared_memory_mb: 200, variation: 0.3, init_cpu_seconds: 0.5}}}/
	/^  /d; /^pipeline/d; s/^platform: .*/platform: aws-lambda/' two.yaml >one.yaml
cat >flow.yaml <<'YAML'
apiVersion: lamina/v1
name: flow
platform: aws-lambda-2023
workload: {images: 12}
pipeline: {parallel: 3}
failures: {error_rate: 0.1}
functions:
  list: {memory_mb: 512, work: {wait_seconds: 0.1, variation: 0.3, memory_mb: 100}}
  resize: {memory_mb: 1024, work: {cpu_seconds: 0.6, variation: 0.2, download_mb: 2, memory_mb: 300}}
replications: {min: 2}
workflow:
  payload_kb: 30
  steps:
    - {task: list, writes: {probability: [0, 1], value: [0, 9]}, retry: {attempts: 3, interval_seconds: 0.3}}
    - name: each
      map:
        items: {written_by: list}
        concurrency: 3
        steps:
          - parallel: [[{task: resize, data: store}], [{choice: [{probability: 0.4, steps: [{task: list}]}, {}]}]]
            retry: {attempts: 2}
            catch: []
      payload_kb: 1
    - {map: {items: 5, distributed: true, children: express, batch: 2, steps: [{task: list, catch: [{task: list}]}]}, catch: []}
    - {task: resize, async: true}
    - {loop: {again: 0.5, at_most: 3, steps: [{task: list}]}, catch: [{wait: {seconds: 1}}]}
YAML
cat >machine.yaml <<'YAML'
apiVersion: lamina/v1
name: machine
platform: titan-x-pascal-host
workload: {images: 5000, images_per_record: 700}
replications: {min: 2}
YAML
cat >unpublished.yaml <<'YAML'
platform_values:
  limits: {burst: 20, burst_per_minute: 40}
  network: {burst_mb_per_second: 120, bucket_mb: 30, refill_mb_per_second: 40, cpu_seconds_per_mb: 0.004}
  sandbox:
    cold_start_seconds: {probability: [0.1, 0.9], value: [0.3, 0.9]}
    warm_start_seconds: {probability: [0.1, 0.9], value: [0.01, 0.03]}
    keep_alive_seconds: {probability: [0.1, 0.9], value: [9, 20]}
    package_seconds: {probability: [0.1, 0.9], value: [0.2, 0.6]}
  store:
    get_seconds: {probability: [0.1, 0.9], value: [0.02, 0.05]}
    put_seconds: {probability: [0.1, 0.9], value: [0.03, 0.08]}
    connection_mb_per_second: 50
  price: {usd_per_1000_gets: 0.0004, usd_per_1000_puts: 0.005}
YAML
# A line for the run, for its bill, and for each function and step: names with their numbers.
lines() {
	perl -MJSON::PP -0777 -ne '
		my $run = decode_json($_);
		my $digits = sub { my $x = shift; $x =~ /^-?[\d.]+(e[-+]?\d+)?$/ ? sprintf("%.9g", $x) : $x };
		my $names = sub {
			my ($of, @first) = @_;
			my %skip = map { $_ => 1 } @first;
			join(" ", map { $of->{$_} } @first) . ": " . join(", ", map { "$_ " . $digits->($of->{$_}) }
				grep { !$skip{$_} && defined $of->{$_} && $of->{$_} ne "0" && $of->{$_} ne "" } sort keys %$of)
		};
		print "run: ", join(", ", map { "$_->{metric} " . $digits->($_->{mean}) }
			grep { $_->{scope} eq "run" && $_->{mean} } @{$run->{metrics}}), "\n";
		print "bill: ", join(", ", map { join " ", grep { defined } $_->{item}, map { defined $_ ? $digits->($_) : undef } $_->{quantity}, $_->{usd} }
			grep { $_->{usd} || $_->{quantity} } @{$run->{bill}}), "\n";
		print $names->($_, "function"), "\n" for @{$run->{functions}}, @{$run->{phases}};
		print $names->($_, "step", "kind"), "\n" for @{$run->{steps} // []};
		print $names->($_, "record_time"), "\n" for @{($run->{steady_state} // {})->{times} // []};
	'
}
run() {
	echo "# $*"
	local status=0
	lamina run -j 1 -f json "$@" >out 2>err || status=$?
	((status < 2)) || cat err >&2
	((status < 2))
	grep 'failed:' err || true
	lines <out
	((status == 0)) || echo "status $status"
}
causes() {
	lamina explain run -j 1 -f csv "$@" | perl -ne 'chomp; s/-?\d+\.\d+(e-?\d+)?/sprintf "%.9g", $&/ge; print "$_\n" if /[1-9]/'
}
# A batch through two functions.
run two.yaml
causes two.yaml
run two.yaml --set pipeline.schedule=pipelined --set 'failures={error_rate: 0.1, straggler_rate: 0.2, straggler_slowdown: 3}' --set pipeline.retries=2
run two.yaml --set platform=aws-lambda --set pipeline.orchestrator=store_events --set pipeline.client_seconds=0 --set failures.error_rate=0.15 --set pipeline.invocation=async
run two.yaml --set platform=aws-lambda --set pipeline.client_seconds=0 --set pipeline.orchestrator=workflow --set pipeline.distributed_map=true --set pipeline.map_children=express
run two.yaml --set failures.crashes_per_hour=200 --set pipeline.retries=5 --set functions.second.timeout_seconds=4 --set pipeline.pause_seconds=0.3
run two.yaml --set pipeline.parallel=12 --set 'platform_values.limits={concurrency: 5, burst: 2, burst_per_minute: 60}' --set functions.second.reserved_concurrency=2 --set platform_values.limits.unreserved=2
run two.yaml --set workload.images=400 --set platform_values.store.gets_per_second=20 --set platform_values.store.puts_per_second=9 --set pipeline.parallel=40
run two.yaml --set functions.first.work.download_objects=7 --set functions.first.work.upload_mb=40 --set functions.first.work.keeps_connection=true --set functions.second.work.alternations=5
run two.yaml --set platform=aws-lambda --set functions.first.tmp_mb=3000 --set functions.first.architecture=arm64 --set platform_values.cpu.arm64_speed=0.9 --set functions.first.provisioned_concurrency=1 --set functions.second.provisioned_concurrency=2 --set 'traffic={runs_per_month: 90000, free_tier: true}'
run two.yaml --set platform=aws-lambda --set functions.first.work.tmp_mb=600 --set functions.second.work.memory_mb=2000 --set pipeline.retries=1
run two.yaml --set platform=aws-lambda --set framework.package_kind=image --set framework.import_at=init --set framework.runtime=python3.12
run two.yaml --set pipeline.shared_hosts=true --set pipeline.parallel=6
# Requests over time: each kind of platform.
run one.yaml
causes one.yaml
run one.yaml --set functions.f.snapshot=true --set framework.runtime=java21 --set 'traffic.runs_per_month=1000'
run one.yaml --set workload.arrivals.kind=bursts --set workload.arrivals.burst_rate_per_second=30 --set workload.arrivals.burst_seconds=4 --set workload.arrivals.calm_seconds=9
run one.yaml --set workload.arrivals.kind=daily --set 'workload.arrivals.daily_rates_per_second=[0.002, 0.001, 0.003]'
run one.yaml --set functions.f.reserved_concurrency=1 --set functions.f.timeout_seconds=4 --set 'source={kind: sqs, batch_size: 1, visibility_seconds: 4, receives_max: 3}'
for platform in aws-lambda-2023 azure-consumption google-functions-gen1 google-cloud-run google-cloud-run-instances; do
	run one.yaml -w unpublished.yaml --set platform=$platform
done
run one.yaml -w unpublished.yaml --set platform=google-cloud-run --set functions.f.memory_mb=4096 --set functions.f.requests_per_instance=8 --set failures.crashes_per_hour=60
run one.yaml -w unpublished.yaml --set platform=azure-flex --set functions.f.memory_mb=2048
run one.yaml -w unpublished.yaml --set platform=azure-container-apps --set functions.f.requests_per_instance=4
run one.yaml -w unpublished.yaml --set platform=aws-lambda-microvm --set 'platform_values.sandbox.resume_seconds={probability: [0.1, 0.9], value: [0.2, 0.4]}' --set functions.f.burst=true
run one.yaml -w unpublished.yaml --set platform=aws-lambda-managed-c7g.xlarge --set functions.f.memory_mb=7168 --set functions.f.instances_min=2 --set functions.f.requests_per_instance=5
gpu=(--set functions.f.work.cpu_seconds=0.02 --set functions.f.work.device_seconds=0.08 --set functions.f.work.device_load_mb=300 --set functions.f.device_batch_max=4 --set functions.f.device_window_seconds=0.05)
run one.yaml -w unpublished.yaml --set platform=google-cloud-run-l4 --set functions.f.memory_mb=16384 --set functions.f.requests_per_instance=6 "${gpu[@]}"
run one.yaml -w unpublished.yaml --set platform=ec2-fleet-g4dn.xlarge --set functions.f.memory_mb=16384 --set functions.f.instances_min=1 "${gpu[@]}"
run one.yaml -w unpublished.yaml --set platform=ec2-fleet-c7g.xlarge --set functions.f.memory_mb=8192 --set functions.f.instances_min=1 --set functions.f.requests_per_instance=2 --set workload.arrivals.rate_per_second=30
run one.yaml -w unpublished.yaml --set platform=aws-lambda-s3-express --set workload.arrivals.kind=deterministic
run machine.yaml
run machine.yaml --set platform=ec2-p3.2xlarge --set platform_values.machine.feed_seconds_per_image=0.002 --set workload.images=90000
# What starts functions.
for source in 'kind: async, retries: 1, message_kb: 300' 'kind: sqs, batch_size: 5, window_seconds: 0.5, message_kb: 70, message_error_rate: 0.1, partial_failures: true, receives_max: 2, visibility_seconds: 20' \
	'kind: sqs, fifo_groups: 3, batch_size: 3' 'kind: sqs, pollers_min: 2, pollers_max: 4, batch_size: 2' \
	'kind: kinesis, shards: 2, batch_size: 8, window_seconds: 0.4, message_kb: 30, parallelization: 2' 'kind: dynamodb, batch_size: 10, retention_seconds: 60' \
	'kind: sns, message_kb: 70' 'kind: s3' 'kind: schedule' 'kind: http_api, message_kb: 600, timeout_seconds: 1.5' 'kind: rest_api' 'kind: function_url, streamed: true, answer_kb: 8000'; do
	run one.yaml --set functions.f.timeout_seconds=9 --set "source={$source}"
done
# What else stands on a bill.
run one.yaml --set framework.package_kind=image --set 'traffic={runs_per_month: 9000}' \
	--set 'bill={logs: {kb_per_call: 1.7}, nat: {kb_per_call: 20, carries_store: true}, egress: {kb_per_record: 3.3}, api: {kind: http, kb_per_request: 700}, files: {stored_gb: 3, read_kb_per_call: 40, written_kb_per_call: 5}, registry: {}, objects: {months: 1.3}, savings_plan: {discount: 0.17, share: 0.6}}'
run one.yaml --set 'bill={api: {kind: rest, requests_per_record: 1.5}}'
# Workflows.
run flow.yaml
sed -i 's/ distributed: true, children: express, batch: 2,//' flow.yaml
for kind in express durable none; do
	flow=(flow.yaml --set platform=aws-lambda --set platform_values.workflow.durable_operation_seconds=0.02 --set workflow.kind=$kind)
	run "${flow[@]}" --set pipeline.schedule=pipelined
	causes "${flow[@]}"
done
