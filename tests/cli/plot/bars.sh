# The bill, where a call's time goes, memory needed and paid: a bar for each point, a picture for each function; of one
# point, a bar for each function.
lamina sweep "$ROOT/tests/cli/plot/two.yaml" -o r.sqlite 2>/dev/null
lamina plot r.sqlite bill time memory-used -o f 2>/dev/null
cat f/bill.csv
sed -n '/^array parts/,/^$/p' f/bill.gp
cat f/time.csv
sed -n '/^array parts/,/^$/p' f/time.gp
cat f/memory-used.csv
sed -n '/^array highs/,/^$/p' f/memory-used.gp
lamina plot r.sqlite time memory-used --only parallel=5 --only classify.memory_mb=512 -o one 2>/dev/null
cat one/time.csv one/memory-used.csv
