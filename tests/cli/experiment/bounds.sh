cp $ROOT/tests/data/*.yaml .
lamina run experiment.yaml --set limits.events=50 --format csv | grep failed_records
lamina run experiment.yaml --set limits.horizon_seconds=5 --format csv | grep failed_records
lamina sweep experiment.yaml --set limits.events=50 >rows
status=$?
wc -l <rows
exit $status
