# A Slurm array of contrib/scale, by daemons of this test alone: one task is lost in the middle and submitted again. The
# merged export is that of one process.
long_test
command -v sbatch >/dev/null && command -v slurmctld >/dev/null && command -v slurmd >/dev/null ||
	skip 'Slurm is not installed (slurmctld, slurmd, slurm-client)'
[[ $(id -u) == 0 ]] || skip "Slurm's daemons need root"
ls /usr/lib/*/slurm*/auth_none.so >/dev/null 2>&1 || skip "Slurm's auth/none is not installed"
cp $ROOT/tests/data/*.yaml .
host=$(hostname -s)
port=$((20000 + RANDOM % 20000))
mkdir state spool
cat >slurm.conf <<END
ClusterName=test
SlurmctldHost=$host
AuthType=auth/none
CredType=cred/none
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$PWD/state
SlurmdSpoolDir=$PWD/spool
SlurmctldPidFile=$PWD/slurmctld.pid
SlurmdPidFile=$PWD/slurmd.pid
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmctldLogFile=$PWD/slurmctld.log
SlurmdLogFile=$PWD/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
NodeName=$host CPUs=2 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$PWD/slurm.conf
slurmctld -D -c >daemons.log 2>&1 &
daemons=$!
slurmd -D -N "$host" >>daemons.log 2>&1 &
daemons="$daemons $!"
trap 'kill $daemons 2>/dev/null; wait' EXIT
for _ in $(seq 100); do
	sinfo -h -o %t 2>/dev/null | grep -q idle && break
	sleep 0.2
done
sinfo -h -o %t 2>/dev/null | grep -q idle || skip 'no Slurm daemon came up here'

sweep='sweep={matrix: {seed: {from: 1, to: 40, step: 1}}}'
lamina sweep experiment.yaml -n 3 -o whole.sqlite --set "$sweep" 2>/dev/null
job=$ROOT/contrib/scale/slurm.sbatch
sbatch --wait --array=5-8 -o 'task-%a.log' $job experiment.yaml r.sqlite -n 3 --set "$sweep" >/dev/null
ls r.*
cut -d' ' -f 3- task-7.log

# Task 6 is lost before its end: what it has not done is done when it is submitted again.
rm r.2-of-4.sqlite
timeout --foreground -s KILL 0.02 lamina sweep experiment.yaml -n 3 --set "$sweep" -o r.sqlite --shard 2/4 2>/dev/null ||
	true
sbatch --wait --array=5-8 -o 'again-%a.log' $job experiment.yaml r.sqlite -n 3 --set "$sweep" >/dev/null
lamina merge r.sqlite r.*-of-4.sqlite 2>/dev/null
cmp <(lamina export r.sqlite) <(lamina export whole.sqlite)
