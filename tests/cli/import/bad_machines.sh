# Everything that is wrong with a machine, at its place, and what has no blocks, with the states.
cat > bad.asl.json <<'JSON'
{
  "StartAt": "A",
  "States": {
    "A": {"Type": "Task", "Resource": "arn:x", "Next": "Ba", "Parameters": {"x.$": "States.Formt('{}', States.UUID())"}},
    "Bab": {"Type": "Pas", "Next": "C"},
    "C": {"Type": "Choice", "Choices": [{"Next": "D"}, {}], "Default": "Nowhere"},
    "D": {"Type": "Pass", "Next": "E"},
    "E": {"Type": "Pass", "Next": "D"},
    "F": {"Type": "Map", "Items": [], "ItemProcessor": {"StartAt": "X", "States": {}}, "End": true},
    "G": {"Type": "Pass", "End": true, "Next": "A"},
    "H": {"Type": "Pass", "Output": "{% $uppercse($states.input.x) & $string(1) %}"},
    "I": {"Type": "Parallel", "Branches": [{"States": {"Z": 1}}], "End": true},
    "J": {"Type": "Task", "End": true, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "K"}]},
    "L": {"Type": "Wait", "End": true},
    "M": {"Type": "Map", "End": true},
    "N": {"Next": "A"}
  }
}
JSON
fails 2 lamina import bad.asl.json -o out.yaml
test ! -e out.yaml
cat > jumps.asl.yaml <<'YAML'
StartAt: A
States:
  A: {Type: Choice, Choices: [{Next: B}], Default: C}
  B: {Type: Task, Resource: "${b}", Next: D}
  C: {Type: Task, Resource: "${c}", Next: D2}
  D: {Type: Choice, Choices: [{Next: C}], Default: E}
  D2: {Type: Choice, Choices: [{Next: B}], Default: E}
  E: {Type: Choice, Choices: [{Next: F}], Default: G}
  F: {Type: Choice, Choices: [{Next: H}], Default: K}
  G: {Type: Choice, Choices: [{Next: E}], Default: K}
  H: {Type: Choice, Choices: [{Next: E}], Default: K}
  K: {Type: Choice, Choices: [{Next: K}], Default: L}
  L: {Type: Succeed}
YAML
fails 2 lamina import jumps.asl.yaml
cat > crossed.asl.yaml <<'YAML'
StartAt: A
States:
  A: {Type: Choice, Choices: [{Next: B}], Default: C}
  B: {Type: Choice, Choices: [{Next: D}], Default: E}
  C: {Type: Choice, Choices: [{Next: E}], Default: F}
  D: {Type: Task, Resource: "${d}", End: true}
  E: {Type: Task, Resource: "${e}", Next: F}
  F: {Type: Task, Resource: "${f}", End: true}
YAML
echo '# ways that cross are written for each of them'
lamina import crossed.asl.yaml | sed -n '/^workflow/,$p' | sed 's/ *#.*//'
echo '# ways that cross 30 times in a row'
{
	echo 'StartAt: L0'
	echo 'States:'
	for i in $(seq 0 29); do
		j=$((i + 1))
		echo "  L$i: {Type: Choice, Choices: [{Next: L$j}, {Next: R$j}], Default: E}"
		[ $i = 0 ] || echo "  R$i: {Type: Choice, Choices: [{Next: L$j}, {Next: R$j}], Default: E}"
	done
	echo '  L30: {Type: Task, Resource: "${a}", Next: F}'
	echo '  R30: {Type: Task, Resource: "${b}", End: true}'
	echo '  E: {Type: Task, Resource: "${c}", Next: R30}'
	echo '  F: {Type: Fail}'
} > many.asl.yaml
fails 2 lamina import many.asl.yaml
{ echo 'StartAt: S0'; echo 'States:'; for i in $(seq 0 1200); do echo "  S$i: {Type: Pass, Next: S$((i + 1))}"; done; } > long.asl.yaml
fails 2 lamina import long.asl.yaml
cat > two.yaml <<'YAML'
Resources:
  M1: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {StartAt: A, States: {A: {Type: Succeed}}}}}
  M2: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {StartAt: A, States: {A: {Type: Task, Resource: "x"}}}}}
YAML
fails 2 lamina import two.yaml
fails 2 lamina import two.yaml --machine M3
fails 2 lamina import two.yaml --machine M2
