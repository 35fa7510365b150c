# Of more records than are kept one by one, the distribution is as smooth as of fewer: no bin stands out from the two
# beside it, though the buckets that they are counted in are as wide as bins and double within them, at 2^33 ns.
cat >long.yaml <<'END'
apiVersion: lamina/v1
name: long
platform: aws-lambda
workload: {images: 80000, arrivals: {kind: poisson, rate_per_second: 50}}
replications: {min: 1, max: 1}
functions: {f: {memory_mb: 1024, work: {wait_seconds: 8.6, variation: 0.03, memory_mb: 100}}}
END
lamina plot long.yaml latency -o f 2>/dev/null
awk -F, '
	NR > 1 {n[NR] = $3; all += $3}
	END {
		for (i = 3; i < NR; i++) if (n[i] > 1000) {
			off = n[i] / ((n[i - 1] + n[i + 1]) / 2) - 1
			if (off > 0.15 || off < -0.15) print "bin", i - 1, "of", n[i], "between", n[i - 1], "and", n[i + 1]
			seen++
		}
		print all, "records,", (seen >= 15 ? "many" : seen), "bins"
	}' f/latency.csv
