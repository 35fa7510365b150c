# Times by the devices' names: each platform has its own; a device that none is stated of is asked for, with how to
# measure it; one that is stated without a name stands for all others. Batches share what a call takes.
cat >exp.yaml <<'END2'
apiVersion: lamina/v1
name: by-name
platform: ec2-fleet-g6.xlarge
workload: {arrivals: {kind: poisson, rate_per_second: 4, duration_seconds: 3600}}
functions: {f: {work: {devices: {nvidia l4: {seconds: 0.05, call_seconds: 0.15}, NVIDIA T4: {seconds: 0.5}}, cpu_seconds_without_device: 0.4, memory_mb: 900, shared_memory_mb: 800}}}
END2
fleets=ec2-fleet-g6.xlarge,ec2-fleet-g4dn.xlarge,ec2-fleet-g5.xlarge
lamina compare exp.yaml --quick --stated -p $fleets --format csv >out.csv
grep g5 out.csv | cut -d, -f 1,2,21-
# Three or four times slower on the T4, and queues behind it.
p50() { grep "^$1" out.csv | tr -d '"' | awk -F, '{ print $(NF - 6) }'; }
echo $(p50 ec2-fleet-g6) $(p50 ec2-fleet-g4dn) | awk '{ print ($1 > 0.2 && $1 < 0.5), ($2 > 0.5) }'
lamina compare exp.yaml --quick --stated -p $fleets --set functions.f.work.device_seconds=0.3 | grep -c '^All' || true
lamina compare exp.yaml --quick --stated -p $fleets,ec2-fleet-c7g.xlarge --set functions.f.work.device_seconds=0.3 \
	--format csv | cut -d, -f 1,2
# Eight at once, one by one or all together, on the instance that is there.
cat >batch.yaml <<'END2'
base: exp.yaml
workload: {images: 8, arrivals: {kind: all_at_once, rate_per_second: 1, duration_seconds: 0}}
pipeline: {parallel: 8}
END2
lamina run batch.yaml --replications 2 | grep '^makespan'
lamina run batch.yaml --replications 2 --set functions.f.device_batch_max=8 --set functions.f.device_window_seconds=1 |
	grep '^makespan'
fails 2 lamina run batch.yaml --set functions.f.device_window_seconds=1
fails 2 lamina run batch.yaml --set functions.f.work.device_memory_mb=20000 --set functions.f.device_batch_max=8 \
	--set functions.f.work.device_request_memory_mb=1000
fails 2 lamina run batch.yaml --set platform=aws-lambda --set functions.f.work.cpu_seconds_without_device=0
# Two models on one card: half as many instances, and their memory there adds up; functions have sandboxes of their own.
cat >two.yaml <<'END2'
apiVersion: lamina/v1
name: two-models
platform: ec2-fleet-g6.xlarge
workload: {arrivals: {kind: poisson, rate_per_second: 1, duration_seconds: 3600}}
functions:
  detect: {work: {devices: {NVIDIA L4: {seconds: 0.05}}, cpu_seconds_without_device: 0.2, memory_mb: 900, shared_memory_mb: 800, device_memory_mb: 9000}}
  classify: {instances_of: detect, work: {devices: {NVIDIA L4: {seconds: 0.02}}, cpu_seconds_without_device: 0.1, memory_mb: 500, shared_memory_mb: 400, device_memory_mb: 5000}}
END2
lamina run two.yaml --replications 2 | awk '/^instances / { print $4 + 0 }'
lamina run two.yaml --replications 2 --set 'functions.classify.instances_of=""' | awk '/^instances / { print $4 + 0 }'
lamina compare two.yaml --quick -p aws-lambda | sed -n '/left out/p'
fails 2 lamina run two.yaml --set functions.classify.work.device_memory_mb=20000
fails 2 lamina run two.yaml --set functions.classify.instances_of=detct
fails 2 lamina run two.yaml --set functions.detect.instances_of=classify --set functions.classify.tmp_mb=600
fails 2 lamina run two.yaml --set platform=aws-lambda
