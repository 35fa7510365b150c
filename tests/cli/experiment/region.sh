# Prices are a region's: the bill says whose, and those that are not known elsewhere are asked for where they are needed.
cat >exp.yaml <<END
apiVersion: lamina/v1
name: regions
platform: aws-lambda
workload: {images: 4}
functions: {f: {memory_mb: 1024, work: {wait_seconds: 1, memory_mb: 300}}}
replications: {min: 2}
END
for region in us-east-1 eu-west-1 ap-east-1; do
	lamina run exp.yaml --set region=$region | grep -E '^(The bill,|compute |requests )'
done
fails 2 lamina check exp.yaml --set region=eu-west-1 --set functions.f.work.download_mb=1
lamina check exp.yaml --set region=eu-west-1 --set functions.f.work.download_mb=1 \
	--set platform_values.price.usd_per_1000_gets=0.0004 --set platform_values.price.usd_per_1000_puts=0.005
fails 2 lamina check exp.yaml --set region=eu-west-9
fails 2 lamina check exp.yaml --set region=mars
