# Fig. 3: memory used (bars) and time (line) of each function against images per record, at 3008 MB. The rows of a record
# size are its four functions, in pipeline order.
names = "conv1 conv2 conv3 fc"
across = 2
legend = 36
set style fill solid 1.0 border rgb "#ffffff"
set boxwidth 38
do for [format in formats] {
    eval terminal(format, panels_wide(0), panels_high(4) + legend)
    set output output(format)
    set multiplot
    unset y2tics
    unset y2label
    eval legend_alone
    plot [0:1] [0:1] -1 notitle, keyentry with boxes lc rgb "#b0d5ea" title "memory (left)", \
         keyentry with linespoints ls 2 title "time (right)", keyentry with yerrorbars ls 2 dt 1 ps 0 title "95 % interval"
    eval no_legend
    set border 11
    set y2tics nomirror out scale 0.6
    set xrange [0:1050]
    set xtics 0, 200
    set yrange [0:3200]
    set y2range [0:50]
    set xlabel "images per record"
    do for [p=1:4] {
        set lmargin at screen panel_left(p); set rmargin at screen panel_right(p) - 0.05
        set tmargin at screen panel_top(p, 4, legend); set bmargin at screen panel_bottom(p, 4, legend, 55)
        if (p % 2) { set ylabel "memory used, MB"; unset y2label } else { unset ylabel; set y2label "time, s" }
        set title word(names, p) offset 0,-0.5
        plot data every 4::p-1 using "images_per_record":"memory_mb" with boxes lc rgb "#b0d5ea", \
             data every 4::p-1 using "images_per_record":"duration_seconds":"half_width_95" axes x1y2 with yerrorbars ls 2 dt 1 ps 0, \
             data every 4::p-1 using "images_per_record":"duration_seconds" axes x1y2 with linespoints ls 2
    }
    unset multiplot
    unset output
}
