# The experiments that README shows are right, and their sweep answers time, cost and cold starts.
awk '/^```yaml/ { block++; next } /^```/ { inside = 0; next } /^apiVersion/ { inside = 1 }
	inside { print >"example-" block ".yaml" }' $ROOT/README.md
lamina check example-*.yaml
lamina sweep example-2.yaml -n 2 | sed -n 1p | tr -s ' '
