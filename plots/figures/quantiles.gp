# Quantiles of a record's time along one quantity, with their 95 % intervals.
q(i, w) = column(names[i].(w ? "_half_width_95" : "")) * time_factor
array quantiles[3] = ["P50", "P95", "P99"]
q_bars = bars ? 'for [i=1:3] data using (column(along)):(q(i, 0)):(q(i, 1)) with yerrorbars ls i dt 1 ps 0 notitle,' : ''
bars_entry = bars ? ', keyentry with yerrorbars lc rgb "#777777" lw 1.5 ps 0 title "95 % interval"' : ''
if (exists('x_set_marks')) { eval x_set_marks }
do for [format in formats] {
    eval terminal(format, 800, 460)
    set output output(format)
    set xlabel along_title
    set ylabel time_title
    eval time_axis
    plot @q_bars for [i=1:3] data using (column(along)):(q(i, 0)) with @style ls i title quantiles[i] @bars_entry
    unset output
}
