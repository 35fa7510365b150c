# Dimensions other than the batch are asked for by name.
onnx_write >m.onnx <<'END'
opset 17
input tokens int64 batchxsequence
const table float 100x16 random 1
Gather table,tokens -> e name=embedding
const w float 16x16 random 2
MatMul e,w -> q name=query
Transpose q -> k perm=[0,2,1]
MatMul q,k -> s name=scores
Softmax s -> p
MatMul p,e -> y name=mixed
output y
END
fails 2 lamina model show m.onnx
lamina model show --dimension sequence=12 m.onnx
