# A workflow may fail by its own say: such records are failed ones and are paid for, but nothing is wrong with the run,
# and a plan is made all the same. A map or parallel around it retries or catches it, as it does a task's failure; where a
# task's failure has led to it, that is what failed.
cat >common.yaml <<'END'
apiVersion: lamina/v1
name: fails
platform: aws-lambda
workload: {images: 200}
pipeline: {parallel: 20}
plan: {memory: {from_mb: 1769, to_mb: 1769}, keep: [kind, architecture, parallel]}
functions:
  a: {memory_mb: 1769, work: {wait_seconds: 0.3, memory_mb: 100}}
  b: {memory_mb: 1769, work: {wait_seconds: 3, memory_mb: 100}}
END
steps() { printf 'base: common.yaml\nworkflow:\n  kind: standard\n  steps:\n%s\n' "$1" >one.yaml; }
show() { lamina run one.yaml "$@" --replications 4 | grep -E '^(completed|failed)_records|^(Reject|each|choice|b) |^transitions' | tr -s ' '; }
steps '    - {task: a}
    - {choice: [{probability: 0.75, steps: [{fail: Rejected, name: Reject}]}, {}]}
    - {task: b}'
show
lamina plan one.yaml --deadline 200 | grep 'In the mean'
echo '# items that fail are caught with their map, or tried again with it'
steps '    - map: {items: 3, steps: [{task: a}, {choice: [{probability: 0.75, steps: [{fail: Rejected, name: Reject}]}, {}]}]}
      name: each
      catch: [{task: b}]'
show
steps '    - map: {items: 1, steps: [{task: a}, {choice: [{probability: 0.75, steps: [{fail: Rejected, name: Reject}]}, {}]}]}
      name: each
      retry: {attempts: 2}'
show
lamina plan one.yaml --deadline 2000 | grep -c 'In the mean'
echo '# what a failure has led to is that failure'
steps '    - task: a
      catch: [{task: b}, {fail: Lost, name: Reject}]'
fails 1 lamina run one.yaml --set failures.error_rate=0.5 --replications 2 >one.txt
grep '^Reject' one.txt | tr -s ' '
echo '# nothing stands behind it'
steps '    - {task: a}
    - {fail: Rejected}
    - choice: [{probability: 0.5, steps: [{fail: Rejected, name: one}]}, {steps: [{task: b}], ends: true}]
    - {task: b, name: last, retry: {attempts: 1}}
    - {fail: Rejected, name: two, catch: [{task: a, name: again}]}'
fails 2 lamina check one.yaml
