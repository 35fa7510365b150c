mkdir folder.yaml
printf 'apiVersion: lamina/v1\nname: x\nplatform: folder.yaml\nprofile: none.yaml\nworkload: {images: 1}\n' > exp.yaml
lamina check exp.yaml
