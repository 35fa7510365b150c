cat > exp.yaml <<'Y'
apiVersion: lamina/v1
name: two
platform: aws-lambda-2019
workload: {images: 12}
functions: {f: {work: {cpu_seconds: 2, memory_mb: 300}}, g: {work: {cpu_seconds: 1, memory_mb: 200}}}
Y
sed 's/images: 12/arrivals: {kind: poisson, rate_per_second: 1, duration_seconds: 10}/' exp.yaml > served.yaml
echo '# numbers and words' >&2
fails 2 lamina plan exp.yaml --deadline 0 --budget -1 --strategy cheapest
echo '# bounds that do not go with the workload' >&2
fails 2 lamina plan exp.yaml --latency p95=2
fails 2 lamina plan served.yaml --deadline 60
fails 2 lamina plan served.yaml --latency p96=2
fails 2 lamina plan served.yaml --latency p95=2ms
echo '# a weight of nothing, a front of one point' >&2
fails 2 lamina plan exp.yaml --strategy cost --balanced-weight 0.2
fails 2 lamina plan exp.yaml --strategy memMin --pareto
echo '# what may vary' >&2
fails 2 lamina plan exp.yaml --set 'plan.memory={from_mb: 100, to_mb: 90}'
fails 2 lamina plan exp.yaml --set 'plan.memory={from_mb: 100}'
fails 2 lamina plan exp.yaml --set 'plan.images_per_record={from: 10, to: 20}'
fails 2 lamina plan exp.yaml --set 'plan.schedules=[pipelind]'
fails 2 lamina plan exp.yaml --set plan.parallell=3
