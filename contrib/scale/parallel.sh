#!/bin/bash
# A sweep over the hosts that GNU parallel knows: N shards, each wherever a host has a place free for it.
# --retries gives the shard of a host that is lost to another one; what it had finished is simulated again there, since
# each host has its own files. --return fetches each shard's file, --cleanup removes it there; merge joins them here.
# Every host needs lamina in its PATH, the same version, and rsync; files that the experiment names: --transferfile.
#   contrib/scale/parallel.sh 100 experiment.yaml r.sqlite --sshlogin 8/host1,8/host2 [--transferfile platform.yaml ...]
set -euo pipefail
shards=$1 experiment=$2 out=$3
stem=${out%.*}
parallel "${@:4}" --retries 3 --workdir ... --transferfile "$experiment" --cleanup \
	--return "$stem.{}-of-$shards.sqlite" \
	lamina sweep "$experiment" -o "$out" --shard "{}/$shards" --jobs 1 ::: $(seq "$shards")
lamina merge "$out" "$stem".*-of-"$shards.sqlite"
