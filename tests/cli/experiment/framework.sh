# A profile without a framework is told of; presets are listed, misspelt ones asked about, unknown numbers too.
cp $ROOT/tests/data/p*.yaml .
cat >exp.yaml <<END
apiVersion: lamina/v1
name: bare
platform: platform.yaml
profile: profile.yaml
workload: {images: 200, images_per_record: 100}
defaults: {memory_mb: 1024}
END
lamina check exp.yaml
lamina check exp.yaml --set framework.preset=pytorch
fails 2 lamina check exp.yaml --set framework.preset=pytorhc
fails 2 lamina check exp.yaml --set framework.preset=caffe
fails 2 lamina check exp.yaml --set framework.preset=mxnet --set framework.memory_mb=300
fails 2 lamina check exp.yaml --set framework=pytorch
cat >own.yaml <<END
apiVersion: lamina/v1
name: own
framework: {memory_mb: 200, import_cpu_seconds: 0.5, preset: pytorch}
END
fails 2 lamina check exp.yaml --set framework.preset=./own.yaml
sed -i 's/, preset: pytorch//' own.yaml
lamina check exp.yaml --set framework.preset=./own.yaml
lamina run exp.yaml --set framework.preset=./own.yaml -n 2 | grep -E '^(front|back) '
lamina run exp.yaml --set framework.preset=./own.yaml --set framework.memory_mb=300 -n 2 | grep -E '^(front|back) '
