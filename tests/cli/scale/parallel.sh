# contrib/scale/parallel.sh as it is, with hosts that are this one, reached by a shell in the place of ssh.
command -v parallel >/dev/null || skip 'GNU parallel is not installed'
# As every login has it; GNU parallel's remote part starts nothing without.
export SHELL=/bin/bash
cp $ROOT/tests/data/*.yaml .
mkdir home
cat >remote <<END
#!/bin/bash
while [[ \$1 == -* ]]; do shift; done
shift
[[ \$1 == -- ]] && shift
cd $PWD/home && HOME=$PWD/home exec bash -c "\$*"
END
chmod +x remote
command -v rsync >/dev/null || skip 'rsync, by which GNU parallel moves files, is not installed'
$ROOT/contrib/scale/parallel.sh 3 experiment.yaml r.sqlite --will-cite --ssh "$PWD/remote" --sshlogin 1/a,1/b \
	--transferfile platform.yaml --transferfile profile.yaml 2>said || { cat said; exit 1; }
lamina sweep experiment.yaml -o whole.sqlite 2>/dev/null
ls *.sqlite
cmp <(lamina export r.sqlite) <(lamina export whole.sqlite)
