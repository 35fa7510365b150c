lamina profile alexnet-h1 --images 1,x
