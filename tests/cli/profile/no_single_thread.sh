lamina profile alexnet-h1 --threads 2,4
