# The address of a power tuning chart holds every size, so that what Lamina emits is read back.
cat > execution.json <<'END'
{"name":"n","status":"SUCCEEDED","input":"{\"lambdaARN\":\"arn:aws:lambda:us-east-1:000000000000:function:classify\",\"num\":50}","output":"{\"power\":512,\"duration\":47.4,\"stateMachine\":{\"executionCost\":0.0003,\"visualization\":\"https://lambda-power-tuning.show/#AAMABAAFAAjACw==;APAgRwAo60YAiMJGANCERgBQQ0Y=;nFAIOoWxBTqcUAg6DWwVOmjoHzo=\"}}"}
END
lamina calibrate execution.json --format csv | cut -d, -f1-5
