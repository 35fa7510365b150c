# Every task of a state machine has its own function's time-out.
cat > exp.yaml <<'Y'
apiVersion: lamina/v1
name: two
platform: aws-lambda
workload: {images: 4}
functions:
  f: {timeout_seconds: 20, work: {cpu_seconds: 1, memory_mb: 100}}
  g: {timeout_seconds: 70, work: {cpu_seconds: 2, memory_mb: 100}}
Y
lamina plan exp.yaml --quick --emit stepfunctions 2> /dev/null | grep -o -E '"TimeoutSeconds": [0-9]+|"(F|G)[A-Za-z]*": \{'
