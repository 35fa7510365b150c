# Each says what is wrong and what would be right.
lamina record synth
lamina record synth -o out --size 20
lamina record synth -o out --size 0x20
lamina record synth -o out --size 70000x1
lamina record synth -o out --encoding png --images 0
lamina record synth -o - --images-per-record 5
ls
lamina record synth -o - --images 1 --size 8x8 >/dev/full
