# No log, a log without reports, one that is not there: all told, and nothing is written.
echo 'hello' > empty.log
printf 'REPORT RequestId: a\tDuration: 3.00 s\tMemory Size: 128 MB\n' > seconds.log
fails 2 lamina calibrate
fails 2 lamina calibrate --platform $ROOT/tests/data/platform.yaml empty.log seconds.log missing.log --function fc=empty.log -o mine.yaml
printf 'REPORT RequestId: a\tDuration: 3.00 ms\tMemory Size: 128 MB\tStatus: error\n' > errors.log
fails 2 lamina calibrate --platform $ROOT/tests/data/platform.yaml errors.log -o mine.yaml
printf 'REPORT RequestId: a\tDuration: 3.00 ms\tMemory Size: 128 MB\n' > other.log
sed '/^sweep/,$d' $ROOT/tests/data/experiment.yaml > exp.yaml
cp $ROOT/tests/data/profile.yaml $ROOT/tests/data/platform.yaml .
fails 2 lamina calibrate other.log -e exp.yaml -o mine.yaml
[ ! -e mine.yaml ]
