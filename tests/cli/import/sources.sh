# What starts the first function, in every tool's words; others are told.
cat > sam.yaml <<'YAML'
Transform: AWS::Serverless-2016-10-31
Parameters: {Batch: {Type: Number, Default: 25}}
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 4}}
  Dead: {Type: AWS::SQS::Queue}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 20
      Events:
        Queue:
          Type: SQS
          Properties:
            Queue: !GetAtt Jobs.Arn
            BatchSize: !Ref Batch
            MaximumBatchingWindowInSeconds: 5
            FunctionResponseTypes: [ReportBatchItemFailures]
            ScalingConfig: {MaximumConcurrency: !Ref Most}
        Door: {Type: Api, Properties: {Path: /, Method: get}}
        Phone: {Type: AlexaSkill}
  Other:
    Type: AWS::Serverless::Function
    Properties: {Events: {Up: {Type: S3, Properties: {Bucket: !Ref Photos}}}}
YAML
lamina import sam.yaml | sed -n '/^workload/,/^functions/p'
echo '# CDK: resources that name the function'
cat > cdk.json <<'JSON'
{"Resources": {
	"F1": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.12"}},
	"Clicks": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 8}},
	"Map": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"FunctionName": {"Ref": "F1"}, "BatchSize": 200,
		"EventSourceArn": {"Fn::GetAtt": ["Clicks", "Arn"]}, "ParallelizationFactor": 3}}
}}
JSON
lamina import cdk.json | sed -n '/^workload/,/^functions/p'
cat > rule.json <<'JSON'
{"Resources": {
	"F1": {"Type": "AWS::Lambda::Function", "Properties": {}},
	"Tick": {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": "rate(5 minutes)",
		"Targets": [{"Arn": {"Fn::GetAtt": ["F1", "Arn"]}, "Id": "T"}]}}
}}
JSON
lamina import rule.json | sed -n '/^workload/,/^functions/p'
echo '# the Serverless Framework'
for event in 'httpApi: "GET /x"' 'sqs: {arn: "arn:aws:sqs:eu-west-1:1:jobs", batchSize: 5, maximumBatchingWindow: 2}' \
	'stream: {type: dynamodb, arn: "arn:x", batchWindow: 3}' 'stream: arn:aws:kinesis:eu-west-1:1:stream/s' \
	'schedule: cron(0 12 * * ? *)' 'sns: topic'; do
	printf 'service: s\nprovider: {name: aws}\nfunctions:\n  f:\n    handler: a.b\n    events:\n      - %s\n' "$event" > s.yml
	lamina import s.yml | sed -n '/^workload/,/^functions/p' | grep -v functions
done
printf 'service: s\nprovider: {name: aws}\nfunctions: {f: {url: {invoke: response_stream}}}\n' > s.yml
lamina import s.yml | sed -n '/^source/,/^functions/p'
echo '# Terraform'
cat > main.tf.json <<'JSON'
{"resource": {
	"aws_lambda_function": {"f": {"function_name": "shop-f"}},
	"aws_sqs_queue": {"q": {"visibility_timeout_seconds": 90}},
	"aws_lambda_event_source_mapping": {"m": {"function_name": "${aws_lambda_function.f.arn}",
		"event_source_arn": "${aws_sqs_queue.q.arn}", "batch_size": 10, "scaling_config": {"maximum_concurrency": 7}}}
}}
JSON
lamina import main.tf.json | sed -n '/^source/,/^functions/p'
cat > state.json <<'JSON'
{"values": {"root_module": {"resources": [
	{"type": "aws_lambda_function", "name": "f", "values": {"function_name": "shop-f"}},
	{"type": "aws_lambda_function_url", "name": "u", "values": {"function_name": "shop-f", "invoke_mode": "BUFFERED"}}]}}}
JSON
lamina import state.json | sed -n '/^source/,/^functions/p'
echo '# a machine that a schedule starts'
cat > machine.yaml <<'YAML'
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Events: {Q: {Type: SNS, Properties: {Topic: x}}}}}
  M:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {StartAt: A, States: {A: {Type: Task, Resource: !GetAtt F.Arn, End: true}}}
      Events: {Daily: {Type: Schedule, Properties: {Schedule: rate(1 day)}}, Door: {Type: Api}}
YAML
lamina import machine.yaml | sed -n '/^workload/,/^functions/p'
echo '# what is imported is an experiment once its blanks are filled'
cat > fill.yaml <<'YAML'
workload: {images: 40}
source: {message_kb: 1}
functions:
  Work: {work: {cpu_seconds: 0.02, wait_seconds: 0.1, memory_mb: 60}}
YAML
lamina import sam.yaml --function Work --parameter Most=3 -o app.yaml
sed -i 's/batch_size: 25/batch_size: 5/; s/visibility_seconds: 30/visibility_seconds: 120/' app.yaml
lamina check app.yaml --with fill.yaml
lamina run app.yaml --with fill.yaml --replications 2 | grep -E '^(completed_records|failed_records)' | tr -s ' '
