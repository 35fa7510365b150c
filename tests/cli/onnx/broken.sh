# What is no network, is cut short, or is larger than protobuf allows: little memory and no time.
head -c 100 /dev/zero >zeros.onnx
fails 2 lamina model show zeros.onnx
onnx_write <"$ROOT/tests/onnx/small.txt" >small.onnx
head -c 300 small.onnx >cut.onnx
fails 2 lamina model show cut.onnx
truncate -s 3G large.onnx
fails 2 within_kb 600000 lamina model show large.onnx
fails 2 lamina model show absent.onnx
fails 2 lamina model show --dimension N=0 small.onnx
mkdir folder.onnx
fails 2 lamina model show folder.onnx
