# pipeline.split: by number, by layers, or for a plan to choose.
cp "$ROOT/tests/onnx/branches.yaml" .
cat >e.yaml <<'END'
apiVersion: lamina/v1
name: cut
platform: aws-lambda
profile: branches.yaml
workload: {images: 100, images_per_record: 100}
framework: {preset: onnxruntime}
defaults: {memory_mb: 3008}
END
for split in 1 2 3 '[a2]' '[join, b1]' auto; do
	lamina run e.yaml -n 2 --set "pipeline.split=$split" --format json | grep -o '"part[0-9]*"' | sort -u | tr '\n' ' '
	echo "for $split"
done
fails 2 lamina run e.yaml --set pipeline.split=9
fails 2 lamina run e.yaml --set pipeline.split=some
fails 2 lamina run e.yaml --set 'pipeline.split=[a1, turned]'
fails 2 lamina run e.yaml --set 'pipeline.split=2' --set 'profile=""'
