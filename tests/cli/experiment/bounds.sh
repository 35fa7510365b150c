cp $ROOT/tests/data/*.yaml .
fails 1 lamina run experiment.yaml --set limits.events=50 --format csv | grep failed_records
fails 1 lamina run experiment.yaml --set limits.horizon_seconds=5 --format csv | grep failed_records
cat >overload.yaml <<'EOF'
apiVersion: lamina/v1
name: overload
platform: aws-lambda-2019
workload: {arrivals: {kind: poisson, rate_per_second: 10000, duration_seconds: 600}}
functions: {f: {memory_mb: 512, work: {wait_seconds: 5}}}
limits: {in_flight: 20000}
replications: {min: 2}
EOF
fails 1 lamina run overload.yaml --format csv | grep -c completed_records
fails 1 lamina sweep experiment.yaml --set limits.events=50 >rows
wc -l <rows
