# What cannot be written is said before any image is looked at.
echo no JPEG >text.jpg
fails 1 lamina record pack -o nowhere/out text.jpg
fails 1 lamina record synth -o nowhere/out --images 2
fails 1 lamina record synth -o nowhere/out --images 2 --images-per-record 1
