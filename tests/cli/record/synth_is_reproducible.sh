# One seed, the same bytes; another seed, other bytes; float32 too.
for encoding in jpeg uint8 float32; do
	lamina record synth -o first --images 2 --size 33x17 --seed 5 --encoding $encoding
	lamina record synth -o second --images 2 --size 33x17 --seed 5 --encoding $encoding
	lamina record synth -o third --images 2 --size 33x17 --seed 6 --encoding $encoding
	cmp first second && ! cmp -s first third && echo "$encoding: as it should be"
done
