# Time and cost in the plane of two quantities. The darker, the more.
part(v, low, high, log) = log ? log(v / low) / log(high / low) : (v - low) / (high - low)
t(n) = column(time_name) * time_factor
c(n) = column(cost_name) * cost_factor
do for [format in formats] {
    eval terminal(format, is_beside ? 1000 : 900, (is_beside ? 1 : 2) * (120 + 36 * (high > 8 ? high : 8)))
    set output output(format)
    if (is_beside) { set multiplot layout 1,2 } else { set multiplot layout 2,1 }
    eval x_set_marks
    eval y_set_marks
    unset key
    unset grid
    set border 0
    set tics scale 0
    set xrange [0.5:wide+0.5]
    set yrange [0.5:high+0.5]
    set xlabel x_title
    set ylabel y_title
    set title time_title
    eval time_axis
    plot data using "x_position":"y_position":(0.5):(0.5):(t(0)) with boxxyerror lc palette, \
         data using (labels ? column("x_position") : NaN):"y_position":(short(t(0))):(part(t(0), time_low, time_high, time_log) > 0.45 ? 0xffffff : 0x000000) with labels tc rgb variable
    set title cost_title
    eval cost_axis
    plot data using "x_position":"y_position":(0.5):(0.5):(c(0)) with boxxyerror lc palette, \
         data using (labels ? column("x_position") : NaN):"y_position":(short(c(0))):(part(c(0), cost_low, cost_high, cost_log) > 0.45 ? 0xffffff : 0x000000) with labels tc rgb variable
    unset multiplot
    unset output
}
