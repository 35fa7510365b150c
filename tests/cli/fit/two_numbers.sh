cat > fit.yaml <<'Y'
apiVersion: lamina/v1
name: fit
platform: aws-lambda-2019
workload: {images: 4}
pipeline: {parallel: 4}
replications: {min: 2}
functions: {f: {memory_mb: 1792, work: {cpu_seconds: 1}}}
fit:
  parameters: {functions.f.work.cpu_seconds: {start: 1, min: 0.1, max: 50}}
  targets: [{metric: record_billed_seconds, value: 5, spread: 0.1, source: me}]
Y
lamina fit fit.yaml -o fitted.yaml --format csv | cut -d, -f1-3
lamina run fit.yaml --with fitted.yaml --format csv | grep record_billed | cut -d, -f2-3 | cut -c1-26
fails 1 lamina fit fit.yaml -o /no/such/folder/fitted.yaml > table.txt
