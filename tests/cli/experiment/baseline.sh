# Differences of paired replications: none from itself, and a narrower interval than the figures' own.
cp $ROOT/tests/data/*.yaml .
lamina sweep experiment.yaml -n 20 --baseline 2 --format csv >rows.csv
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
NR > 1 {
	own = $column["makespan_seconds_half_width_95"]
	paired = $column["makespan_seconds_difference_half_width_95"]
	print NR - 1, $column["replications"], paired == 0 ? "itself" : paired < own ? "narrower" : "wider"
}' rows.csv
fails 2 lamina sweep experiment.yaml --baseline 5
fails 2 lamina sweep experiment.yaml --baseline 0
