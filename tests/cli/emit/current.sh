# What is deployed is what the plan is compared with; references are named. Own emitted settings are read back.
cp $ROOT/tests/data/profile.yaml $ROOT/tests/data/platform.yaml .
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
cat > template.yaml <<'END'
Resources:
  FrontFunction:
    Type: AWS::Serverless::Function
    Properties: {MemorySize: 704, Timeout: 300}
  BackFunction:
    Type: AWS::Serverless::Function
    Properties: {MemorySize: !Ref Size, Timeout: 200}
  Thumbnails:
    Type: AWS::Serverless::Function
    Properties: {MemorySize: 128}
END
lamina plan exp.yaml --quick --current template.yaml | grep -o '^current .* [0-9]*, [0-9]*'
lamina plan exp.yaml --strategy memMin --current template.yaml --emit serverless | grep timeout
lamina plan exp.yaml --strategy memMin --emit terraform=lamina.auto.tfvars.json >/dev/null
lamina plan exp.yaml --quick --current lamina.auto.tfvars.json | grep -o '^current .* [0-9]*, [0-9]*'
