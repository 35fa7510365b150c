# plan --split joins the pieces of a network with branches.
long_test
cp "$ROOT/tests/onnx/branches.yaml" .
cat >e.yaml <<'END'
apiVersion: lamina/v1
name: cut
platform: aws-lambda
profile: branches.yaml
workload: {images: 1000, images_per_record: 100}
pipeline: {split: auto}
framework: {preset: onnxruntime}
END
lamina plan e.yaml --split --deadline 60 --quick | grep "^functions"
