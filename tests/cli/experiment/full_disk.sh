cp $ROOT/tests/data/*.yaml .
fails 1 lamina run experiment.yaml >/dev/full
fails 1 lamina sweep experiment.yaml -o /dev/full
fails 1 lamina run experiment.yaml --timeline /dev/full >/dev/null
fails 1 lamina check experiment.yaml >/dev/full
