# An inline map runs at most 40 items at once; above, a fragment's map is distributed, also where the simulated platform
# is from before such maps.
cat >exp.yaml <<'END'
apiVersion: lamina/v1
name: maps
platform: aws-lambda
workload: {images: 128}
functions: {f: {memory_mb: 1024, work: {cpu_seconds: 0.5, memory_mb: 100}}}
END
for platform in aws-lambda aws-lambda-2019; do
	for parallel in 40 41; do
		lamina plan exp.yaml --strategy memMax --set platform=$platform --set pipeline.parallel=$parallel \
			--emit stepfunctions | grep -E '"Mode"|"MaxConcurrency"'
	done
done
