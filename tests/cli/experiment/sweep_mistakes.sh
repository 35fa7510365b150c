cp $ROOT/tests/data/p*.yaml .
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
cat >> exp.yaml <<'X'
sweep:
  matirx: {}
  matrix:
    pipeline.paralel: [1, 2]
    functions.front.memory: [512]
    workload.images: []
    workload.images_per_record: 3
    defaults.memory_mb: {from: 512, to: 256, step: 64}
    framework.memory_mb: {from: 0, to: 100, factor: 2}
    framework.package_mb: {from: 0, to: 100, steps: 10}
    seed: {from: 1, to: 3, step: 1, factor: 2}
    sweep.matrix: [1]
  zip:
    - {pipeline.parallel: [1, 2, 3], pipeline.dispatch_seconds: [0, 1]}
    - seven
  exclude:
    - {pipeline.schedule: pipelined}
    - 5
  points: {}
X
lamina sweep exp.yaml
