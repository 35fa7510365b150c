# One replication has no interval, and says so.
cp $ROOT/tests/data/*.yaml .
lamina run experiment.yaml -n 1 | awk 'NR == 2 { print $1, $2 } $1 == "invocations" { print $1, $3 }'
lamina run experiment.yaml -n 1 --format csv | awk -F, '$2 == "invocations" { print $4 "," }'
lamina run experiment.yaml -n 1 --format json | grep -A3 '"invocations"' | grep -c 'half_width_95": null'
