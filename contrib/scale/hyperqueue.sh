#!/bin/bash
# A sweep as a HyperQueue task array: each task is a shard, told by HQ_TASK_ID; workers of any number take them in turn.
# More shards than workers (ten for each) keep all of them busy to the end, though some shards take longer.
# A task whose worker is lost is started again, and goes on from its file where the folder is shared.
#   hq server start & hq worker start & contrib/scale/hyperqueue.sh 100 experiment.yaml r.sqlite
#   hq job wait last && lamina merge r.sqlite r.*-of-100.sqlite
set -euo pipefail
shards=$1 experiment=$2 out=$3
hq submit --array "1-$shards" --cpus 1 -- \
	bash -c 'exec lamina sweep "$0" -o "$1" --shard "$HQ_TASK_ID/$2" --jobs 1' "$experiment" "$out" "$shards"
