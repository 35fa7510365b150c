# A user's own functions over memory: what the logs say (with one standard deviation), what a fit of all sizes gives, and
# what fits of the other sizes say of each. What stands above (or is given with gnuplot -e) is the number of series and the
# function and start of each. Run in the folder that holds own-logs.csv: gnuplot own-logs.gp
set datafile separator comma
set datafile columnheaders
set border 3
set tics nomirror
set logscale x 2
set logscale y 10
set key outside right top Left reverse
set xlabel "memory, MB"
set ylabel "seconds"
set xrange [*:*]
set yrange [*:*] noextend
set ytics add ("0.1" 0.1, "0.2" 0.2, "0.5" 0.5, "1" 1, "2" 2, "5" 5, "10" 10, "20" 20, "50" 50, "100" 100)
set grid ytics lc rgb "#dddddd" lt 1
only(i, name) = strcol("function") eq functions[i] && strcol("start") eq starts[i] ? column(name) : NaN
draw = 'plot for [i=1:series] "own-logs.csv" using (only(i, "memory_mb")):(only(i, "predicted_seconds")) with points pt 6 ps 2.2 lw 1.5 lc rgb "#d55e00" title (i == 1 ? "from the other sizes" : ""), for [i=1:series] "" using (only(i, "memory_mb")):(only(i, "fitted_seconds")) with points pt 1 ps 2 lw 1.5 lc rgb "#777777" title (i == 1 ? "fitted to all sizes" : ""), for [i=1:series] "" using (only(i, "memory_mb")):(only(i, "measured_seconds")):(only(i, "spread_seconds")) with yerrorbars pt 7 ps 0.8 lc i title functions[i].", ".starts[i] noenhanced'
set terminal svg size 980,640 dynamic name "own_logs" background "#ffffff" font "sans,14"
set output "own-logs.svg"
eval draw
set terminal pngcairo size 1470,960 font "sans,18"
set output "own-logs.png"
eval draw
