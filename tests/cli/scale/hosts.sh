# GNU parallel over a remote shell into two network namespaces, which stand for hosts: separate folders and networks. One
# of them is lost in the middle, and its shards are done again by the other.
command -v parallel >/dev/null || skip 'GNU parallel is not installed'
unshare -n true 2>/dev/null || skip 'network namespaces are not allowed here'
# As every login has it; GNU parallel's remote part starts nothing without.
export SHELL=/bin/bash
cp $ROOT/tests/data/*.yaml .
sweep=(lamina sweep experiment.yaml -n 3 --jobs 1 --set 'sweep={matrix: {seed: {from: 1, to: 30, step: 1}}}')
"${sweep[@]}" -o whole.sqlite 2>/dev/null

# remote HOST COMMAND: as ssh, but into the host's namespace and folder; a host that is down refuses.
here=$PWD
cat >remote <<END
#!/bin/bash
while [[ \$1 == -* ]]; do shift; done
host=\$1
shift
[[ \$1 == -- ]] && shift
[[ -e $here/\$host.down ]] && exit 255
mkdir -p $here/\$host && cd $here/\$host && cp -n $here/*.yaml . || exit 255
exec unshare -n bash -c "\$*"
END
chmod +x remote
# The second host goes down when its first shard has been computed: what it has is never fetched.
cat >shard <<END
#!/bin/bash
$(declare -p sweep)
"\${sweep[@]}" -o r.sqlite --shard \$1/6 2>/dev/null || exit
if [[ \$PWD == */host2 ]]; then touch $here/host2.down; exit 1; fi
cp r.\$1-of-6.sqlite $here
END
chmod +x shard
parallel --will-cite --ssh "$here/remote" --sshlogin 1/host1,1/host2 --retries 4 "$here/shard" ::: 1 2 3 4 5 6 \
	>/dev/null 2>&1
[ -e host2.down ]
ls r.*
lamina merge r.sqlite r.*-of-6.sqlite 2>/dev/null
cmp <(lamina export r.sqlite) <(lamina export whole.sqlite)
