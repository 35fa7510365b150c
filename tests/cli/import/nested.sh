# Stacks and machines in others: their functions and states; conditions, and what a reference to a map stands for; an
# alias with provisioned concurrency, which a plan changes where it stands.
mkdir stacks
cat > template.yaml <<'YAML'
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String, Default: dev}}
Mappings: {Sizes: {dev: {mb: 512, kept: 1}, prod: {mb: 2048, kept: 5}}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  Own:
    Type: AWS::Lambda::Function
    Properties: {MemorySize: !FindInMap [Sizes, !Ref Stage, mb], Timeout: 20}
  Live:
    Type: AWS::Lambda::Alias
    Properties:
      FunctionName: !Ref Own
      Name: live
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
  Classify:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig:
        !If [IsProd, {ProvisionedConcurrentExecutions: !FindInMap [Sizes, !Ref Stage, kept]}, !Ref "AWS::NoValue"]
  Extra: {Type: AWS::Serverless::Function, Condition: IsProd}
  Nested: {Type: AWS::Serverless::Application, Properties: {Location: stacks/thumbs.yaml, Parameters: {Mem: 900}}}
  Lost: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: stacks/lost.yaml}}
  Outer:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionSubstitutions: {ThumbArn: !GetAtt Nested.Outputs.ThumbArn, InnerArn: !Ref Inner, LiveArn: !Ref Live}
      Definition:
        StartAt: First
        States:
          First: {Type: Task, Resource: "${LiveArn}", Next: Again}
          Again:
            Type: Task
            Resource: arn:aws:states:::states:startExecution.sync:2
            Parameters: {StateMachineArn: "${InnerArn}"}
            Catch: [{ErrorEquals: [States.ALL], Next: Sorry}]
            Next: Tell
          Tell:
            Type: Task
            Resource: arn:aws:states:::sns:publish
            Retry: [{ErrorEquals: [States.ALL]}]
            End: true
          Sorry: {Type: Task, Resource: "${ThumbArn}", End: true}
  Inner:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionSubstitutions: {ThumbArn: !GetAtt Nested.Outputs.ThumbArn, OuterArn: !Ref Outer}
      Definition:
        StartAt: Thumb
        States:
          Thumb: {Type: Task, Resource: "${ThumbArn}", Next: Round}
          Round: {Type: Task, Resource: "arn:aws:states:::states:startExecution.sync", Parameters: {StateMachineArn: "${OuterArn}"}, End: true}
YAML
cat > stacks/thumbs.yaml <<'YAML'
Transform: AWS::Serverless-2016-10-31
Parameters: {Mem: {Type: Number, Default: 128}}
Resources: {Thumb: {Type: AWS::Serverless::Function, Properties: {MemorySize: !Ref Mem, Timeout: 30}}}
Outputs: {ThumbArn: {Value: !GetAtt Thumb.Arn}}
YAML
lamina import template.yaml --machine Outer -o app.yaml
sed -n '/^functions/,$p' app.yaml
lamina import template.yaml --function Classify --function Extra --parameter Stage=prod 2>/dev/null |
	sed -n '/^functions/,$p' | grep -vE 'work:|: blank'
W='{cpu_seconds: 1, memory_mb: 100}'
lamina plan app.yaml --deadline 900 --replications 3 --set workload.images=2 --set "functions.Own.work=$W" --set "functions.Thumb.work=$W" \
	--set workflow.steps.Again.parallel.0.Round.wait.seconds=1 --set functions.Own.provisioned_concurrency=1 \
	--emit cloudformation=fragment.yaml --emit stepfunctions=states.json -o plan.json
grep -vE '^#|Size:|Architec|Ephem' fragment.yaml
grep -E '^    "|TimeoutSeconds' states.json
grep -c '"function"' plan.json
