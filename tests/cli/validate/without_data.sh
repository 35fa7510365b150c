# What others have published, and how wrong the planner takes its inputs to be, are files that come with the program.
cp $ROOT/tests/cli/validate/claims.yaml exp.yaml
mkdir data
cp -r $ROOT/configs $ROOT/profiles data
export LAMINA_DATADIR=$PWD/data
rm data/configs/errors/planner.yaml
fails 2 lamina plan exp.yaml --deadline 100
echo 'apiVersion: lamina/v1' >data/configs/errors/validation.yaml
fails 2 lamina validate exp.yaml
rm data/configs/errors/validation.yaml
fails 1 lamina validate exp.yaml
