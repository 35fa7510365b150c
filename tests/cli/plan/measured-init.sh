# A function whose initialising is as its logs tell: the plan costs within 1 % of the cheapest of all sizes and
# parallelisms that keep the deadline in 95 % of replications, each simulated by itself under no deadline to speak of.
long_test
cat >measured.yaml <<'END'
apiVersion: lamina/v1
name: measured
platform: aws-lambda
workload: {images: 200}
functions:
  f: {work: {cpu_seconds: 2, download_mb: 2, upload_mb: 0.2, memory_mb: 120, init_seconds: {probability: [0.5], value: [8]}}}
END
recommended() {
	lamina plan measured.yaml --quick -f csv "$@" 2>>warnings | awk -F, '
		NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
		$1 == "recommended" { print $column["seconds_in_share"], $column["usd"] }'
}
recommended --deadline 60 >planned
for parallel in 50 67 100 200; do
	for ((mb = 128; mb <= 352; mb += 32)); do
		recommended --deadline 1000000 --set plan.memory.from_mb=$mb --set plan.memory.to_mb=$mb \
			--set plan.parallel.from=$parallel --set plan.parallel.to=$parallel >>simulated
	done
done
awk 'NR == FNR { planned = $2; print "planned: within the deadline", $1 <= 60; next }
	{ simulated++ }
	$1 <= 60 && (!cheapest || $2 < cheapest) { cheapest = $2 }
	END {
		print simulated, "simulated"
		print planned <= 1.01 * cheapest ? "as cheap to 1 %" : planned " instead of " cheapest
	}' planned simulated
