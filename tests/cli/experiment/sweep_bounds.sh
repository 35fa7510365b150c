cp $ROOT/tests/data/p*.yaml .
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
fails 2 lamina check exp.yaml --set 'sweep={matrix: {seed: {from: 1, to: 10000000, step: 1}}}'
fails 2 lamina check exp.yaml --set 'sweep={matrix: {seed: {from: 1, to: 2000, step: 1}, pipeline.parallel: {from: 1, to: 2000, step: 1}}}'
fails 2 lamina check exp.yaml --set 'sweep={matrix: {seed: [1, 2], pipeline.parallel: [1]}, zip: [{seed: [3, 4]}]}'
fails 2 lamina check exp.yaml --set 'sweep={matrix: {seed: [1, 2]}, exclude: [{seed: 1}, {seed: 2}]}'
fails 2 lamina check exp.yaml --set 'sweep=[1, 2]'
