# Predicted against measured, a picture for each mechanism and unit: on the line a prediction is right, between the two
# thin ones within 10 % of it.
measured(n) = strcol("basis") eq "measurement"
shape(n) = !measured(0) ? 8 : strcol("fitted") eq "true" ? 6 : 7
colour(n) = !measured(0) ? 0xd55e00 : strcol("fitted") eq "true" ? 0x777777 : 0x0072b2
n = |panels|
legend = 56
do for [format in formats] {
    eval terminal(format, panels_wide(0), panels_high(n) + legend)
    set output output(format)
    set multiplot
    eval legend_alone
    plot [0:1] [0:1] -1 notitle, keyentry with points ls 12 title "fitted", keyentry with points ls 13 title "predicted", \
         keyentry with points ls 14 title "other simulators, documentation", \
         keyentry with lines lc rgb "#777777" lw 0.7 dt 2 title "10 % off"
    eval no_legend
    do for [p=1:n] {
        set lmargin at screen panel_left(p); set rmargin at screen panel_right(p)
        set tmargin at screen panel_top(p, n, legend); set bmargin at screen panel_bottom(p, n, legend, 66)
        set title panels[p] offset 0,-0.5
        set xlabel "measured"
        set ylabel "predicted"
        eval axes_x[p]
        eval axes_y[p]
        plot x with lines lc rgb "#777777" lw 1 dt 1, 0.9 * x with lines lc rgb "#777777" lw 0.7 dt 2, \
             1.1 * x with lines lc rgb "#777777" lw 0.7 dt 2, \
             data using (column("panel") == p ? column("measured") : NaN):"predicted":(shape(0)):(colour(0)) with points pt variable lc rgb variable lw 1.5
    }
    unset multiplot
    unset output
}
