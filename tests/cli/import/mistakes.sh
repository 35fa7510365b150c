# All at once, at their places, and nothing is written.
cat > wrong.yaml <<'YAML'
Resources:
  A:
    Type: AWS::Serverless::Function
    Properties: {MemorySize: big, Timeout: [3], Architectures: [mips]}
  B:
    Type: AWS::Serverless::Function
    Properties: {MemorySize: !ImportValue Shared, Runtime: ruby9, ReservedConcurrentExecutions: 0}
  C:
    Type: AWS::Serverless::Function
    Properties: {PackageType: Image, MemorySize: !Ref Nothing}
YAML
fails 2 lamina import wrong.yaml -o wrong.out
test ! -e wrong.out
fails 2 lamina import wrong.yaml --function Bee --function B
lamina import wrong.yaml --function B | grep -A1 'memory_mb: blank' | head -2
echo 'apiVersion: lamina/v1' > own.yaml
echo 'functions: {a: {}}' >> own.yaml
fails 2 lamina import own.yaml
echo 'Resources: {B: {Type: AWS::S3::Bucket}}' > none.yaml
fails 2 lamina import none.yaml
fails 1 lamina import missing.yaml
fails 1 lamina import none.yaml -o no/such/folder/x.yaml
fails 2 lamina import none.yaml --platform aws-lambdo
echo '{"Resources": {' > broken.json
fails 2 lamina import broken.json
for i in $(seq 70); do echo "  F$i: {Type: AWS::Serverless::Function}"; done | sed '1i Resources:' > many.yaml
fails 2 lamina import many.yaml
echo '# names that an experiment cannot have'
cat > names.json <<'JSON'
{"values": {"root_module": {"resources": [
	{"type": "aws_lambda_function", "name": "a", "index": "x.y", "values": {}},
	{"type": "aws_lambda_function", "name": "a", "index": "x-y", "values": {}}]}}}
JSON
lamina import names.json 2>/dev/null | grep -E '^  [a-z].*:|resource'
