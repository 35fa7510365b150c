# Fig. 3: memory used (bars) and time (line) of each function against images per record, at 3008 MB.
# Run in the folder that holds fig3.csv: gnuplot fig3.gp
set datafile separator comma
set datafile columnheaders
set colorsequence podo
set border 11
set style fill pattern 4 border -1
set boxwidth 38
set key top left Left reverse samplen 2
set xrange [0:1050]
set xtics nomirror 0, 200
set ytics nomirror
set y2tics nomirror
set yrange [0:3200]
set y2range [0:50]
set xlabel "images per record"
set ylabel "memory used, MB"
set y2label "time, s"
# The rows of a record size are its four functions, in pipeline order.
draw = 'do for [i=0:3] { set title word("conv1 conv2 conv3 fc", i + 1); plot "fig3.csv" every 4::i using "images_per_record":"memory_mb" with boxes lc rgb "#56b4e9" title "memory", "" every 4::i using "images_per_record":"duration_seconds":"half_width_95" axes x1y2 with yerrorlines lc rgb "black" lw 2 pt 7 ps 0.7 title "time (95 % interval)" }'
set terminal svg size 1000,720 dynamic name "fig3" background "#ffffff" font "sans,13"
set output "fig3.svg"
set multiplot layout 2,2
eval draw
unset multiplot
set terminal pngcairo size 1500,1080 font "sans,17"
set output "fig3.png"
set multiplot layout 2,2
eval draw
unset multiplot
