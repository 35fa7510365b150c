# Time and cost along one quantity, with their 95 % intervals. One line: both in one picture, time on the left axis and
# cost on the right; several: one picture above the other.
x(i) = column("line") == i ? column(along) : NaN
shown_time(w) = column(time_name.(w ? "_half_width_95" : "")) * time_factor
shown_cost(w) = column(cost_name.(w ? "_half_width_95" : "")) * cost_factor
time_bars = bars ? 'for [i=1:|series|] data using (x(i)):(shown_time(0)):(shown_time(1)) with yerrorbars ls i dt 1 ps 0 notitle,' : ''
cost_axes = |series| == 1 ? 'x1y2' : 'x1y1'
cost_style = |series| == 1 ? 1 : 0
cost_bars = bars ? 'for [i=1:|series|] data using (x(i)):(shown_cost(0)):(shown_cost(1)) axes '.cost_axes.' with yerrorbars ls i+cost_style dt 1 ps 0 notitle,' : ''
crossed(y) = column("failed_records") > 0 ? y : NaN
time_crosses = failed ? ', data using (column(along)):(crossed(shown_time(0))) with points ls 9 title "records failed"' : ''
cost_crosses = failed ? ', data using (column(along)):(crossed(shown_cost(0))) axes '.cost_axes.' with points ls 9 notitle' : ''
bars_entry = bars ? ', keyentry with yerrorbars lc rgb "#777777" lw 1.5 ps 0 title "95 % interval"' : ''
if (exists('x_set_marks')) { eval x_set_marks }
do for [format in formats] {
    eval terminal(format, 800, |series| == 1 ? 460 : 720)
    set output output(format)
    if (|series| == 1) {
        set xlabel along_title
        set border 11
        set y2tics
        set ylabel time_title tc ls 1
        set y2label cost_title tc ls 2
        eval time_axis
        eval cost_axis
        plot @time_bars @cost_bars data using (x(1)):(shown_time(0)) with @style ls 1 title time_title." (left)", \
             data using (x(1)):(shown_cost(0)) axes x1y2 with @style ls 2 title cost_title." (right)" @time_crosses @cost_crosses @bars_entry
    } else {
        set multiplot layout 2,1
        set lmargin 11
        set ylabel time_title
        eval time_axis
        plot @time_bars for [i=1:|series|] data using (x(i)):(shown_time(0)) with @style ls i title series[i] @time_crosses @bars_entry
        set xlabel along_title
        set ylabel cost_title
        eval cost_axis
        plot @cost_bars for [i=1:|series|] data using (x(i)):(shown_cost(0)) with @style ls i notitle @cost_crosses
        unset multiplot
        unset xlabel
    }
    unset output
}
