# Fig. 5 with linear axes of cost and time, as the paper's has them (it calls neither logarithmic): 100,000 images in 100
# records of 1000, from one job on, where 32 and 64 jobs are alike to the eye. Run in the folder that holds fig5.csv:
# gnuplot fig5-linear.gp
set datafile separator comma
set datafile columnheaders
set border 11
set logscale x 2
set key top right Left reverse
set xrange [0.7:90]
set xtics nomirror (1, 2, 4, 8, 16, 32, 64)
set ytics nomirror
set y2tics nomirror
set yrange [0:1.0]
set y2range [0:*]
set style fill pattern 2 border -1
set xlabel "parallel jobs"
set ylabel "cost, USD"
set y2label "time, s"
# The first seven rows are the pipelined schedule, the next seven the other one.
draw = 'plot "fig5.csv" every ::0::6 using "parallel":(column("cost_usd") / 2):(column("parallel") / 1.3):(column("parallel") * 1.3):(0):"cost_usd" with boxxyerror lc rgb "#009e73" title "cost, pipelined", "" every ::0::6 using "parallel":"seconds":"seconds_half_width_95" axes x1y2 with yerrorlines lc rgb "#d55e00" lw 2 pt 7 title "time, pipelined (95 % interval)", "" every ::7::13 using "parallel":"seconds" axes x1y2 with linespoints lc rgb "#555555" dt 3 lw 2 pt 6 title "time, a job carries its record", "" every ::0::6 using "parallel":"gpu_seconds" axes x1y2 with lines lc rgb "black" dt 2 lw 2 title "GPU, Lamina", 902 axes x1y2 with lines lc rgb "black" dt 4 lw 1 title "GPU, paper (902 s)"'
set terminal svg size 820,520 dynamic name "fig5_linear" background "#ffffff" font "sans,14"
set output "fig5-linear.svg"
eval draw
set terminal pngcairo size 1230,780 font "sans,18"
set output "fig5-linear.png"
eval draw
