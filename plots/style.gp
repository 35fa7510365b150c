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
# What somebody measured; what was fitted to it; what is predicted.
set style line 11 lc rgb "#000000" lw 1.5 dt 1 pt 4 ps 1.4
set style line 12 lc rgb "#777777" lw 1.5 dt 1 pt 6 ps 1.0
set style line 13 lc rgb "#0072b2" lw 1.5 dt 1 pt 7 ps 0.8
set style line 14 lc rgb "#d55e00" lw 1.5 dt 1 pt 8 ps 1.0
# Parts of a stack, from below; a line of an axis; weak lines.
array fills = ["#0072b2", "#e69f00", "#009e73", "#f0e442", "#d55e00", "#56b4e9", "#444444", "#cc79a7", "#999999", "#e0e0e0", "#7a4f00", "#b7d7a8"]
set style fill solid 1.0 border rgb "#ffffff"
# Light is little; lightness falls all along, so that a grey print has the same order.
set palette defined (0 "#fee838", 1 "#c8b866", 2 "#948e77", 3 "#666970", 4 "#35456c", 5 "#00224e")
terminal(format, wide, high) = \
    format eq "png" ? sprintf("set terminal pngcairo size %d,%d font 'sans,%d' noenhanced linewidth 1.5 pointscale 1.3 background rgb '#ffffff'", 1.6 * wide, 1.6 * high, 17) : \
    format eq "pdf" ? sprintf("set terminal pdfcairo size %.2fcm,%.2fcm font 'sans,9' noenhanced linewidth 0.7 pointscale 0.6", 0.02 * wide, 0.02 * high) : \
    format eq "txt" ? sprintf("set terminal dumb size %d,%d noenhanced", columns, lines) : \
    sprintf("set terminal svg size %d,%d dynamic font 'sans,13' noenhanced background rgb '#ffffff' name '%s'", wide, high, figure)
