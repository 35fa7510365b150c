cp $ROOT/tests/data/p*.yaml .
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
cat >> exp.yaml <<'X'
sweep:
  matrix:
    functions.front.memory_mb: [512, 1000, 1024, 5000]
    pipeline.parallel: [1, none]
X
lamina check exp.yaml
