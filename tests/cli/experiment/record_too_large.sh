cp $ROOT/tests/data/p*.yaml .
sed '/^sweep/,$d; s/images_per_record: 40/images_per_record: 200/' $ROOT/tests/data/experiment.yaml > exp.yaml
fails 2 lamina check exp.yaml --set functions.front.memory_mb=192
sed -i 's/^  memory_mb: 220/  record_in: tmp\n&/' exp.yaml
lamina check exp.yaml --set functions.front.memory_mb=192
sed -i 's/output_bytes_per_image: 1200000/output_bytes_per_image: 4800000/; s/input_bytes_per_image: 1200000/input_bytes_per_image: 4800000/' profile.yaml
fails 2 lamina check exp.yaml --set functions.front.memory_mb=3008
