cat > exp.yaml <<'Y'
apiVersion: lamina/v1
name: two
platform: aws-lambda-2019
workload: {images: 12}
functions: {f: {work: {cpu_seconds: 2, memory_mb: 300}}, g: {work: {cpu_seconds: 1, memory_mb: 200}}}
Y
lamina plan exp.yaml --deadline 1 || echo "exit $?" >&2
lamina plan exp.yaml --deadline 8 --budget 0.0004 || echo "exit $?" >&2
lamina plan exp.yaml --strategy memMin --deadline 8 || echo "exit $?" >&2
lamina plan exp.yaml --set functions.f.work.memory_mb=3000 || echo "exit $?" >&2
