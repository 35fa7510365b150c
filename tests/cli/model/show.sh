lamina model show alexnet-h1
