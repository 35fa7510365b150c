# A network that can be worked out by hand: y = relu(x W + b), W = [[1,2],[3,4],[5,6]], b = [-10, 1].
onnx_write >m.onnx <<'END'
input x float Nx3
const w float 3x2 = 1,2,3,4,5,6
const b float 2 = -10,1
MatMul x,w -> p name=product
Add p,b -> s name=sum
Relu s -> y name=relu
output y
END
perl -e 'print pack "f<*", 1, 1, 1,  0, 0, 1' >x.bin
lamina infer --images 2 --input x=x.bin --output out m.onnx
perl -e 'binmode STDIN; local $/; print join(" ", unpack "f<*", substr <>, -16), "\n"' <out/output_0.pb
lamina infer --unfused --format csv --images 2 --input x=x.bin m.onnx
# What was written is read; the batch must be the one that is asked for.
onnx_write >n.onnx <<'END'
input y float Nx2
Identity y -> z
output z
END
lamina infer --images 2 --input y=out/output_0.pb n.onnx
fails 2 lamina infer --input y=out/output_0.pb n.onnx
fails 2 lamina infer --input x=x.bin m.onnx
fails 2 lamina infer --input X=x.bin m.onnx
onnx_write <"$ROOT/tests/onnx/small.txt" >small.onnx
fails 2 lamina infer small.onnx
