lamina profile alexnet-h1 -o no/such/folder/p.yaml
