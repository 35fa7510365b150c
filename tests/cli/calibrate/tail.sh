# One row of 3.8 medians among 118 is a tail: told as one, and the p95 of other sizes stays that of the other rows. An
# experiment's own quantiles are replaced; what multiplies means must have a mean of 1.
rows() {
	awk -v mb="$1" -v ms="$2" -v last="$3" 'BEGIN {
		for (i = 0; i < 118; i++) {
			t = i == 60 && last ? last : ms * (0.95 + 0.1 * ((i * 37) % 118) / 117)
			printf "REPORT RequestId: r%d\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\tMax Memory Used: 60 MB\t\n", i, t, t + 1, mb
		}
	}'
}
{ rows 256 8000 0; rows 512 4000 15200; } > thumb.log
lamina calibrate thumb.log -o thumb.yaml | grep -E 'variation|tail'
grep '^#   \(tail\|variation\)' thumb.yaml
cat > open.yaml <<'Y'
apiVersion: lamina/v1
name: open
platform: aws-lambda
workload: {images: 4000, arrivals: {kind: poisson, rate_per_second: 1}}
replications: {min: 2}
functions: {thumb: {memory_mb: 1024, work: {cpu_seconds: 0.3, variation_quantiles: {probability: [0, 1], value: [0, 2]}}}}
Y
# 2,000 ms x 1.045 at 1,024 MB
lamina run open.yaml --with thumb.yaml --format csv 2> words | awk -F, '$2 == "record_p95_seconds" { print ($3 > 2.05 && $3 < 2.17) ? "p95 is that of the body" : $3 }'
fails 2 lamina check open.yaml --set 'functions.thumb.work.variation_quantiles={probability: [0, 1], value: [1, 2]}'
