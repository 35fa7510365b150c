# Table 2: time and cost of 20 records, Lamina (with 95 % intervals) beside the paper.
# Run in the folder that holds table2.csv: gnuplot table2.gp
set datafile separator comma
set datafile columnheaders
set border 3
set style data histograms
set style histogram errorbars gap 1.5 lw 2
set xtics nomirror
set ytics nomirror
set grid ytics lc rgb "#dddddd"
set key top right
set bmargin 3.5
name(c) = strcol(c)[1:6]."\n".strcol(c)[8:*]
draw = 'set ylabel "time, s"; set yrange [0:160]; plot "table2.csv" using "lamina_seconds":"seconds_half_width_95":xtic(name(1)) fill pattern 2 lc rgb "#0072b2" title "Lamina (95 % interval)", "" using "paper_seconds":(NaN) fill solid 0.25 lc rgb "black" title "paper"; set ylabel "cost, USD"; set yrange [0:0.12]; plot "table2.csv" using "lamina_usd":"usd_half_width_95":xtic(name(1)) fill pattern 2 lc rgb "#0072b2" title "Lamina (95 % interval)", "" using "paper_usd":(NaN) fill solid 0.25 lc rgb "black" title "paper"'
set terminal svg size 1080,430 dynamic name "table2" background "#ffffff" font "sans,13"
set output "table2.svg"
set multiplot layout 1,2
eval draw
unset multiplot
set terminal pngcairo size 1620,645 font "sans,17"
set output "table2.png"
set multiplot layout 1,2
eval draw
unset multiplot
