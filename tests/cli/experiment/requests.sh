# A row for every call: they add up to the figures of the run, which they do not change.
cp $ROOT/tests/data/*.yaml .
failing='-n 3 --set failures.error_rate=0.2 --set pipeline.retries=9 --set functions.front.timeout_seconds=4.6'
lamina run experiment.yaml $failing --format csv > plain.csv 2> /dev/null
lamina run experiment.yaml $failing --format csv --requests rows.csv > with.csv 2> /dev/null
cmp plain.csv with.csv
head -3 rows.csv
sums() {
	awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{ n++; cold += $at["cold"]; again += $at["attempt"] > 0; billed += $at["billed_seconds"] * $at["memory_mb"] / 1024; ends[$at["end"]]++
		  if ($at["end_seconds"] - $at["start_seconds"] - $at["duration_seconds"] > 1e-9) print "bad row", $0
		  if ($at["wait_seconds"] < 0) print "negative wait", $0 }
		END { printf "%d calls, %d cold, %d again, %.6f GB-s\n", n / 3, cold / 3, again / 3, billed / 3
		  for (e in ends) print e, ends[e] | "sort" }' $1
}
sums rows.csv
grep -E '^run,(invocations|cold_starts|retries|gb_seconds),' plain.csv | cut -d, -f 2,3
for kind in json jsonl md; do lamina run experiment.yaml $failing --requests rows.$kind > /dev/null 2>&1; done
grep -c '"function"' rows.jsonl
tail -1 rows.md
lamina run experiment.yaml $failing -j 3 --requests again.csv > /dev/null 2>&1
cmp rows.csv again.csv
fails 1 lamina run experiment.yaml --requests no/such/folder.csv > out
[[ ! -s out ]]
fails 1 lamina run experiment.yaml --requests /dev/full > /dev/null
fails 2 lamina run $ROOT/configs/paper/gpu.yaml --requests rows2.csv
[[ ! -e rows2.csv ]]
