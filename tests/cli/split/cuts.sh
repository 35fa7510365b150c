# Where networks can be cut, and what crosses the store there: with branches, and of a chain.
onnx_write <"$ROOT/tests/onnx/small.txt" >small.onnx
lamina model show --cuts small.onnx
lamina model show --cuts --format csv alexnet-h1
