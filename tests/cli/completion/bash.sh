# What bash would offer, asked as bash asks: words are split at "=" too.
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
offer lamina completion ''
offer lamina help compl
offer lamina record sho
offer lamina record pack --form
offer lamina run x.yaml --format js
offer lamina run x.yaml --format = js
offer lamina run x.yaml --seed ''
offer lamina schema ''
offer lamina explain platform azure
offer lamina calibrate --platform azure-f
offer lamina calibrate -p aws-lambda-20
offer lamina model show alex
offer lamina profile vg
offer lamina profile sh
offer lamina plan x.yaml --emit s
offer lamina plan x.yaml --emit sam = t
offer lamina run x.yaml --set platform=az
offer lamina run x.yaml --set framework.pre
offer lamina run x.yaml --set platform = azure-f
offer lamina run x.yaml --set framework.preset = py
offer lamina run x.yaml -s profile = ''
offer lamina run x.yaml -s profile =
offer lamina run ''
# And through readline itself, where a terminal can be had.
if command -v script >/dev/null; then
	printf '%s' $'source ./script\nPS1=; bind "set enable-bracketed-paste off"; lamina() { echo "called: $*"; }\nlamina explain platform azure-fl\t\nexit\n' |
		script -qec 'bash --norc --noprofile -i' /dev/null | tr -d '\r' | grep -m 1 -o '^called: .*'
fi
offer lamina compare x.yaml -p ec2-g
offer lamina paper --profile alexnet-h
