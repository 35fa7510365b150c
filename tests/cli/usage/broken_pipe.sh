# A reader that goes away before anything is written, or in the middle, has what it wanted: silence, as other programs.
mkfifo pipe
exec 3<>pipe 4>pipe
exec 3<&-
fails 141 lamina --help >&4
fails 141 lamina schema experiment >&4
for command in 'schema experiment' 'completion bash' 'help run'; do
	lamina $command | head -c 1 >first || [[ ${PIPESTATUS[0]} == 141 ]]
done
lamina sweep $ROOT/tests/determinism/pipeline.yaml -o /dev/stdout | true || [[ ${PIPESTATUS[0]} == 1 ]]
