# Branches, items and rounds: how often each step was walked, where the time went, and what is paid for.
cat >photos.yaml <<'END'
apiVersion: lamina/v1
name: photos
platform: aws-lambda-2023
workload: {images: 20}
pipeline: {parallel: 4}
replications: {min: 3}
functions:
  list: {memory_mb: 512, work: {wait_seconds: 0.1, memory_mb: 100}}
  resize: {memory_mb: 1024, work: {cpu_seconds: 0.6, memory_mb: 300}}
  tag: {memory_mb: 2048, work: {cpu_seconds: 2, memory_mb: 600}}
  store: {memory_mb: 256, work: {wait_seconds: 0.3, memory_mb: 100}}
workflow:
  payload_kb: 2
  steps:
    - task: list
      writes: {probability: [0, 1], value: [5, 30]}
    - name: each
      map:
        items: {written_by: list}
        concurrency: 10
        steps:
          - parallel:
              - [{task: resize}]
              - - task: tag
                - choice: [{probability: 0.2, steps: [{wait: {seconds: 1}}]}, {}]
      payload_kb: 1
    - loop: {again: 0.3, at_most: 4, steps: [{task: store}]}
END
lamina check photos.yaml
lamina run photos.yaml | sed 1,3d
lamina run photos.yaml --format json | grep -c critical_share
lamina run photos.yaml --format csv | grep '^tag,'
lamina run photos.yaml -j 1 >one.txt
lamina run photos.yaml -j 4 >four.txt
cmp one.txt four.txt
printf 'base: photos.yaml\nsweep: {matrix: {workflow.steps.each.map.concurrency: [1, 40]}}\n' >widths.yaml
lamina sweep widths.yaml --format csv | cut -d, -f 1-4
