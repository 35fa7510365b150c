cp $ROOT/tests/data/p*.yaml .
try() {
	local status=$1 first=$2 second=$3
	sed "/^sweep/,\$d; s/\[conv1, relu1\]/$first/; s/\[fc2\]/$second/" $ROOT/tests/data/experiment.yaml > exp.yaml
	fails "$status" lamina check exp.yaml
}
try 2 '[conv1, relu2, conv9x]' '[fc2]'
try 2 '[conv1]' '[fc2]'
try 2 '[conv1, fc2]' '[relu1]'
try 0 '[conv1]' '[relu1]'
try 0 '[]' '[fc2]'
