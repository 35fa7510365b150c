# What bash would offer, asked as bash asks.
lamina completion bash >script
source ./script
offer() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_lamina
	echo "$* -> ${COMPREPLY[*]}"
}
offer lamina compl
offer lamina --ver
offer lamina completion --
offer lamina help compl
offer lamina record sho
offer lamina record pack --form
offer lamina run x.yaml --format js
