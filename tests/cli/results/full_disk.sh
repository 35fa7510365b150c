# A file that may not grow any further stands for a full disk: what was written before stays, and the sweep goes on from
# there once there is room.
cp $ROOT/tests/data/*.yaml .
sweep() { lamina sweep experiment.yaml -n 2 -o "$@" --set 'sweep={matrix: {seed: {from: 1, to: 300, step: 1}}}'; }
sweep whole.sqlite 2>/dev/null
lamina export whole.sqlite >whole.csv
for kb in 1 40 120 300; do
	rm -f r.sqlite
	(ulimit -f $kb; fails 1 sweep r.sqlite 2>said)
	grep -q "^lamina sweep: 'r.sqlite': " said || cat said
	sweep r.sqlite 2>/dev/null
	lamina export r.sqlite | cmp - whole.csv
done
rm r.sqlite
(ulimit -f 1; fails 1 sweep r.sqlite 2>/dev/null)
ls
(ulimit -f 1; fails 1 lamina export whole.sqlite -o out.csv)
[ ! -e out.csv ]
