onnx_write <"$ROOT/tests/onnx/small.txt" >small.onnx
lamina model show small.onnx
lamina model show --format csv --functions small.onnx
lamina model show --format json small.onnx | head -40
