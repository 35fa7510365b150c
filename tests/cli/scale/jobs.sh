# -j 1, -j 2, and shards in any order and number give the same export.
cp $ROOT/tests/data/*.yaml .
sweep=(lamina sweep experiment.yaml -n 3 --set 'sweep={matrix: {seed: {from: 1, to: 20, step: 1}}}')
"${sweep[@]}" -j 1 -o one.sqlite 2>/dev/null
"${sweep[@]}" -j 2 -o two.sqlite 2>/dev/null
"${sweep[@]}" -j 7 -o seven.sqlite 2>/dev/null
for i in 4 2 1 3; do SLURM_ARRAY_TASK_ID=$((i + 10)) SLURM_ARRAY_TASK_MIN=11 SLURM_ARRAY_TASK_MAX=14 \
	SLURM_ARRAY_TASK_COUNT=4 "${sweep[@]}" -o r.sqlite --shard auto 2>/dev/null; done
lamina merge r.sqlite r.3-of-4.sqlite r.1-of-4.sqlite r.4-of-4.sqlite r.2-of-4.sqlite 2>/dev/null
for file in two seven r; do cmp <(lamina export one.sqlite) <(lamina export $file.sqlite); done
