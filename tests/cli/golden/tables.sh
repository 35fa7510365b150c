# One run, sweep, plan and fit of a small experiment, as CSV in full: whatever moves, moves here.
long_test
cp "$ROOT"/tests/data/*.yaml .
sed '/^sweep/,$d' experiment.yaml >one.yaml
echo '# run'
lamina run one.yaml -f csv
echo '# sweep'
lamina sweep experiment.yaml -f csv
echo '# plan'
lamina plan one.yaml --deadline 60 -n 20 -f csv
echo '# plan, front'
lamina plan one.yaml --pareto --points 5 -n 20 -f csv
echo '# explain'
lamina explain run one.yaml -f csv
cat >fit.yaml <<'YAML'
base: one.yaml
name: fitted
fit:
  parameters: {framework.import_cpu_seconds: {start: 1, min: 0.1, max: 9}}
  targets:
    - {metric: record_billed_seconds, value: 5, spread: 0.1, source: a}
    - {metric: record_billed_seconds, value: 5.1, spread: 0.1, source: b}
    - {metric: record_billed_seconds, value: 5.3, spread: 0.1, source: c}
YAML
echo '# fit'
lamina fit fit.yaml -f csv
