# Open MPI starts the shards; rank and size come from its variables. The merged export is that of one process.
command -v mpirun >/dev/null || skip 'mpirun is not installed'
cp $ROOT/tests/data/*.yaml .
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
mpirun -n 1 true 2>/dev/null || skip 'mpirun cannot start a process here'
sweep=(lamina sweep experiment.yaml -n 3 --jobs 1 --set 'sweep={matrix: {seed: {from: 1, to: 20, step: 1}}}')
"${sweep[@]}" -o whole.sqlite 2>/dev/null
mpirun -n 3 "${sweep[@]}" -o r.sqlite --shard auto >/dev/null 2>&1
ls r.*
lamina merge r.sqlite r.*-of-3.sqlite 2>/dev/null
cmp <(lamina export r.sqlite) <(lamina export whole.sqlite)
