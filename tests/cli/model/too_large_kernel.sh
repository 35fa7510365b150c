cat >m.yaml <<'END'
name: mine
input: {channels: 3, height: 8, width: 8}
layers:
  - {name: conv1, kind: conv, filters: 8, kernel: [11, 11]}
END
lamina model show m.yaml
