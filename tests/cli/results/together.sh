# Two sweeps into one file at once: each takes what the other has written, and nothing is there twice.
cp $ROOT/tests/data/*.yaml .
sweep() { lamina sweep experiment.yaml -n 2 -j 1 -o "$@" --set 'sweep={matrix: {seed: {from: 1, to: 200, step: 1}}}'; }
sweep whole.sqlite 2>/dev/null
lamina export whole.sqlite >whole.csv
sweep r.sqlite 2>one &
other=$!
sweep r.sqlite 2>two
wait $other
lamina export r.sqlite | cmp - whole.csv
sed 's/;.*//' one two
# While it is written, it can be read.
rm r.sqlite
sweep r.sqlite 2>/dev/null &
other=$!
for _ in 1 2 3 4 5; do sleep 0.05; lamina export r.sqlite >part.csv 2>/dev/null || true; done
wait $other
lamina export r.sqlite | cmp - whole.csv
# Who reads only the beginning hears no complaint.
{ lamina export r.sqlite -r stages || true; } | head -c 1
