# Of a workflow, settings are compared as they are stated, and a platform without workflows says so.
lamina compare $ROOT/configs/workflows/photos.yaml -p aws-lambda,google-cloud-run --quick --set workload.images=20 >out
head -1 out
grep -E '^(Cheapest|Fastest|google)' out | cut -c1-60
