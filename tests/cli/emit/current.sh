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
echo '# a template without one of the functions, on an architecture whose speed is unknown; a state machine'
cat > two.yaml <<'END'
apiVersion: lamina/v1
name: two
platform: aws-lambda
workload: {images: 4}
pipeline: {parallel: 2}
functions:
  front: {memory_mb: 512, work: {cpu_seconds: 0.4, memory_mb: 120}}
  back: {memory_mb: 3008, work: {cpu_seconds: 1.2, memory_mb: 900}}
END
cat > lacking.yaml <<'END'
Resources:
  FrontFunction:
    Type: AWS::Serverless::Function
    Properties: {MemorySize: 704, Architectures: [arm64]}
END
lamina plan two.yaml --quick --current lacking.yaml | grep -o '^current .* [0-9]*, [0-9]*'
lamina plan two.yaml --strategy memMin --emit stepfunctions=machine.json >/dev/null
lamina plan two.yaml --quick --current machine.json | grep -o '^current .* [0-9]*, [0-9]*'
echo '# as data it is called as ever'
lamina plan two.yaml --quick --current lacking.yaml --format csv 2>/dev/null | grep -o '^current,'
echo '# too little memory is the fault of the line that states it'
cat > small.yml <<'END'
service: two
provider: {name: aws, memorySize: 768}
functions:
  front: {handler: h.a}
  back: {handler: h.b}
END
lamina plan two.yaml --quick --current small.yml >/dev/null
