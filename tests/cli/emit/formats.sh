# Each format with a file; the report stays on standard output. What power tuning reads can be calibrated with.
cp $ROOT/tests/data/profile.yaml $ROOT/tests/data/platform.yaml .
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
lamina plan exp.yaml --strategy memMax --emit sam=sam.yaml --emit serverless=serverless.yml --emit terraform=vars.json \
	--emit cli=deploy.sh --emit stepfunctions=machine.json --emit power-tuning=tuning.json \
	--emit infracost=usage.yml --emit json=plan.json --emit cloudformation=cfn.yaml --emit terraform-json=override.json
sed 's/lamina [^ ]* /lamina VERSION /; s/"lamina_version": ".*"/"lamina_version": "VERSION"/' \
	sam.yaml cfn.yaml serverless.yml override.json deploy.sh machine.json usage.yml
sh -n deploy.sh && sed 's/lamina [^ ]* /lamina VERSION /' tuning.json | cut -c 1-80
lamina calibrate tuning.json -e exp.yaml --format csv | cut -d, -f 1,2,3,4
