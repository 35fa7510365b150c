# A machine and its template: imported, filled, planned, and back: sizes for the template's functions, and the machine's
# states by their names.
cat > machine.asl.json <<'JSON'
{
  "StartAt": "Submit",
  "States": {
    "Submit": {"Type": "Task", "Resource": "${SubmitArn}", "Next": "Pause"},
    "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Check"},
    "Check": {"Type": "Task", "Resource": "${CheckArn}", "Next": "Done?"},
    "Done?": {"Type": "Choice", "Default": "Pause", "Choices": [
       {"Variable": "$.status", "StringEquals": "FAILED", "Next": "Failed"},
       {"Variable": "$.status", "StringEquals": "SUCCEEDED", "Next": "Each image"}]},
    "Failed": {"Type": "Fail"},
    "Each image": {"Type": "Map", "MaxConcurrency": 5, "End": true,
      "ItemProcessor": {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "Resize", "States": {"Resize": {"Type": "Task", "Resource": "${ResizeArn}", "End": true}}},
            {"StartAt": "Tag", "States": {"Tag": {"Type": "Task", "Resource": "${TagArn}", "End": true}}}]}}}}
  }
}
JSON
cat > template.yaml <<'YAML'
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 20, MemorySize: 1024}}
Resources:
  SubmitFunction: {Type: AWS::Serverless::Function}
  CheckFunction: {Type: AWS::Serverless::Function}
  ResizeFunction: {Type: AWS::Serverless::Function, Properties: {MemorySize: 3008}}
  TagFunction: {Type: AWS::Serverless::Function, Properties: {MemorySize: 3008}}
  Pipeline:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: machine.asl.json
      DefinitionSubstitutions:
        SubmitArn: !GetAtt SubmitFunction.Arn
        CheckArn: !GetAtt CheckFunction.Arn
        ResizeArn: !GetAtt ResizeFunction.Arn
        TagArn: !GetAtt TagFunction.Arn
YAML
lamina import template.yaml -o app.yaml
cat > fill.yaml <<'YAML'
workload: {images: 4}
functions:
  SubmitFunction: {work: {cpu_seconds: 0.1, wait_seconds: 0.2, memory_mb: 80}}
  CheckFunction: {work: {cpu_seconds: 0.05, wait_seconds: 0.1, memory_mb: 80}}
  ResizeFunction: {work: {cpu_seconds: 2, wait_seconds: 0.1, memory_mb: 400}}
  TagFunction: {work: {cpu_seconds: 0.2, wait_seconds: 0.1, memory_mb: 200}}
YAML
fails 2 lamina check app.yaml --with fill.yaml
lamina_set() { lamina "$@" --with fill.yaml --set 'workflow.steps.Done? again.loop.again=0.5' \
	--set 'workflow.steps.Done? again.loop.at_most=5' --set 'workflow.steps.Done?.choice.0.probability=0.1' \
	--set 'workflow.steps.Each image.map.items=10'; }
lamina_set check app.yaml
lamina_set run app.yaml --replications 5 | grep -E '^(completed|failed)_records' | tr -s ' '
lamina_set plan app.yaml --deadline 60 --replications 5 --emit sam 2>/dev/null | grep -E 'Function:|Timeout|Memory|Reserved' |
	sed 's/MemorySize: .*/MemorySize: N/'
lamina_set plan app.yaml --deadline 60 --replications 5 --emit stepfunctions 2>/dev/null | sed 's/lamina [^ ]* /lamina VERSION /'
