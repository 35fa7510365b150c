# What power tuning has measured is of a function, whichever of its versions or aliases the address ends in.
cat >exp.yaml <<'Y'
apiVersion: lamina/v1
name: exp
platform: aws-lambda
workload: {images: 5}
functions: {thumbs: {memory_mb: 512, work: {cpu_seconds: 1}}}
Y
for version in '' :7 :live ':\$LATEST'; do
	cat >execution.json <<J
{"executionArn": "arn:aws:states:eu-west-1:123456789012:execution:powerTuning:x", "status": "SUCCEEDED",
 "input": "{\"lambdaARN\": \"arn:aws:lambda:eu-west-1:123456789012:function:thumbs${version/\\/}\", \"num\": 10}",
 "output": "{\"power\": 512, \"stats\": [{\"averageDuration\": 800, \"value\": 256}, {\"averageDuration\": 400, \"value\": 512}]}"}
J
	lamina calibrate execution.json -e exp.yaml --format csv | tail -n 1 | cut -d, -f1-3
done
lamina calibrate execution.json --format csv | tail -n 1 | cut -d, -f1-3
