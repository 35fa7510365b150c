# SIGKILL at random moments (KILLS of them, 10 by default; `make kills` tries 200), SIGHUP and SIGTERM: what was finished
# is there, and after a last run the export is that of a sweep that nobody has disturbed, byte for byte.
long_test
cp $ROOT/tests/data/*.yaml .
sweep=(lamina sweep experiment.yaml -n 5
	--set 'sweep={matrix: {seed: {from: 1, to: 600, step: 1}, pipeline.parallel: [1, 2, 3]}}')
start=$(date +%s%N)
"${sweep[@]}" -o whole.sqlite 2>/dev/null
whole_ms=$((($(date +%s%N) - start) / 1000000 + 20))
lamina export whole.sqlite >whole.csv
lamina export whole.sqlite -r replications >whole-replications.csv

signals=(KILL KILL KILL KILL HUP KILL KILL TERM KILL KILL)
for ((i = 0; i < ${KILLS:-10}; i++)); do
	# Every tenth begins anew, so that the first transactions are met, too.
	((i % 10 == 0)) && rm -f r.sqlite r.sqlite-journal
	moment=$(printf '0.%03d' $((RANDOM % (whole_ms < 999 ? whole_ms : 999))))
	timeout --foreground -s ${signals[i % 10]} "$moment" "${sweep[@]}" -o r.sqlite 2>/dev/null || true
done
"${sweep[@]}" -o r.sqlite 2>/dev/null
lamina export r.sqlite | cmp - whole.csv
lamina export r.sqlite -r replications | cmp - whole-replications.csv
