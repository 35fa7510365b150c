lamina profile alexnet-h1 --images 1000 -o profile.yaml &
# Bit 14 of the caught signals is SIGTERM: a busy machine takes its time to get there.
until grep -q '^SigCgt:.*[4-7c-f]...$' /proc/$!/status; do sleep 0.02; done
kill -TERM $!
wait $!
status=$?
ls
exit $status
