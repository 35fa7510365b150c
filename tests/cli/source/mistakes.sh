# Every mistake by its line.
cat > m.yaml <<'END'
apiVersion: lamina/v1
name: mistakes
platform: aws-lambda
workload: {images: 25, images_per_record: 2}
pipeline: {parallel: 5, retries: 1}
source:
  kind: sqs
  batch_size: 20
  window_seconds: 0
  pollers_min: 1
  visibility_seconds: 5
functions: {f: {memory_mb: 512, timeout_seconds: 10, work: {cpu_seconds: 0.4}}}
END
fails 2 lamina check m.yaml
fails 2 lamina check m.yaml --set source='{kind: rest_api, shards: 2, window_seconds: 1, retries: 2}'
fails 2 lamina check m.yaml --set source='{kind: sqss}'
fails 2 lamina check m.yaml --set source='{kind: function_url, answer_kb: 10000}'
fails 2 lamina check m.yaml --set source='{kind: function_url, answer_kb: 300000, streamed: true}'
fails 2 lamina check m.yaml --set source='{kind: async, retries: 3, age_seconds: 100000}'
fails 2 lamina check m.yaml --set source='{kind: kinesis, parallelization: 11}'
fails 2 lamina check m.yaml --set platform=aws-lambda-2019 --set workload.images=26 --set pipeline='{}' --set source='{kind: sqs}'
sed 's/pipeline: .*/pipeline: {}/; s/images: 25/images: 26/; s/batch_size: 20/batch_size: 10/; s/pollers_min: 1/pollers_min: 2/' m.yaml > v.yaml
fails 2 lamina check v.yaml
fails 2 lamina check v.yaml --set workload.images=6000000 --set source.visibility_seconds=60
fails 2 lamina check v.yaml --set source='{kind: sqs, message_kb: 2000}'
fails 2 lamina check v.yaml --set source='{kind: sns, message_kb: 2000}'
fails 2 lamina check v.yaml --set source='{kind: sqs, fifo_groups: 5, window_seconds: 1, pollers_min: 2}'
fails 2 lamina check v.yaml --set source='{kind: sqs, fifo_groups: 2000}'
