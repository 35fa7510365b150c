# A user's own functions over memory: what the logs say (with one standard deviation), what a fit of all sizes gives, and
# what fits of the other sizes say of each. A shape and a colour for each function and start, which `functions` names.
measured(i) = strcol("function") eq functions[i] && strcol("start") eq starts[i] ? column("measured_seconds") : NaN
spread_bars = spreads ? 'data using "memory_mb":"measured_seconds":"spread_seconds" with yerrorbars lc rgb "#777777" lw 1.2 ps 0 notitle,' : ''
fitted_points = fitted ? ', data using "memory_mb":"fitted_seconds" with points pt 1 ps 1.6 lw 1.5 lc rgb "#777777" title "fitted to all sizes"' : ''
predicted_points = predicted ? ', data using "memory_mb":"predicted_seconds" with points pt 6 ps 2 lw 1.5 lc rgb "#000000" title "from the other sizes"' : ''
do for [format in formats] {
    eval terminal(format, 900, 480 + 22 * |functions|)
    set output output(format)
    eval memory_axis
    eval time_axis
    set xlabel "memory, MB"
    set ylabel "time of a call, s"
    plot @spread_bars for [i=1:|functions|] data using "memory_mb":(measured(i)) with points ls (i - 1) % 6 + 1 title functions[i].", ".starts[i].", measured" @fitted_points @predicted_points
    unset output
}
