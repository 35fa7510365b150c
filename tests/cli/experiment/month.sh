# A month's bill is a figure only where somebody says how often the experiment runs.
cp $ROOT/tests/data/*.yaml .
lamina run experiment.yaml -n 2 --format csv | grep month_usd
lamina run experiment.yaml -n 2 --format csv --set traffic.runs_per_month=30 | grep -c '^run,month_usd,0.[0-9]*,'
