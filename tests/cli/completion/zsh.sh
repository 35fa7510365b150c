lamina completion zsh >script
head -1 script
