# Records that run out of memory and time: said in words, told by the exit status, and billed.
cp $ROOT/tests/data/*.yaml .
fails 1 lamina run experiment.yaml --set functions.back.memory_mb=384 --format csv | grep -E 'back,(failures|invocations|cold_starts)'
fails 1 lamina run experiment.yaml --set functions.back.timeout_seconds=0.1 --format csv | grep -E 'back,(failures|billed_mean)'
fails 1 lamina sweep experiment.yaml --set functions.back.memory_mb=384 >/dev/null
