lamina model show --format csv alexnet-v2
