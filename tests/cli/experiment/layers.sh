cp $ROOT/tests/data/p*.yaml .
try() {
	sed "/^sweep/,\$d; s/\[conv1, relu1\]/$1/; s/\[fc2\]/$2/" $ROOT/tests/data/experiment.yaml > exp.yaml
	lamina check exp.yaml
}
try '[conv1, relu2, conv9x]' '[fc2]'
try '[conv1]' '[fc2]'
try '[conv1, fc2]' '[relu1]'
try '[conv1]' '[relu1]'
try '[]' '[fc2]'
