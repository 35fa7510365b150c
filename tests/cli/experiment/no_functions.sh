cp $ROOT/tests/data/platform.yaml .
printf 'apiVersion: lamina/v1\nname: x\nplatform: platform.yaml\nworkload: {images: 1}\nfunctions: {}\n' > exp.yaml
lamina check exp.yaml
printf 'apiVersion: lamina/v1\nname: x\nplatform: platform.yaml\nworkload: {images: 1}\nfunctions: {f: {}}\n' > exp.yaml
lamina check exp.yaml
