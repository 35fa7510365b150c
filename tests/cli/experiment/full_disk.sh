cp $ROOT/tests/data/*.yaml .
lamina run experiment.yaml >/dev/full
echo $?
lamina sweep experiment.yaml -o /dev/full
echo $?
lamina run experiment.yaml --timeline /dev/full >/dev/null
echo $?
lamina check experiment.yaml >/dev/full
