# A profile of a network with branches: what is fused, what crosses where, and a function that ends there.
onnx_write <"$ROOT/tests/onnx/small.txt" >small.onnx
lamina profile --quick --images 1,4 --threads 1 -o small.yaml small.onnx 2>/dev/null
grep -E '^model|- name|fused|kind|crossing|live|in_place|parameter' small.yaml
cat >e.yaml <<'END'
apiVersion: lamina/v1
name: cut
platform: aws-lambda
profile: small.yaml
workload: {images: 4, images_per_record: 4}
framework: {preset: onnxruntime}
functions:
  first: {layers: [conv1, depthwise], memory_mb: 1769}
  second: {layers: [sum, pool, mean, fc, prob], memory_mb: 1769}
END
lamina check e.yaml
# The same where the tensors that cross are not one piece for each image.
sed '0,/crossing: ."r1","c2"./s//&\n    cannot_be_cut: true/' small.yaml >other.yaml
fails 2 lamina check e.yaml --set profile=other.yaml
