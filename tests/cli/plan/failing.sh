# Without a bound, what keeps every plan from working has words.
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
cp $ROOT/tests/data/profile.yaml $ROOT/tests/data/platform.yaml .
fails 3 lamina plan exp.yaml --set failures.error_rate=1
fails 3 lamina plan exp.yaml --set limits.events=1
