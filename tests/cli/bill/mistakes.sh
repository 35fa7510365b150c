# Every mistake by its line; an item that the platform does not price, and one whose quantity does not follow.
cat > e.yaml <<'END'
apiVersion: lamina/v1
name: beside
platform: google-functions-gen1
workload: {images: 10}
bill:
  logs: {kb_per_call: 2}
  egress: {kb_per_record: 46}
  registry: {}
functions: {f: {memory_mb: 512, work: {cpu_seconds: 0.4}}}
END
fails 2 lamina check e.yaml
cat > typos.yaml <<'END'
apiVersion: lamina/v1
name: typos
platform: aws-lambda
workload: {images: 10}
bill:
  logs: {}
  api: {kind: soap}
  savings_plan: {discount: 1.2}
  nat: {gateway: 1}
functions: {f: {memory_mb: 512, work: {cpu_seconds: 0.4}}}
END
fails 2 lamina check typos.yaml
cat > machine.yaml <<'END'
apiVersion: lamina/v1
name: machine
platform: ec2-p3.2xlarge
workload: {images: 10}
bill: {logs: {kb_per_call: 1}}
END
fails 2 lamina check machine.yaml
sed 's/^platform: .*/platform: aws-lambda/; s/^bill: .*/source: {kind: http_api}\nbill: {api: {kind: http}}\nfunctions: {f: {work: {cpu_seconds: 1}}}/' machine.yaml > twice.yaml
fails 2 lamina check twice.yaml
