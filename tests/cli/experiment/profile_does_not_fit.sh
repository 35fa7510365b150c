cp $ROOT/tests/data/p*.yaml .
lamina check $ROOT/tests/data/experiment.yaml --set workload.images_per_record=4
lamina check $ROOT/tests/data/experiment.yaml --set workload.images_per_record=201 --set workload.images=2010
lamina check $ROOT/tests/data/experiment.yaml --set workload.images=402
lamina check $ROOT/tests/data/experiment.yaml --set profile=missing.yaml
lamina check $ROOT/tests/data/experiment.yaml --set profile=profil
lamina check $ROOT/tests/data/experiment.yaml --set 'profile=""' 
lamina check $ROOT/tests/data/experiment.yaml --set functions.frnt.memory_mb=512
