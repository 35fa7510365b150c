# A small memory: throttled; the store's fees; shares that add up.
cat >exp.yaml <<'END'
apiVersion: lamina/v1
name: thumbnails
platform: aws-lambda-2021
workload: {images: 10000, arrivals: {kind: poisson, rate_per_second: 0.005}}
functions: {resize: {memory_mb: 512, work: {cpu_seconds: 0.4, download_mb: 2, upload_mb: 0.2, memory_mb: 120}}}
END
lamina explain run exp.yaml | grep -v ', lamina '
lamina explain run exp.yaml --format csv | awk -F, 'NR > 1 { time += $4; cost += $6 } END { print NR, time, cost }'
lamina explain run exp.yaml --format csv | awk -F, 'NR > 1 { usd += $5 } END { printf "%.9f\n", usd }'
lamina run exp.yaml --format csv | awk -F, '$2 == "cost_usd" { printf "%.9f\n", $3 }'
