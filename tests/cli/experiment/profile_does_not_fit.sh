cp $ROOT/tests/data/p*.yaml .
fails 2 lamina check $ROOT/tests/data/experiment.yaml --set workload.images_per_record=4
fails 2 lamina check $ROOT/tests/data/experiment.yaml --set workload.images_per_record=201 --set workload.images=2010
fails 2 lamina check $ROOT/tests/data/experiment.yaml --set workload.images=402
fails 2 lamina check $ROOT/tests/data/experiment.yaml --set profile=missing.yaml
fails 2 lamina check $ROOT/tests/data/experiment.yaml --set profile=profil
fails 2 lamina check $ROOT/tests/data/experiment.yaml --set 'profile=""' 
fails 2 lamina check $ROOT/tests/data/experiment.yaml --set functions.frnt.memory_mb=512
