# What starts a state machine: rules, pipes, gateways, in every tool's words; an execution has fewer settings than a call.
machine() { printf '{"StartAt": "A", "States": {"A": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Task", "Resource": "%s", "End": true}}}}}}' "$1"; }
show() { lamina import "$@" | sed -n '/^workload/,/^functions/p;/map:/,/items:/p;/written_by/p' | grep -v ^functions; }
echo '# CDK: a bucket by EventBridge'
cat > cdk.json <<JSON
{"Resources": {
	"Each": {"Type": "AWS::Lambda::Function", "Properties": {}},
	"Photos": {"Type": "AWS::S3::Bucket", "Properties": {"NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": true}}}},
	"Flow": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": {"Fn::Join": ["", [
		"{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\",\"End\":true,\"Resource\":\"", {"Fn::GetAtt": ["Each", "Arn"]}, "\"}}}"]]}}},
	"Created": {"Type": "AWS::Events::Rule", "Properties": {"State": "ENABLED",
		"EventPattern": {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"bucket": {"name": [{"Ref": "Photos"}]}}},
		"Targets": [{"Id": "T", "Arn": {"Ref": "Flow"}, "RoleArn": "x", "RetryPolicy": {"MaximumRetryAttempts": 2}}]}}
}}
JSON
show cdk.json
echo '# a queue by a pipe, whose batch the map goes over'
cat > pipe.yaml <<YAML
Transform: AWS::Serverless-2016-10-31
Resources:
  Each: {Type: AWS::Serverless::Function}
  Jobs: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 60, MessageRetentionPeriod: 3600, RedrivePolicy: {maxReceiveCount: 3}}}
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      Type: STANDARD
      Definition: $(machine '${EachArn}')
      DefinitionSubstitutions: {EachArn: !GetAtt Each.Arn}
  Pipe:
    Type: AWS::Pipes::Pipe
    Properties:
      Source: !GetAtt Jobs.Arn
      SourceParameters: {SqsQueueParameters: {BatchSize: 8, MaximumBatchingWindowInSeconds: 4}, FilterCriteria: {Filters: []}}
      Enrichment: !GetAtt Each.Arn
      Target: !Ref Flow
      TargetParameters: {StepFunctionStateMachineParameters: {InvocationType: FIRE_AND_FORGET}}
YAML
show pipe.yaml
echo '# ... which express waits for'
sed 's/STANDARD/EXPRESS/' pipe.yaml > express.yaml
show express.yaml
echo '# Terraform: a stream by a pipe; a rule of its own'
cat > main.tf.json <<JSON
{"resource": {
	"aws_lambda_function": {"each": {"function_name": "each"}},
	"aws_kinesis_stream": {"clicks": {"name": "clicks", "shard_count": 2}},
	"aws_sfn_state_machine": {"flow": {"name": "flow", "definition": "$(machine '${aws_lambda_function.each.arn}' | sed 's/"/\\"/g')"}},
	"aws_pipes_pipe": {"p": {"source": "\${aws_kinesis_stream.clicks.arn}", "target": "\${aws_sfn_state_machine.flow.arn}",
		"source_parameters": {"kinesis_stream_parameters": {"batch_size": 50, "starting_position": "LATEST", "parallelization_factor": 2, "on_partial_batch_item_failure": "AUTOMATIC_BISECT"}}}}
}}
JSON
show main.tf.json
sed 's/"aws_pipes_pipe".*/"aws_cloudwatch_event_rule": {"r": {"event_pattern": "{\\"source\\":[\\"aws.s3\\"]}"}}, "aws_cloudwatch_event_target": {"t": {"rule": "${aws_cloudwatch_event_rule.r.name}", "arn": "${aws_sfn_state_machine.flow.arn}"}}}}/; /source_parameters/,$d' main.tf.json > rule.tf.json
show rule.tf.json
echo '# gateways: the machine stands in the request'
cat > rest.json <<JSON
{"Resources": {
	"Each": {"Type": "AWS::Lambda::Function", "Properties": {}},
	"Flow": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"StateMachineType": "EXPRESS",
		"Definition": $(machine '${Each.Arn}')}},
	"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "api"}},
	"Post": {"Type": "AWS::ApiGateway::Method", "Properties": {"HttpMethod": "POST", "RestApiId": {"Ref": "Api"}, "Integration": {
		"Type": "AWS", "IntegrationHttpMethod": "POST", "Credentials": "x", "TimeoutInMillis": 9000,
		"Uri": {"Fn::Join": ["", ["arn:aws:apigateway:", {"Ref": "AWS::Region"}, ":states:action/StartSyncExecution"]]},
		"RequestTemplates": {"application/json": {"Fn::Join": ["", ["{\"stateMachineArn\":\"", {"Ref": "Flow"}, "\"}"]]}}}}}
}}
JSON
show rest.json
sed 's/StartSyncExecution/StartExecution/' rest.json > started.json
show started.json
cat > http.yaml <<YAML
Transform: AWS::Serverless-2016-10-31
Resources:
  Each: {Type: AWS::Serverless::Function}
  Flow: {Type: AWS::Serverless::StateMachine, Properties: {Definition: $(machine '${Each.Arn}')}}
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody:
        openapi: 3.0.1
        paths: {/: {post: {x-amazon-apigateway-integration: {type: aws_proxy, integrationSubtype: StepFunctions-StartExecution,
          credentials: !GetAtt Role.Arn, requestParameters: {Input: \$request.body, StateMachineArn: !Ref Flow}, payloadFormatVersion: "1.0"}}}}
YAML
show http.yaml
echo '# the Serverless Framework'
for event in 'http: {path: x, method: post}' 'eventBridge: {event: {source: [aws.s3]}}' 'cloudwatchEvent: {event: {source: [shop]}}' \
	'schedule: rate(2 hours)' 'alexaSkill: x'; do
	cat > serverless.yml <<YAML
service: s
provider: {name: aws}
functions: {each: {handler: a.b}}
stepFunctions: {stateMachines: {flow: {events: [$event], definition: {StartAt: A, States: {A: {Type: Task, Resource: !GetAtt EachLambdaFunction.Arn, End: true}}}}}}
YAML
	show serverless.yml
done
echo '# filled, it is an experiment'
cat > fill.yaml <<YAML
workload: {images: 40}
functions: {Each: {work: {cpu_seconds: 0.02, wait_seconds: 0.1, memory_mb: 60}}}
YAML
for file in pipe.yaml express.yaml rest.json http.yaml; do
	lamina import $file -o app.yaml 2>/dev/null
	grep -q 'items: blank' app.yaml && sed -i 's/items: blank/items: 3/' app.yaml
	lamina check app.yaml --with fill.yaml
	lamina run app.yaml --with fill.yaml --replications 2 | grep -E '^(completed|failed)_records' | tr -s ' '
done
