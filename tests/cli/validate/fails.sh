sed '/^platform_values/d; s/wait_seconds: 0.81205/wait_seconds: 2/; s/memory_mb: 3008}/memory_mb: 3008, timeout_seconds: 1}/' $ROOT/configs/validation/billing.yaml > exp.yaml
lamina validate exp.yaml > rows
