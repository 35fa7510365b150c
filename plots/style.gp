# The style of all figures of Lamina; every script begins with it. What a figure draws, it draws for each of `formats`:
#
#     do for [format in formats] {
#         eval terminal(format, 800, 500)
#         set output output(format)
#         plot ...
#     }
#
# Colours are Okabe and Ito's (jfly.uni-koeln.de/color), which colour-blind people tell apart; marks and dashes differ,
# too, so that a grey print can be read. Neighbours in a stack differ in lightness, and white lines part them.
set encoding utf8
set datafile separator comma
set datafile columnheaders
set datafile missing NaN
set border 3 lw 1 lc rgb "#444444"
set tics nomirror out scale 0.6 tc rgb "#000000"
set grid back lc rgb "#d0d0d0" lw 0.7 dt 1
set key outside top left horizontal Left reverse samplen 2.2 spacing 1.1 noenhanced
set style line 1 lc rgb "#0072b2" lw 2 dt 1 pt 7 ps 0.8
set style line 2 lc rgb "#d55e00" lw 2 dt (8,4) pt 5 ps 0.8
set style line 3 lc rgb "#009e73" lw 2 dt (2,3) pt 9 ps 1.0
set style line 4 lc rgb "#cc79a7" lw 2 dt (10,4,2,4) pt 11 ps 1.0
set style line 5 lc rgb "#56b4e9" lw 2 dt (14,4) pt 13 ps 1.1
set style line 6 lc rgb "#e69f00" lw 2 dt (4,2) pt 4 ps 0.9
set style line 7 lc rgb "#000000" lw 1.5 dt 1 pt 6 ps 0.9
set style line 8 lc rgb "#777777" lw 1.5 dt (6,3,2,3,2,3) pt 8 ps 1.0
# Over a mark: what failed.
set style line 9 lc rgb "#000000" lw 1.5 dt 1 pt 2 ps 1.6
# What somebody measured; what was fitted to it; what is predicted.
set style line 11 lc rgb "#000000" lw 1.5 dt 1 pt 4 ps 1.4
set style line 12 lc rgb "#777777" lw 1.5 dt 1 pt 6 ps 1.0
set style line 13 lc rgb "#0072b2" lw 1.5 dt 1 pt 7 ps 0.8
set style line 14 lc rgb "#d55e00" lw 1.5 dt 1 pt 8 ps 1.0
# Parts of a stack, from below; a line of an axis; weak lines.
array fills = ["#0072b2", "#e69f00", "#009e73", "#f0e442", "#d55e00", "#56b4e9", "#444444", "#cc79a7", "#999999", "#882255", "#e0e0e0", "#7f2a0a"]
# Of a call's time: start, import, load weights, other when cold, wait, store, compute, throttled, sharing, client, queue.
array time_fills = ["#0072b2", "#b3dcf5", "#882255", "#ddbb88", "#777777", "#e69f00", "#009e73", "#7f2a0a", "#f0e442", "#444444", "#cccccc"]
set style fill solid 1.0 border rgb "#ffffff"
# Light is little; lightness falls all along, so that a grey print has the same order.
set palette defined (0 "#fee838", 1 "#c8b866", 2 "#948e77", 3 "#666970", 4 "#35456c", 5 "#00224e")
# Pictures in rows of up to three (across) under a legend of their own: sides of the p-th of n, as shares of the whole,
# whose height is panels_high(n) plus the legend's.
panel_rows(n) = (n + across - 1) / across
panels_high(n) = 310.0 * panel_rows(n)
panels_wide(n) = across == 1 ? 800 : across == 2 ? 1000 : 1200
panel_left(p) = 85.0 / panels_wide(0) + ((p - 1) % across) * 0.985 / across
panel_right(p) = panel_left(p) + 0.985 / across - 85.0 / panels_wide(0) - 0.015
panel_top(p, n, legend) = (panels_high(n) - 310.0 * ((p - 1) / across) - 28) / (panels_high(n) + legend)
panel_bottom(p, n, legend, labels) = panel_top(p, n, legend) - (282.0 - labels) / (panels_high(n) + legend)
legend_alone = "unset logscale xy; unset title; set lmargin at screen 0.06; set rmargin at screen 0.985; set tmargin at screen 0.995; set bmargin at screen 0.99; set border 0; unset tics; unset xlabel; unset ylabel; set key inside top left horizontal maxcols 4"
no_legend = 'unset key; set border 3; set ytics nomirror out scale 0.6 tc rgb "#000000"; set xtics nomirror out scale 0.6 tc rgb "#000000"'
# A value in three digits.
short(v) = v == 0 ? "0" : abs(v) >= 99.95 ? sprintf("%.0f", v) : sprintf("%#.3g", v)
terminal(format, wide, high) = \
    format eq "png" ? sprintf("set terminal pngcairo size %d,%d font 'sans,%d' noenhanced linewidth 1.5 pointscale 1.3 background rgb '#ffffff'", 1.6 * wide, 1.6 * high, 17) : \
    format eq "pdf" ? sprintf("set terminal pdfcairo size %.2fcm,%.2fcm font 'sans,9' noenhanced linewidth 0.7 pointscale 0.6", 0.02 * wide, 0.02 * high) : \
    format eq "txt" ? sprintf("set terminal dumb size %d,%d noenhanced", columns, lines) : \
    sprintf("set terminal svg size %d,%d dynamic font 'sans,13' noenhanced background rgb '#ffffff' name '%s'", wide, high, figure)
