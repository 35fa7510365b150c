cat >m.yaml <<'END'
name: mine
input: {channels: 3, height: 32, width: 32}
layers:
  - {name: conv1, kind: covn, filters: 8, kernel: [3, 3]}
  - {name: pool1, kind: maxpool, kernel: [2, 2], strides: [2, 2]}
functions:
  all: {layers: [conv1]}
END
lamina model show m.yaml
