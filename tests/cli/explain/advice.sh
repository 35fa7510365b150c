# What would help, in words: each case brings one cause to the fore.
cat >exp.yaml <<'END'
apiVersion: lamina/v1
name: one
platform: aws-lambda-2019
workload: {images: 200}
pipeline: {parallel: 4}
functions: {f: {memory_mb: 3008, work: {cpu_seconds: 0.02, memory_mb: 100}}}
replications: {min: 2}
END
explain() {
	lamina explain run exp.yaml "$@" | sed -n 's/^- //p'
	echo
}
explain
explain --set functions.f.work.threads=8 --set functions.f.memory_mb=1024
explain --set 'functions.f.work={download_mb: 100, upload_mb: 1, memory_mb: 100}'
explain --set 'functions.f.work={wait_seconds: 2, cold_cpu_seconds: 9, memory_mb: 100}' --set pipeline.parallel=200
explain --set platform=aws-lambda-2021 --set functions.f.provisioned_concurrency=4
