# The paper's pipeline at the prices of 2019 and of today: against memMin and memMax, something is cheaper without being
# slower and something faster without being dearer, by a tenth at least.
long_test
for platform in aws-lambda-2019 aws-lambda; do
	lamina plan $ROOT/configs/paper/common.yaml --deadline 130 --set platform=$platform --format csv |
		sed 's/"[0-9, ]*"/sizes/' | awk -F, -v platform=$platform '
			NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i; next}
			{seconds[$1] = $at["seconds"]; usd[$1] = $at["usd"]}
			function beats(known, cheap, fast) {
				return seconds[cheap] <= seconds[known] && usd[cheap] < 0.9 * usd[known] &&
					usd[fast] <= usd[known] && seconds[fast] < 0.9 * seconds[known]
			}
			END {
				n = split("memMin memMax", known, " ")
				for (i = 1; i <= n; i++)
					print platform, known[i], beats(known[i], "cheapest no slower than " known[i],
						"fastest no dearer than " known[i]) ? "is beaten" : "is not beaten"
			}'
done
