# Every mistake in a workflow, at its line, all at once.
cat >wrong.yaml <<'END'
apiVersion: lamina/v1
name: wrong
platform: aws-lambda
workload: {images: 1}
pipeline: {orchestrator: driver, retries: 2}
functions:
  resize: {work: {cpu_seconds: 1}}
  store: {work: {wait_seconds: 1}}
workflow:
  steps:
    - task: resise
    - {task: resize, parallel: []}
    - {}
    - resize
    - parallel: []
    - parallel: [[{task: resize}], []]
    - map: {items: 0, steps: [{task: resize}]}
    - map: {items: 3, steps: []}
    - map: {items: {written_by: store}, steps: [{task: resize}]}
    - {task: resize, name: first}
    - map: {items: {written_by: first}, steps: [{task: resize}]}
    - map: {items: 100, concurrency: 80, steps: [{task: resize}]}
    - map: {items: 100, batch: 10, children: express, steps: [{task: resize}]}
    - map: {items: 100, steps: [{task: resize, name: first}]}
    - choice: [{probability: 0.5, steps: [{task: resize}]}, {probability: 0.4, steps: [{task: store}]}]
    - choice: [{probability: 1, steps: [{task: resize}]}, {steps: [{task: store}]}]
    - choice: [{steps: [{task: resize}]}, {steps: [{task: store}]}]
    - loop: {again: 0.5, steps: [{task: resize}]}
    - loop: {at_most: 5, again: 2, steps: [{task: resize}]}
    - wait: {}
    - {wait: {seconds: 1}, retry: {attempts: 1}}
    - {task: store, catch: store}
END
fails 2 lamina check wrong.yaml
sed -e '/^    - /d' -e '/^pipeline/d' wrong.yaml >limits.yaml
cat >>limits.yaml <<'END'
    - {task: resize, payload_kb: 300}
    - {task: store, payload_kb: 300, data: store}
    - map: {items: 200, steps: [{task: resize, payload_kb: 2}]}
    - map: {items: 9000, steps: [{task: store}]}
    - name: apart
      map: {items: 9000, distributed: true, steps: [{task: store}]}
END
fails 2 lamina check limits.yaml
fails 2 lamina check limits.yaml --set workflow.kind=express
lamina check limits.yaml --set workflow.kind=none --set workflow.steps.apart.map.distributed=false
fails 2 lamina check limits.yaml --set platform=ec2-p3.2xlarge
cat >source.yaml <<'END'
apiVersion: lamina/v1
name: sourced
platform: aws-lambda
source: {kind: sqs, batch_size: 10, pollers_min: 2, receives_max: 3, visibility_seconds: 1000}
workload: {images: 10}
functions: {resize: {work: {wait_seconds: 1}}}
workflow:
  steps:
    - {task: resize, async: true, retry: {attempts: 2}, payload_kb: 3}
    - {wait: {seconds: 1}, async: true}
    - parallel: [[{map: {items: {written_by: source}, steps: [{task: resize}]}}]]
END
fails 2 lamina check source.yaml
fails 2 lamina check source.yaml --set 'source={kind: sns}' --set 'workflow.steps=[{task: resize}]'
fails 2 lamina check source.yaml --set 'source={kind: http_api, timeout_seconds: 9}' --set 'workflow.steps=[{task: resize}]'
lamina check source.yaml --set 'source={kind: sns}' --set 'workflow={kind: none, steps: [{task: resize}]}'
