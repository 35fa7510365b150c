printf 'apiVersion: lamina/v1\nname: x\nplatform: aws-lambda-2019\nworkload: {images: 1}\nfunctions: {}\n' > exp.yaml
lamina check exp.yaml
printf 'apiVersion: lamina/v1\nname: x\nplatform: aws-lambda-2019\nworkload: {images: 1}\nfunctions: {f: {}}\n' > exp.yaml
lamina check exp.yaml
