# Formats that there are not, files that cannot be read or written; nothing is half-written.
cp $ROOT/tests/data/profile.yaml $ROOT/tests/data/platform.yaml .
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
try() {
	local status=$1
	shift
	fails "$status" lamina plan exp.yaml --strategy memMin "$@"
}
try 2 --emit yaml --emit sams=x --emit sam= --emit json --emit cli
try 1 --emit sam=no/such/folder/x.yaml
echo 'a: 1' > other.yaml
try 2 --current other.yaml
try 1 --current missing.yaml
printf 'Resources: {Front: {Type: AWS::Lambda::Function, Properties: {MemorySize: 100}}}\n' > small.yaml
sed -i 's/Type: AWS::Lambda::Function/Type: "AWS::Lambda::Function"/' small.yaml
try 2 --current small.yaml
ls
