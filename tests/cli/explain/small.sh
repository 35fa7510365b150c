# A small function's causes would hide those that matter: of thumb, which has less than 2 % of the time and cost, nothing
# is said.
cat >two.yaml <<'EOF'
apiVersion: lamina/v1
name: two
platform: aws-lambda
workload: {images: 20}
functions:
  resize: {memory_mb: 512, work: {single_cpu_seconds: 4, memory_mb: 120}}
  thumb: {memory_mb: 512, work: {wait_seconds: 0.01, memory_mb: 120}}
EOF
lamina explain run two.yaml --replications 2 | grep '^-'
# What a function states runs on one thread, and is no decoding.
lamina run two.yaml --replications 2 | grep -A2 'one thread'
