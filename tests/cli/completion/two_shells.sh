lamina completion bash zsh
