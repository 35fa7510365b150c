# A fragment is for the resources of the file that was imported, and read again it says what was planned.
cat > sam.yaml <<'YAML'
Resources:
  Resize: {Type: AWS::Serverless::Function, Properties: {MemorySize: 3008, Timeout: 25, Runtime: python3.12}}
  Tag: {Type: AWS::Serverless::Function, Properties: {MemorySize: 3008, Timeout: 25, Runtime: python3.12}}
YAML
cat > cdk.json <<'JSON'
{"Resources": {
	"Resize1A2B": {"Type": "AWS::Lambda::Function", "Properties": {"MemorySize": 3008, "Timeout": 25}},
	"Tag3C4D": {"Type": "AWS::Lambda::Function", "Properties": {"MemorySize": 3008, "Timeout": 25}}
}}
JSON
cat > serverless.yml <<'YAML'
service: shop
provider: {name: aws, timeout: 25, memorySize: 3008}
functions: {resize: {handler: a.b}, tag: {handler: a.b}}
YAML
cat > main.tf.json <<'JSON'
{"resource": {"aws_lambda_function": {
	"resize": {"function_name": "shop-resize", "memory_size": 3008, "timeout": 25},
	"tag": {"function_name": "shop-tag", "memory_size": 3008, "timeout": 25}
}}}
JSON
cat > plan.json <<'JSON'
{"planned_values": {"root_module": {
	"resources": [
		{"address": "aws_lambda_function.resize", "type": "aws_lambda_function", "name": "resize",
			"values": {"memory_size": 3008, "timeout": 25}},
		{"address": "aws_lambda_provisioned_concurrency_config.live", "name": "live",
			"type": "aws_lambda_provisioned_concurrency_config",
			"values": {"provisioned_concurrent_executions": 3}},
		{"address": "aws_lambda_alias.now", "type": "aws_lambda_alias", "name": "now", "values": {}},
		{"address": "aws_lambda_function.each[\"tag\"]", "type": "aws_lambda_function", "name": "each", "index": "tag",
			"values": {"memory_size": 3008, "timeout": 25}}
	],
	"child_modules": [{"address": "module.thumb", "resources": [
		{"address": "module.thumb.aws_lambda_function.this[0]", "type": "aws_lambda_function", "name": "this",
			"index": 0, "values": {"memory_size": 3008, "timeout": 25}}]}]
}}, "configuration": {"root_module": {"resources": [
	{"type": "aws_lambda_provisioned_concurrency_config", "name": "live", "expressions": {
		"function_name": {"references": ["aws_lambda_alias.now.function_name", "aws_lambda_alias.now"]}}},
	{"type": "aws_lambda_alias", "name": "now", "expressions": {
		"function_name": {"references": ["aws_lambda_function.resize.function_name", "aws_lambda_function.resize"]}}}
]}}}
JSON
cat > list.json <<'JSON'
{"Functions": [{"FunctionName": "shop-resize", "MemorySize": 3008, "Timeout": 25},
	{"FunctionName": "shop-tag", "MemorySize": 3008, "Timeout": 25}]}
JSON
cat > machine.asl.json <<'JSON'
{"StartAt": "Resize", "States": {
	"Resize": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:1:function:resize", "Next": "Tag"},
	"Tag": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:1:function:tag", "End": true}}}
JSON
memory() { sed -n 's/^ *"\{0,1\}\(memory_mb\|memory_size\|MemorySize\|memorySize\)"\{0,1\}: \([0-9][0-9]*\).*/\2/p' "$1"; }
for file in sam.yaml cdk.json serverless.yml main.tf.json plan.json list.json machine.asl.json; do
	lamina import $file -o app.yaml 2>/dev/null
	format=$(sed -n 's/.*--emit \([a-z-]*\) .*/\1/p' app.yaml)
	{
		printf 'workload: {images: 20}\nfunctions:\n'
		sed -n 's/^  \([A-Za-z0-9_-]*\):.*/\1/p' app.yaml | grep -vE '^(images|parallel|kind|steps|runtime)$' |
			sed 's/.*/  &: {timeout_seconds: 25, memory_mb: 3008, work: {cpu_seconds: 0.3, wait_seconds: 0.1, memory_mb: 90}}/'
	} > work.yaml
	lamina plan app.yaml --with work.yaml --quick --deadline 60 --emit $format=fragment --emit terraform=all.json 2>/dev/null \
		>/dev/null
	echo "# $file: $format"
	grep -oE 'Resize1A2B:|Tag3C4D:|Resize:|Tag:|resize:|tag:|shop-[a-z]*|"(resize|each|tag|Resize|Tag)"|module[^:]*:' \
		fragment | sort -u
	memory all.json > planned
	case $format in
	sam | cloudformation | serverless)
		lamina import fragment 2>/dev/null | sed '/work:/,+3d' > again.yaml
		memory again.yaml | diff planned - && echo 'as planned'
		;;
	terraform-json) memory fragment | while read -r mb; do grep -qx "$mb" planned && echo 'as planned'; done ;;
	cli) grep -oE 'memory-size [0-9]+' fragment | sed 's/.* //' | diff planned - && echo 'as planned' ;;
	stepfunctions) grep -c TimeoutSeconds fragment ;;
	esac
done
echo '# a state that waits for its token has no time-out by its function; a branch of a choice stands where it stood'
cat > token.asl.json <<'JSON'
{"StartAt": "Ask", "States": {
	"Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
		"Parameters": {"FunctionName": "ask"}, "Next": "Answer?"},
	"Answer?": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": false, "Next": "Do"},
		{"Variable": "$.b", "IsNull": false, "Next": "Undo"}], "Default": "Stop"},
	"Do": {"Type": "Task", "Resource": "do", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Undo"}], "Next": "Log"},
	"Undo": {"Type": "Task", "Resource": "undo", "Next": "Stop"},
	"Log": {"Type": "Task", "Resource": "log", "End": true},
	"Stop": {"Type": "Fail"}}}
JSON
lamina import token.asl.json -o app.yaml 2>/dev/null
values=(workload.images=20 'workflow.steps.Ask, its answer.wait.seconds=5'
	'workflow.steps.Answer?.choice.0.probability=0.5' 'workflow.steps.Answer?.choice.1.probability=0.25')
for name in ask do undo log; do
	for value in memory_mb=512 timeout_seconds=20 work.cpu_seconds=0.3 work.wait_seconds=0.1 work.memory_mb=90; do
		values+=("functions.$name.$value")
	done
done
sets=()
for value in "${values[@]}"; do sets+=(--set "$value"); done
lamina plan app.yaml "${sets[@]}" --deadline 3000 --quick --emit stepfunctions 2>/dev/null | sed '/Comment/d'
