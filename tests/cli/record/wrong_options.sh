# Each says what is wrong and what would be right.
fails 2 lamina record synth
fails 2 lamina record synth -o out --size 20
fails 2 lamina record synth -o out --size 0x20
fails 2 lamina record synth -o out --size 70000x1
fails 2 lamina record synth -o out --encoding png --images 0
fails 2 lamina record synth -o - --images-per-record 5
ls
fails 1 lamina record synth -o - --images 1 --size 8x8 >/dev/full
