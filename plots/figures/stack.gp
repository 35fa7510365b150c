# Stacked bars, one picture for each panel; their parts from below in the order of the legend.
part(i) = column(parts[i]) * factor
total(n) = column("total") * factor
n = |panels|
legend = 24 + 19 * ((|parts| + 3) / 4)
set style data histograms
set style histogram rowstacked
set boxwidth 0.8
set style fill solid 1.0 border rgb "#ffffff"
set grid noxtics ytics
set xtics scale 0
set yrange [0:highs[1]]
set xrange [bars == 1 ? -1.2 : -0.6:bars == 1 ? 1.2 : bars-0.4]
do for [format in formats] {
    eval terminal(format, panels_wide(0), n == 1 ? 480 : panels_high(n) + legend)
    set output output(format)
    if (n == 1) {
        eval x_set_marks
        if (turned) { set lmargin 14 }
        set xlabel bars_title
        set ylabel value_title
        plot for [i=1:|parts|] data using (part(i)) lc rgb colours[i] title titles[i], \
             data using 0:(total(0)):(totals ? short(total(0)) : "") with labels offset 0,0.6 notitle
    } else {
        set multiplot
        eval legend_alone
        plot -1 notitle, for [i=1:|parts|] keyentry with boxes lc rgb colours[i] title titles[i]
        eval no_legend
        set xtics scale 0
        eval x_set_marks
        set xlabel bars_title
        do for [p=1:n] {
            set lmargin at screen panel_left(p); set rmargin at screen panel_right(p)
            set tmargin at screen panel_top(p, n, legend); set bmargin at screen panel_bottom(p, n, legend, turned ? 100 : 55)
            set yrange [0:highs[p]]
            set title panels[p] offset 0,-0.5
            set ylabel value_title 
            plot for [i=1:|parts|] data every ::firsts[p]::lasts[p] using (part(i)) lc rgb colours[i], \
                 data every ::firsts[p]::lasts[p] using 0:(total(0)):(totals ? short(total(0)) : "") with labels offset 0,0.6
        }
        unset multiplot
    }
    unset output
}
