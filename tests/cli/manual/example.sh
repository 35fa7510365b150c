# The experiment in the manual is one that works.
sed -n '/^```$/,/^```$/p' "$ROOT/contrib/man/lamina-experiment.more.scd" | grep -v '^```' >example.yaml
lamina check example.yaml
lamina sweep example.yaml --format csv | wc -l
