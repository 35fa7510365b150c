# Everything that is not supported is told at once, by node.
onnx_write >m.onnx <<'END'
input x float 1x3x8x8
QuantizeLinear x,x -> q name=quantize
Relu x -> r
LSTM r,r,r -> l name=recurrent
Attention l -> a domain=com.microsoft name=heads
output a
END
lamina model show m.onnx
