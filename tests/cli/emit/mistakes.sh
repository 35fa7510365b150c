# Formats that there are not, files that cannot be read or written; nothing is half-written.
cp $ROOT/tests/data/profile.yaml $ROOT/tests/data/platform.yaml .
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
try() {
	lamina plan exp.yaml --strategy memMin "$@"
	echo "status $?"
}
try --emit yaml --emit sams=x --emit sam= --emit json --emit cli
try --emit sam=no/such/folder/x.yaml
echo 'a: 1' > other.yaml
try --current other.yaml
try --current missing.yaml
printf 'Resources: {Front: {Type: AWS::Lambda::Function, Properties: {MemorySize: 100}}}\n' > small.yaml
sed -i 's/Type: AWS::Lambda::Function/Type: "AWS::Lambda::Function"/' small.yaml
try --current small.yaml
ls
