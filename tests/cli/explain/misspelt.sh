lamina explain platform aws-lamda
