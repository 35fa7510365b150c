# From a template to sizes for its own resources: blanks are listed, logs fill them, what is left is named.
cat > template.yaml <<'YAML'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Size: {Type: Number, Default: 512}
  Places: {Type: Number}
  Stage: {Type: String, Default: dev}
Mappings:
  ByStage: {dev: {Tmp: 1024}, prod: {Tmp: 4096}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Globals:
  Function:
    Runtime: nodejs20.x
    Timeout: 30
Resources:
  ThumbnailFunction:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub "shop-${Stage}-small"
      MemorySize: !Ref Size
      EphemeralStorage: {Size: !FindInMap [ByStage, !Ref Stage, Tmp]}
      ReservedConcurrentExecutions: !Ref Places
      Layers: [!Ref SharpLayer]
      SnapStart: {ApplyOn: None}
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: !If [IsProd, 9, !Ref "AWS::NoValue"]}
  SharpLayer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer/}}
YAML
lamina import template.yaml -o app.yaml
sed 's/by lamina [^;]*;/by lamina VERSION;/' app.yaml
fails 2 lamina check app.yaml
echo '# with what a deployment says'
lamina import template.yaml --parameter Places=7 --parameter Stage=prod | grep -E 'reserved|provisioned|tmp_mb|deployed'
echo '# filled from logs, by name'
for mb in 256 512 1024 1769 3008; do
	for i in 1 2 3; do
		awk -v mb=$mb -v i=$i 'BEGIN {
			share = mb / 1769 > 1 ? 1 : mb / 1769
			ms = 200 + 800 / share + i
			printf "%d-12 REPORT RequestId: r%d%d\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\t" \
				"Max Memory Used: 140 MB\n", i, mb, i, ms, ms + 1, mb }'
	done
done > shop-dev-small.log
lamina calibrate shop-dev-small.log -e app.yaml -o work.yaml --format csv | cut -d, -f 1,2,4
fails 2 lamina check app.yaml --with work.yaml
lamina plan app.yaml --with work.yaml --set workload.images=200 --set functions.ThumbnailFunction.reserved_concurrency=20 \
	--deadline 60 --quick --emit sam | grep -E 'ThumbnailFunction|MemorySize|Reserved'
lamina plan app.yaml --with work.yaml --set workload.images=200 --set functions.ThumbnailFunction.reserved_concurrency=20 \
	--deadline 60 --quick --emit cli | grep -o 'function-name [a-z-]* --memory-size [0-9]*'
