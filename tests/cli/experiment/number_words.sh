# What people write for numbers, and what they are told.
cat > f.yaml <<'Y'
apiVersion: lamina/v1
name: f
platform: aws-lambda
workload: {images: 10}
functions: {f: {memory_mb: 512, work: {cpu_seconds: 0.4, memory_mb: 120}}}
Y
for value in 1e3 1_000 512MB '512 MB' 512.0 0x200 1,000 512Mi 1GB 010 '"512"' 512.5 '5 12' .5 abc 1e3x 0x 99999999999999999999; do
	fails 2 lamina check f.yaml --set functions.f.memory_mb="$value"
done
for value in 1_000 30s 500ms '2 min' 0,4 1,000.5 1.5GB Infinity 1/2 1.2.3 _ 1__0; do
	fails 2 lamina check f.yaml --set functions.f.work.cpu_seconds="$value"
done
fails 2 lamina check f.yaml --set failures.error_rate=5%
fails 2 lamina check f.yaml --set workload.images=1k
fails 2 lamina plan f.yaml --deadline 30s --points 1e1
