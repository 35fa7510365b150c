cp $ROOT/tests/data/platform.yaml .
printf 'apiVersion: lamina/v1\nname: x\nplatform: platform.yaml\nworkload: {images: 1}\nfunctions: {}\n' > exp.yaml
fails 2 lamina check exp.yaml
printf 'apiVersion: lamina/v1\nname: x\nplatform: platform.yaml\nworkload: {images: 1}\nfunctions: {f: {}}\n' > exp.yaml
fails 2 lamina check exp.yaml
