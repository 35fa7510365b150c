# Packages that the provider does not take, at each date: what would be right.
experiment()
{
	cat >exp.yaml <<END
apiVersion: lamina/v1
name: refused
platform: $1
workload: {images: 5}
framework: {$2}
functions: {f: {memory_mb: 1024, work: {cpu_seconds: 0.5, memory_mb: 300}}}
END
	lamina check exp.yaml || echo "exit $?"
}
experiment aws-lambda 'package_mb: 250'
experiment aws-lambda 'package_mb: 251'
experiment aws-lambda 'package_kind: image, package_mb: 10240'
experiment aws-lambda 'package_kind: image, package_mb: 10241'
experiment aws-lambda 'package_mb: 20000'
experiment aws-lambda-2020 'package_kind: image'
experiment aws-lambda-2019 'package_mb: 300'
