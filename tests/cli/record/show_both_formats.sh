# The same images in both formats, told apart by their first bytes.
lamina record synth -o message --images 3 --size 20x10 --encoding uint8
lamina record synth -o framed --images 3 --size 20x10 --encoding uint8 --format tfrecord
lamina record show message framed
lamina record show --images --format csv framed
lamina record show --format json - <message
