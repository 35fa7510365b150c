# State machines become blocks: loops, choices that fail, maps and branches; what is no function or only a run knows is
# told. Names are those of the states.
cat > poll.asl.json <<'JSON'
{
  "StartAt": "Submit",
  "States": {
    "Submit": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Wait",
      "Parameters": {"FunctionName": "${SubmitFunctionArn}", "Payload.$": "$"},
      "Retry": [{"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 2, "MaxAttempts": 6},
                {"ErrorEquals": ["States.ALL"], "MaxAttempts": 2, "MaxDelaySeconds": 9, "JitterStrategy": "FULL"}],
      "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Tell"}]},
    "Wait": {"Type": "Wait", "Seconds": 30, "Next": "Check"},
    "Check": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:shop-check:live", "Next": "Done?"},
    "Done?": {"Type": "Choice", "Default": "Wait", "Choices": [
       {"Variable": "$.status", "StringEquals": "FAILED", "Next": "Tell"},
       {"Variable": "$.status", "StringEquals": "SUCCEEDED", "Next": "PerImage"}]},
    "Tell": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "Failed"},
    "Failed": {"Type": "Fail"},
    "PerImage": {"Type": "Map", "ItemsPath": "$.images", "MaxConcurrency": 100, "Next": "Finish",
      "Iterator": {"StartAt": "Resize", "States": {
         "Resize": {"Type": "Task", "Resource": "${ResizeFunctionArn}", "Next": "Both"},
         "Both": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "Tag", "States": {"Tag": {"Type": "Task", "Resource": "${TagFunctionArn}", "End": true}}},
            {"StartAt": "Store", "States": {"Store": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync",
              "End": true}}}]}}}},
    "Finish": {"Type": "Succeed"}
  }
}
JSON
lamina import poll.asl.json | grep -v '^#'
echo '# loops that are left in the middle and at their head; a way on after an error; a pass'
cat > loops.asl.yaml <<'YAML'
StartAt: Get
States:
  Get: {Type: Task, Resource: "${GetArn}", Next: Ready}
  Ready:
    Type: Choice
    Choices: [{Variable: $.ready, BooleanEquals: true, Next: More}]
    Default: Pause
  Pause: {Type: Wait, SecondsPath: $.rest, Next: Get}
  More:
    Type: Choice
    Choices: [{Variable: $.more, BooleanEquals: true, Next: One}]
    Default: Last
  One: {Type: Task, Resource: "${OneArn}", Next: More, Catch: [{ErrorEquals: [States.ALL], Next: Mend}]}
  Mend: {Type: Pass, Next: More}
  Last: {Type: Task, Resource: "${LastArn}", End: true}
YAML
lamina import loops.asl.yaml | sed -n '/^workflow/,$p'
echo '# in its template, by its references'
cat > template.yaml <<'YAML'
Transform: AWS::Serverless-2016-10-31
Resources:
  Pack:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: shop-packer, MemorySize: 256, AutoPublishAlias: live}
  PackLive: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Pack, Name: live}}
  Send: {Type: AWS::Serverless::Function, Properties: {MemorySize: 512}}
  Idle: {Type: AWS::Serverless::Function}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Type: EXPRESS
      DefinitionSubstitutions: {Packer: !GetAtt Pack.Arn}
      Definition:
        StartAt: First
        States:
          First: {Type: Task, Resource: "${Packer}", Next: Second}
          Second: {Type: Task, Resource: !GetAtt Send.Arn, Next: Third}
          Third: {Type: Task, Resource: !Ref PackLive, Next: Fourth}
          Fourth:
            Type: Map
            ItemReader: {Resource: "arn:aws:states:::s3:listObjectsV2"}
            MaxConcurrency: 500
            ToleratedFailurePercentage: 5
            ItemBatcher: {MaxItemsPerBatch: 20}
            ItemProcessor:
              ProcessorConfig: {Mode: DISTRIBUTED, ExecutionType: EXPRESS}
              StartAt: Each
              States:
                Each: {Type: Task, Resource: "arn:aws:lambda:eu-west-1:1:function:shop-packer", End: true}
            End: true
YAML
lamina import template.yaml | grep -v '^#'
echo '# a machine by itself, and the template of its functions'
cat > functions.yml <<'YAML'
service: shop
provider: {name: aws, memorySize: 640}
functions:
  check: {handler: a.b, timeout: 7}
  resize: {handler: a.b, memorySize: "${self:custom.size, 2048}"}
YAML
lamina import poll.asl.json functions.yml 2>both.err | sed -n '3,/^workflow/p'
cut -d: -f 2- both.err
fails 2 lamina import functions.yml template.yaml
