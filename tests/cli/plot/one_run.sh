# One run: its sandboxes over time, how long its records took; a file of results does not hold that.
lamina plot "$ROOT/tests/cli/plot/two.yaml" sandboxes latency --only memory_mb=1024 --only parallel=5 -o f 2>/dev/null
head -5 f/sandboxes.csv
tail -2 f/sandboxes.csv
sed -n '/^time_factor/,/^$/p' f/sandboxes.gp
grep -v ,0,0, f/latency.csv | head -5
sed -n '/^time_factor/,/^$/p' f/latency.gp

# Of several points it is the first, and the picture says which that is.
lamina plot "$ROOT/tests/cli/plot/two.yaml" latency sandboxes --only memory_mb=512 --only memory_mb=1024 -n 1 -o g 2>/dev/null
grep -h ^setting g/*.gp

# Busy sandboxes, times time, are what the run itself counts.
lamina run "$ROOT/tests/cli/plot/two.yaml" -n 1 -s functions.classify.memory_mb=1024 --format json >run.json 2>/dev/null
mean() { sed -n "/\"metric\": \"$1\"/{n;s/.*: \([0-9.]*\).*/\1/p;}" run.json; }
awk -F, -v want="$(mean running_instances)" -v span="$(mean makespan_seconds)" '
	NR == 2 {from = $1} NR == 3 {bin = $1 - from}
	NR > 2 {busy += held * bin} NR > 1 {held = $3; at = $1}
	END {busy = (busy + held * (span - at)) / span; print (busy > 0.999 * want && busy < 1.001 * want ? "alike" : busy " " want)}' f/sandboxes.csv

lamina sweep "$ROOT/tests/cli/plot/two.yaml" -n 1 -o r.sqlite 2>/dev/null
fails 2 lamina plot r.sqlite latency -o f
