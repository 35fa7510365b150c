# model: FILE.onnx takes the profile that stands beside the file.
cp "$ROOT/tests/onnx/branches.yaml" net.profile.yaml
cat >e.yaml <<'END'
apiVersion: lamina/v1
name: named
platform: aws-lambda
model: net.onnx
workload: {images: 100, images_per_record: 100}
framework: {preset: onnxruntime}
pipeline: {split: 2}
END
lamina check e.yaml
lamina run e.yaml -n 2 --format json | grep -o '"part[0-9]*"' | sort -u
fails 2 lamina check e.yaml --set model=other.onnx
fails 2 lamina check e.yaml --set model=alexnet
fails 2 lamina check e.yaml --set profile=net.profile.yaml
mkdir folder && mv net.profile.yaml folder
lamina check e.yaml --set model=folder/net.onnx
