# The same functions in every tool's words; the fragment is for the same resources.
cat > serverless.yml <<'YAML'
service: shop
custom: {sizes: {dev: 896, prod: 3008}}
provider: {name: aws, runtime: python3.12, stage: "${opt:stage, 'dev'}", timeout: 25}
functions:
  resize: {handler: a.b, memorySize: "${self:custom.sizes.${self:provider.stage}}", architecture: arm64}
YAML
cat > cdk.json <<'JSON'
{"Resources": {
	"Resize1A2B3C4D": {
		"Type": "AWS::Lambda::Function",
		"Properties": {"MemorySize": 896, "Timeout": 25, "Architectures": ["arm64"], "Runtime": "python3.12",
			"Role": {"Fn::GetAtt": ["Role", "Arn"]}}
	},
	"Live": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Resize1A2B3C4D"},
		"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2}}}
}}
JSON
cat > main.tf.json <<'JSON'
{
  "variable": {"size": {"default": 896}, "seconds": {"type": "number"}},
  "locals": {"arch": "arm64"},
  "resource": {
    "aws_lambda_function": {
      "resize": {
        "function_name": "shop-resize",
        "memory_size": "${var.size}",
        "timeout": "${var.seconds}",
        "runtime": "python3.12",
        "architectures": ["${local.arch}"],
        "ephemeral_storage": {"size": 1024}
      }
    }
  }
}
JSON
cat > state.json <<'JSON'
{"values": {"root_module": {"resources": [
	{"type": "aws_lambda_function", "name": "resize", "values": {"function_name": "shop-resize", "memory_size": 896,
		"timeout": 25, "architectures": ["arm64"], "runtime": "python3.12", "package_type": "Zip"}}]}}}
JSON
cat > list.json <<'JSON'
{"Functions": [{"FunctionName": "shop-resize", "MemorySize": 896, "Timeout": 25, "Architectures": ["arm64"],
	"PackageType": "Image"}]}
JSON
for file in serverless.yml cdk.json main.tf.json state.json list.json; do
	echo "# $file"
	lamina import $file --parameter seconds=25 -o app.yaml
	sed '/^#   lamina [cp]/!{/^#/d}' app.yaml
	format=$(sed -n 's/.*--emit \([a-z-]*\) .*/\1/p' app.yaml)
	cat > work.yaml <<'YAML'
platform_values: {cpu: {arm64_speed: 1}}
workload: {images: 20}
YAML
	name=$(sed -n '/^functions:/{n;s/ *\([A-Za-z0-9-]*\):.*/\1/p}' app.yaml)
	echo "functions: {$name: {work: {cpu_seconds: 0.3, wait_seconds: 0.1, memory_mb: 90}}}" >> work.yaml
	lamina plan app.yaml --with work.yaml --quick --deadline 20 --emit $format | sed 's/lamina [^ ]* /lamina VERSION /'
done
