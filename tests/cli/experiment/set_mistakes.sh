cp $ROOT/tests/data/*.yaml .
fails 2 lamina check experiment.yaml --set pipeline.paralel=3
fails 2 lamina check experiment.yaml --set pipeline.parallel=
fails 2 lamina check experiment.yaml --set pipeline.parallel=many
fails 2 lamina check experiment.yaml --set pipeline.parallel
fails 2 lamina check experiment.yaml --set =3
fails 2 lamina check experiment.yaml --set 'workload={images: 3'
fails 2 lamina check experiment.yaml --set functions.middle.memory_mb=512
fails 2 lamina check experiment.yaml --set name.first=x --set seed=-1
