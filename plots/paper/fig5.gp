# Fig. 5: time and cost of 100,000 images (100 records of 1000) against the number of parallel jobs. The first seven rows
# are the pipelined schedule, the next seven the other one.
set border 11
set logscale x 2
set xrange [0.7:90]
set xtics (1, 2, 4, 8, 16, 32, 64)
set y2tics
set yrange [0:1.0]
set logscale y2 10
set y2range [50:20000]
set y2tics ("50" 50, "100" 100, "200" 200, "500" 500, "1000" 1000, "2000" 2000, "5000" 5000, "10000" 10000, "20000" 20000)
set xlabel "parallel jobs"
set ylabel "cost, USD"
set y2label "time, s"
bar(n) = column("cost_usd") / 2
do for [format in formats] {
    eval terminal(format, 820, 520)
    set output output(format)
    plot data every ::0::6 using "parallel":(bar(0)):(column("parallel") / 1.3):(column("parallel") * 1.3):(0):"cost_usd" with boxxyerror fc rgb "#b0d5ea" title "cost, pipelined (left)", \
         data every ::0::6 using "parallel":"seconds":"seconds_half_width_95" axes x1y2 with yerrorlines ls 2 dt 1 title "time, pipelined (95 % interval)", \
         data every ::7::13 using "parallel":"seconds" axes x1y2 with linespoints ls 3 title "time, a job carries its record", \
         data every ::0::6 using "parallel":"gpu_seconds" axes x1y2 with lines ls 8 title "GPU, Lamina", \
         902 axes x1y2 with lines ls 7 dt 4 title "GPU, paper (902 s)"
    unset output
}
