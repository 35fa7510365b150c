# A power tuning result from standard input, as data.
echo '{"results":{"power":"512","duration":20,"stats":[
  {"averageDuration":800,"value":128},{"averageDuration":400,"value":256},{"averageDuration":200,"value":512}]}}' |
	lamina calibrate - --format csv --platform $ROOT/tests/data/platform.yaml
