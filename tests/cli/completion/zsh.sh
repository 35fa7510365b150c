lamina completion zsh | head -1
