lamina profile alexnet-h1 --functions conv4
