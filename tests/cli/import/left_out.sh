# Nothing is lost without a word: what a file says elsewhere than with its function is found, the rest is named.
mkdir -p functions resources
cat > serverless.yml <<'YAML'
service: shop
custom:
  sizes: ${file(sizes.yml)}
  queue: ${self:service}-orders
params: {default: {wait: 40}, prod: {wait: 80}}
provider:
  name: aws
  timeout: ${param:wait}
  memorySize: ${self:custom.sizes.${sls:stage}.memory}
  vpc: {securityGroupIds: [sg-1], subnetIds: [s-1]}
functions:
  - ${file(functions/worker.yml)}
  - ${file(functions/missing.yml)}
resources:
  - ${file(resources/queue.yml)}
  - Resources:
      Orders: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders}}
YAML
echo 'dev: {memory: 640}' > sizes.yml
cat > functions/worker.yml <<'YAML'
worker:
  handler: a.b
  fileSystemConfig: {arn: x, localMountPath: /mnt/x}
  events:
    - sqs: {arn: "arn:aws:sqs:eu-west-1:1:${self:custom.queue}", batchSize: 5, maximumConcurrency: 8}
    - sqs: {arn: !GetAtt Other.Arn}
YAML
cat > resources/queue.yml <<'YAML'
Resources:
  OrdersQueue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: ${self:custom.queue}
      VisibilityTimeout: 720
      DelaySeconds: 3
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 4}
  Dead: {Type: AWS::SQS::Queue, Properties: {QueueName: dead}}
YAML
lamina import serverless.yml | sed -n '/^source/,$p'
echo '# Terraform: what only applying tells is what the configuration refers to'
cat > plan.json <<'JSON'
{"planned_values": {"root_module": {"resources": [
	{"address": "aws_lambda_function.f", "type": "aws_lambda_function", "name": "f", "values": {"memory_size": 512,
		"timeout": 9, "tracing_config": [{"mode": "PassThrough"}], "dead_letter_config": [{"target_arn": "x"}]}},
	{"address": "aws_lambda_alias.live", "type": "aws_lambda_alias", "name": "live", "values": {"name": "live"}},
	{"address": "aws_lambda_provisioned_concurrency_config.p", "name": "p",
		"type": "aws_lambda_provisioned_concurrency_config", "values": {"provisioned_concurrent_executions": 5}},
	{"address": "aws_lambda_event_source_mapping.m", "type": "aws_lambda_event_source_mapping", "name": "m",
		"values": {"batch_size": 20, "maximum_retry_attempts": 2}},
	{"address": "aws_kinesis_stream.s", "type": "aws_kinesis_stream", "name": "s",
		"values": {"name": "clicks", "shard_count": 4, "retention_period": 48}}
]}}, "configuration": {"root_module": {"resources": [
	{"type": "aws_lambda_alias", "name": "live", "expressions": {"function_name": {"references":
		["aws_lambda_function.f.function_name", "aws_lambda_function.f"]}}},
	{"type": "aws_lambda_provisioned_concurrency_config", "name": "p", "expressions": {"function_name": {"references":
		["aws_lambda_alias.live.function_name", "aws_lambda_alias.live"]}}},
	{"type": "aws_lambda_event_source_mapping", "name": "m", "expressions": {
		"function_name": {"references": ["aws_lambda_alias.live.arn", "aws_lambda_alias.live"]},
		"event_source_arn": {"references": ["aws_kinesis_stream.s.arn", "aws_kinesis_stream.s"]}}}
]}}}
JSON
lamina import plan.json | sed -n '/^workload/,$p'
echo '# applied: addresses, policies as texts, rules that say when'
cat > state.json <<'JSON'
{"values": {"root_module": {"resources": [
	{"type": "aws_lambda_function", "name": "f", "values": {"function_name": "shop-f"}},
	{"type": "aws_sqs_queue", "name": "q", "values": {"name": "jobs", "visibility_timeout_seconds": 90,
		"redrive_policy": "{\"deadLetterTargetArn\":\"arn:aws:sqs:eu-west-1:1:dead\",\"maxReceiveCount\":6}"}},
	{"type": "aws_lambda_event_source_mapping", "name": "m", "values": {
		"function_name": "arn:aws:lambda:eu-west-1:1:function:shop-f", "event_source_arn": "arn:aws:sqs:eu-west-1:1:jobs"}}
]}}}
JSON
lamina import state.json | sed -n '/^source/,/^functions/p'
cat > rule.tf.json <<'JSON'
{"resource": {
	"aws_lambda_function": {"f": {}, "g": {}},
	"aws_cloudwatch_event_rule": {"hourly": {"schedule_expression": "rate(1 hour)"}},
	"aws_cloudwatch_event_target": {"t": {"rule": "${aws_cloudwatch_event_rule.hourly.name}",
		"arn": "${aws_lambda_function.f.arn}"}}
}}
JSON
lamina import rule.tf.json --function f | sed -n '/^workload/,/^functions/p'
echo '# a machine whose states say more than is modelled, and which a rule starts'
cat > machine.yaml <<'YAML'
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 20, VpcConfig: {SubnetIds: [s-1]}}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Handler: a.b}}
  M:
    Type: AWS::Serverless::StateMachine
    Properties:
      Logging: {Level: ALL}
      Definition:
        StartAt: A
        TimeoutSeconds: 600
        States:
          A:
            Type: Task
            Resource: arn:aws:states:::lambda:invoke.waitForTaskToken
            Parameters: {FunctionName: !GetAtt F.Arn, Payload: {token.$: $$.Task.Token}}
            TimeoutSeconds: 300
            HeartbeatSeconds: 30
            End: true
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 day)
      Targets: [{Arn: !GetAtt Elsewhere.Arn, Id: E}, {Arn: !GetAtt M.Arn, Id: M}]
YAML
lamina import machine.yaml | sed -n '/^workload/,/^functions/p;/^workflow/,$p'
echo '# anchors, and what is merged'
cat > anchors.yml <<'YAML'
service: shop
provider: {name: aws}
custom:
  base: &base {memorySize: 640, timeout: 12}
  slow: &slow {timeout: 90}
functions:
  a: {<<: *base, handler: a.b}
  b:
    <<: [*slow, *base]
    memorySize: 900
YAML
lamina import anchors.yml 2>/dev/null | sed -n '/^functions/,$p' | grep -vE 'work|blank|resource|deployed'
{
	echo 'l0: &l0 [x, x, x, x, x, x, x, x, x]'
	for i in 1 2 3 4 5 6 7 8 9; do
		p="*l$((i - 1))"
		echo "l$i: &l$i [$p, $p, $p, $p, $p, $p, $p, $p, $p]"
	done
} > laughs.yml
fails 2 lamina import laughs.yml
printf 'a: &a [*a]\n' > self.yml
fails 2 lamina import self.yml
