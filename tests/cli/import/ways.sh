# choices of several ways are one state each, those of a loop's end among them; what a way ends; and what that costs
cat > order.asl.yaml <<'YAML'
StartAt: Route
States:
  Route:
    Type: Choice
    Choices:
      - {Variable: $.kind, StringEquals: express, Next: Express}
      - {Variable: $.kind, StringEquals: normal, Next: Normal}
      - {Variable: $.kind, StringEquals: gift, Next: Wrap}
      - {Variable: $.kind, StringEquals: test, Next: Nothing}
    Default: Unknown
  Express: {Type: Task, Resource: express, Next: Start}
  Normal: {Type: Task, Resource: normal, Next: Start}
  Wrap: {Type: Task, Resource: wrap, Next: Normal}
  Nothing: {Type: Succeed}
  Unknown: {Type: Fail}
  Start:
    Type: Task
    Resource: start
    Catch: [{ErrorEquals: [States.ALL], Next: Apologise}]
    Next: Pause
  Apologise: {Type: Task, Resource: apologise, End: true}
  Pause: {Type: Wait, Seconds: 5, Next: Look}
  Look: {Type: Task, Resource: look, Next: Ready?}
  Ready?:
    Type: Choice
    Choices:
      - {Variable: $.state, StringEquals: done, Next: Send}
      - {Variable: $.state, StringEquals: broken, Next: Broken}
      - {Variable: $.state, StringEquals: lost, Next: Search}
    Default: Pause
  Broken: {Type: Fail}
  Search: {Type: Task, Resource: search, Next: Send}
  Send: {Type: Task, Resource: send, End: true}
YAML
lamina import order.asl.yaml -o order.yaml 2>/dev/null
sed -n '/^workflow/,$p' order.yaml
cat > fill.yaml <<'YAML'
apiVersion: lamina/v1
name: order
workload: {images: 100}
YAML
for f in express normal wrap start apologise look search send; do
	echo "functions.$f.memory_mb=512 functions.$f.timeout_seconds=9 functions.$f.work.cpu_seconds=0.1"
	echo "functions.$f.work.wait_seconds=0 functions.$f.work.memory_mb=100"
done | tr ' ' '\n' > values
cat >> values <<'EOV'
workflow.steps.Route.choice.0.probability=0.00001
workflow.steps.Route.choice.1.probability=0.9999
workflow.steps.Route.choice.2.probability=0.00001
workflow.steps.Route.choice.3.probability=0.00001
workflow.steps.Ready? again.loop.again=0
workflow.steps.Ready? again.loop.at_most=3
workflow.steps.Ready?.choice.0.probability=0.9999
workflow.steps.Ready?.choice.1.probability=0.00001
EOV
sets=()
while read -r line; do sets+=(--set "$line"); done < values
lamina check order.yaml --with fill.yaml "${sets[@]}" 2>&1 | grep -v warning || true
# Each of 100: Route, Normal, Start, Pause, Look, Ready?, Send.
lamina run order.yaml --with fill.yaml "${sets[@]}" --replications 2 | grep -i -E 'transitions'
