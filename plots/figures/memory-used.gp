# What functions need of the memory that is paid for, one picture for each panel.
share(n) = totals && column("peak_memory_mb") > 0 ? sprintf("%.0f %%", 100 * column("peak_memory_mb") / column("memory_mb")) : ""
n = |panels|
legend = 30
set style fill solid 1.0 border rgb "#777777"
set grid noxtics ytics
set xtics scale 0
set yrange [0:highs[1]]
set xrange [bars == 1 ? -1.2 : -0.6:bars == 1 ? 1.2 : bars-0.4]
do for [format in formats] {
    eval terminal(format, panels_wide(0), n == 1 ? 460 : panels_high(n) + legend)
    set output output(format)
    if (n == 1) {
        eval x_set_marks
        if (turned) { set lmargin 14 }
        set xlabel bars_title
        set ylabel "memory, MB"
        plot data using 0:"memory_mb":(0.8) with boxes lc rgb "#e0e0e0" title "paid", \
             data using 0:"peak_memory_mb":(0.5) with boxes lc rgb "#0072b2" title "needed", \
             data using 0:"memory_mb":(share(0)) with labels offset 0,0.6 notitle
    } else {
        set multiplot
        eval legend_alone
        plot -1 notitle, keyentry with boxes lc rgb "#e0e0e0" title "paid", keyentry with boxes lc rgb "#0072b2" title "needed"
        eval no_legend
        set xtics scale 0
        eval x_set_marks
        do for [p=1:n] {
            if (p + across > n) { set xlabel bars_title } else { unset xlabel }
            set lmargin at screen panel_left(p); set rmargin at screen panel_right(p)
            set tmargin at screen panel_top(p, n, legend); set bmargin at screen panel_bottom(p, n, legend, turned ? turned + 56 : 66)
            set yrange [0:highs[p]]
            set title panels[p] offset 0,-0.5
            set ylabel "memory, MB" 
            plot data every ::firsts[p]::lasts[p] using 0:"memory_mb":(0.8) with boxes lc rgb "#e0e0e0", \
                 data every ::firsts[p]::lasts[p] using 0:"peak_memory_mb":(0.5) with boxes lc rgb "#0072b2", \
                 data every ::firsts[p]::lasts[p] using 0:"memory_mb":(share(0)) with labels offset 0,0.6
        }
        unset multiplot
    }
    unset output
}
