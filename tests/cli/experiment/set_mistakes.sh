cp $ROOT/tests/data/*.yaml .
lamina check experiment.yaml --set pipeline.paralel=3
lamina check experiment.yaml --set pipeline.parallel=
lamina check experiment.yaml --set pipeline.parallel=many
lamina check experiment.yaml --set pipeline.parallel
lamina check experiment.yaml --set =3
lamina check experiment.yaml --set 'workload={images: 3'
lamina check experiment.yaml --set functions.middle.memory_mb=512
lamina check experiment.yaml --set name.first=x --set seed=-1
