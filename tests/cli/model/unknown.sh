lamina model show alexnet-h2
