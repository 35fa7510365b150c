lamina profile alexnet-h1 --images 0
