# README's experiments, and its table of the sweep, as they are printed: every number in full.
blocks() { # the N-th YAML block of README
	awk -v wanted="$1" '/^```yaml/ {n++; inside = 1; next} /^```/ {inside = 0} inside && n == wanted' "$ROOT/README.md"
}
blocks 1 >thumbnails.yaml
blocks 2 >seldom.yaml
blocks 3 >classify.yaml
grep -h '^name' ./*.yaml
lamina run thumbnails.yaml -f csv
lamina sweep seldom.yaml -f csv >seldom.csv
cat seldom.csv
lamina run classify.yaml -f csv

# The table: memory, mean and 95 % quantile of seconds, USD, cold starts.
awk -F, 'NR == 1 {for (i = 1; i <= NF; i++) at[$i] = i; next}
	{printf "%d %.2f %.2f %.3f %.0f\n", $at["functions.resize.memory_mb"], $at["record_seconds"],
	 $at["record_p95_seconds"], $at["cost_usd"], $at["cold_starts"]}' seldom.csv >printed
sed -nE 's/^\| ([0-9,]+) \| ([0-9.]+) \| ([0-9.]+) \| ([0-9.]+) \| ([0-9,]+) \|$/\1 \2 \3 \4 \5/p' "$ROOT/README.md" | tr -d , >promised
diff promised printed
