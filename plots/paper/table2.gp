# Table 2: time and cost of 20 records, Lamina (with 95 % intervals) beside the paper.
name(c) = strcol(c)[1:6]."\n".strcol(c)[8:*]
low(name, quantity) = column(name) - column(quantity."_half_width_95")
high(quantity) = 2 * column(quantity."_half_width_95")
set style fill solid 1.0 noborder
set style data boxes
set boxwidth 0.36
set xtics scale 0
set grid noxtics ytics
set xrange [-0.6:3.6]
set bmargin 3.5
do for [format in formats] {
    eval terminal(format, 1000, 420)
    set output output(format)
    set multiplot layout 1,2
    set ylabel "time, s"
    set yrange [0:160]
    plot data using ($0 - 0.19):"lamina_seconds" lc rgb "#56b4e9" title "Lamina (95 % interval)", \
         data using ($0 + 0.19):"paper_seconds" lc rgb "#777777" title "paper", \
         data using ($0 - 0.19):(low("lamina_seconds", "seconds")):(0):(high("seconds")) with vectors heads size 0.05,90 ls 7 notitle, \
         data using 0:(0):xtic(name(1)) with points pt -1 notitle
    set ylabel "cost, USD"
    set yrange [0:0.12]
    plot data using ($0 - 0.19):"lamina_usd" lc rgb "#56b4e9" title "Lamina (95 % interval)", \
         data using ($0 + 0.19):"paper_usd" lc rgb "#777777" title "paper", \
         data using ($0 - 0.19):(low("lamina_usd", "usd")):(0):(high("usd")) with vectors heads size 0.05,90 ls 7 notitle, \
         data using 0:(0):xtic(name(1)) with points pt -1 notitle
    unset multiplot
    unset output
}
