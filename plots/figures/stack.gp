# Stacked bars, one picture for each panel; their parts from below in the order of the legend. Where bars are cut,
# their last part is shorter and has a gap; its number is the whole.
total(n) = column("total") * factor
is_cut(p) = cuts[p] > 0 && total(0) > cuts[p]
top(p) = is_cut(p) ? cuts[p] : total(0)
number(p) = totals || is_cut(p) ? short(total(0)) : ""
gap(p) = is_cut(p) ? 0.9 * cuts[p] : -high(p)
high(p) = cuts[p] > 0 && !totals ? 1.08 * highs[p] : highs[p]
part(i, p) = column(parts[i]) * factor - (i == |parts| && is_cut(p) ? total(0) - cuts[p] : 0)
cut_note(p) = cuts[p] > 0 ? "bars with a gap go on to their number" : ""
number_style = totals ? 'labels offset 0,0.6' : 'labels rotate by 90 left offset 0,0.3'
n = |panels|
legend = 24 + 19 * ((|parts| + 3) / 4)
set style data histograms
set style histogram rowstacked
set boxwidth 0.8
set style fill solid 1.0 border rgb "#ffffff"
set grid noxtics ytics
set xtics scale 0
set yrange [0:high(1)]
set xrange [bars == 1 ? -1.2 : -0.6:bars == 1 ? 1.2 : bars-0.4]
do for [format in formats] {
    eval terminal(format, panels_wide(0), n == 1 ? 480 : panels_high(n) + legend)
    set output output(format)
    if (n == 1) {
        eval x_set_marks
        if (turned) { set lmargin 14 }
        set xlabel bars_title
        set ylabel value_title
        if (cuts[1] > 0) { set title cut_note(1) }
        plot for [i=1:|parts|] data using (part(i, 1)) lc rgb colours[i] title titles[i], \
             data using 0:(gap(1)):(0.44):(0.015 * highs[1]) with boxxyerror fc rgb "#ffffff" notitle, \
             data using 0:(top(1)):(number(1)) with @number_style notitle
    } else {
        set multiplot
        eval legend_alone
        plot -1 notitle, for [i=1:|parts|] keyentry with boxes lc rgb colours[i] title titles[i]
        eval no_legend
        set xtics scale 0
        eval x_set_marks
        do for [p=1:n] {
            if (p + across > n) { set xlabel bars_title } else { unset xlabel }
            set lmargin at screen panel_left(p); set rmargin at screen panel_right(p)
            set tmargin at screen panel_top(p, n, legend); set bmargin at screen panel_bottom(p, n, legend, turned ? turned + 56 : 66)
            set yrange [0:high(p)]
            set title panels[p].(cuts[p] > 0 ? ": ".cut_note(p) : "") offset 0,-0.5
            set ylabel value_title 
            plot for [i=1:|parts|] data every ::firsts[p]::lasts[p] using (part(i, p)) lc rgb colours[i], \
                 data every ::firsts[p]::lasts[p] using 0:(gap(p)):(0.44):(0.015 * highs[p]) with boxxyerror fc rgb "#ffffff", \
                 data every ::firsts[p]::lasts[p] using 0:(top(p)):(number(p)) with @number_style
        }
        unset multiplot
    }
    unset output
}
