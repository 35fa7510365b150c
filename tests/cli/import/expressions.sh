# Terraform's expressions: instances of count and for_each, machines and policies that are put together; what only
# deployment knows stays blank, what is not read is told.
cat > main.tf.json <<'JSON'
{
 "variable": {"env": {"default": "dev"}, "workers": {"default": 2},
  "functions": {"default": {"ingest": {"memory": 512, "timeout": 30}, "score": {"memory": 3008, "timeout": 120}}}},
 "locals": {"prefix": "shop-${var.env}", "seconds": "${var.env == \"prod\" ? 60 : 15}", "sizes": {"dev": 700, "prod": 1400},
  "mixed": "${[1, max(2, 3), \"a-${upper(\"b\")}\"][2]}"},
 "resource": {
  "aws_lambda_function": {
   "by_key": {"for_each": "${var.functions}", "function_name": "${local.prefix}-${each.key}",
    "memory_size": "${each.value.memory}", "timeout": "${each.value.timeout}"},
   "worker": {"count": "${var.workers}", "function_name": "${local.prefix}-worker-${count.index}",
    "memory_size": "${lookup(local.sizes, var.env, 128) + 4 * (count.index + 1)}", "timeout": "${local.seconds}"},
   "absent": {"count": "${!contains([\"dev\", \"prod\"], var.env) || var.workers > 9 ? 1 : 0}"},
   "odd": {"function_name": "${local.mixed}", "memory_size": "${[for s in var.x : s][0]}", "timeout": "${aws_ssm_parameter.t.value}"}
  },
  "aws_sqs_queue": {"q": {"visibility_timeout_seconds": 360,
   "redrive_policy": "${jsonencode({deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 2 + 3})}"}, "dead": {}},
  "aws_lambda_event_source_mapping": {"m": {"event_source_arn": "${aws_sqs_queue.q.arn}", "batch_size": "${min(50, 10000)}",
   "function_name": "${aws_lambda_function.worker[0].arn}"}},
  "aws_sfn_state_machine": {"flow": {"type": "EXPRESS", "definition": "{\"StartAt\": \"I\", \"States\": {\"I\": {\"Type\": \"Task\", \"Resource\": \"${aws_lambda_function.by_key[\"ingest\"].arn}\", \"Next\": \"W\"}, \"W\": {\"Type\": \"Wait\", \"Seconds\": ${local.seconds}, \"Next\": \"S\"}, \"S\": {\"Type\": \"Task\", \"Resource\": \"arn:aws:states:::lambda:invoke\", \"Parameters\": {\"FunctionName\": \"${aws_lambda_function.by_key[\"score\"].function_name}\"}, \"End\": true}}}"}}
 }
}
JSON
lamina import main.tf.json -o app.yaml
sed -n '/^functions/,$p' app.yaml | grep -vE 'work:|(cpu|wait)_seconds|memory_mb: blank$'
echo '# the others, with what starts them'
lamina import main.tf.json --function worker-0 --function worker-1 --function odd --parameter env=prod |
	sed -n '/^source/,$p' | grep -vE 'work:|(cpu|wait)_seconds|memory_mb: blank$'
echo '# and back, for the same resources'
W='{cpu_seconds: 1, memory_mb: 100}'
lamina plan app.yaml --deadline 60 --replications 3 --set workload.images=2 --set "functions.ingest.work=$W" \
	--set "functions.score.work=$W" --emit terraform-json -o report.txt | grep -E 'by_key|memory|timeout|flow|type'
head -2 report.txt | sed 's/, lamina .*//'
