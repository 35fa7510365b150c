# What AWS refuses beside SnapStart: at the line that says it, all at once.
experiment()
{
	cat >exp.yaml <<END
apiVersion: lamina/v1
name: refused
platform: $1
workload: {images: 5}
framework: {$2}
functions:
  f:
    snapshot: true
    memory_mb: 1024
    $3
    work: {cpu_seconds: 0.5, memory_mb: 300}
END
	lamina check exp.yaml || echo "exit $?"
}
experiment aws-lambda 'runtime: python3.12' 'tmp_mb: 512'
experiment aws-lambda 'runtime: java21, package_mb: 250' 'architecture: x86_64'
experiment aws-lambda 'runtime: nodejs20' 'timeout_seconds: 3'
experiment aws-lambda 'runtime: python3.12, package_kind: image' 'tmp_mb: 513'
experiment aws-lambda 'runtime: python3.12' 'provisioned_concurrency: 1'
experiment aws-lambda-2023 'runtime: python3.12' 'architecture: arm64'
experiment aws-lambda-2021 'runtime: python3.9' 'timeout_seconds: 3'
experiment aws-lambda 'runtime: nodejs20.x' 'timeout_seconds: 3'
experiment aws-lambda 'runtime: ruby3.3' 'timeout_seconds: 3'
