lamina profile alexnet-h2
