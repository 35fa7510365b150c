# Of the two sources each is predicted with what the other one gives; of one alone nothing is left.
sed '/^claims:/,$d' $ROOT/tests/cli/validate/claims.yaml > exp.yaml
cat >> exp.yaml << 'END'
claims:
  - {mechanism: CPU share, source: a, quantity: one, measured: 0.8}
  - {mechanism: CPU share, source: b, quantity: two, measured: 0.5}
  - {mechanism: S3 transfer, source: b, quantity: three, measured: 0.5}
END
lamina validate --leave-one-out exp.yaml -f csv | cut -d, -f1-8
