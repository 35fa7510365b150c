cp $ROOT/tests/data/p*.yaml .
sed '/^sweep/,$d; s/memory_mb: 1024/memory_mb: 4000/; s/memory_mb: 1536/memory_mb: 1000/' $ROOT/tests/data/experiment.yaml > exp.yaml
lamina run exp.yaml
