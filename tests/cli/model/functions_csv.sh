lamina model show --format csv --functions vgg16
