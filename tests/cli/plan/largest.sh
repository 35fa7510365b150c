# No plan: the limit that stands in the way is that of the second function.
cat >largest.yaml <<'EOF'
apiVersion: lamina/v1
name: largest
platform: aws-lambda
workload: {images: 10}
pipeline: {parallel: 10}
functions:
  small: {memory_mb: 512, work: {wait_seconds: 0.1, memory_mb: 50}}
  big: {memory_mb: 1024, work: {cpu_seconds: 60, threads: 6, memory_mb: 300}}
EOF
lamina plan largest.yaml --deadline 5
