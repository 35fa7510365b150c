# Whatever a name holds, it is a name: nothing of it is run.
lamina sweep "$ROOT/tests/cli/plot/seldom.yaml" -n 1 -o r.sqlite 2>/dev/null
n=0
for name in '|touch ran' '<touch ran' "it's" 'a"b' '`touch ran`' '$(touch ran)' 'a{b' 'a}b' '@x' '%s%n' 'a\b' '-e' ' a' 'a;b' '#' \
	"'; system('touch ran'); '" "'';system('touch ran')#" "a''b" "''''; !touch ran"; do
	mkdir -p "in $n"
	(cd "in $n" && lamina plot ../r.sqlite memory -o "./$name.svg" && [ -s "$name.svg" ] && LC_ALL=C.UTF-8 gnuplot "./$name.gp")
	lamina plot r.sqlite memory -o "in $n/$name" 2>/dev/null
	[ -s "in $n/$name/memory.svg" ]
	n=$((n + 1))
done
[ -z "$(find . -name ran)" ]
fails 2 lamina plot r.sqlite memory -o $'new\nline.svg'
fails 2 lamina plot r.sqlite memory -o -
ls
