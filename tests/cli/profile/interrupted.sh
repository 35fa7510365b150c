lamina profile alexnet-h1 --images 1000 -o profile.yaml &
sleep 1
kill -TERM $!
wait $!
status=$?
ls
exit $status
