# A record that is cut short or changed is refused with the offset; the others are still shown.
lamina record synth -o message --images 2 --size 4x4 --encoding uint8
lamina record synth -o framed --images 2 --size 4x4 --encoding uint8 --format tfrecord
head -c 100 message >cut
{ head -c 60 framed; printf X; tail -c +62 framed; } >changed
lamina record show cut changed message nowhere
