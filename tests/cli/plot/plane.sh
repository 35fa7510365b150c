# The plane of two keys; time against cost, with the settings of the front.
lamina sweep "$ROOT/tests/cli/plot/two.yaml" -o r.sqlite 2>/dev/null
lamina plot r.sqlite heat-map front -o f 2>/dev/null
cat f/heat-map.csv
sed -n '/^time_name/,/^$/p' f/heat-map.gp
cat f/front.csv
sed -n '/^time_name/,/^$/p' f/front.gp
