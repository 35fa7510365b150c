# The time-cost front of a plan, and on it what is recommended and the plans that people know.
shape(m) = m eq "front" ? 7 : m eq "recommended" ? 3 : m eq "memMin" ? 9 : m eq "memMax" ? 11 : m eq "current" ? 5 : 6
colour(m) = m eq "front" ? 0x0072b2 : m eq "recommended" ? 0xd55e00 : m eq "memMin" ? 0x009e73 : m eq "memMax" ? 0xcc79a7 : m eq "current" ? 0x000000 : 0x777777
size(m) = m eq "front" ? 0.6 : m eq "recommended" ? 1.8 : 1.3
t(m) = strcol("mark") eq m ? column("seconds") * time_factor : NaN
c(n) = column("usd") * cost_factor
do for [format in formats] {
    eval terminal(format, 800, 500)
    set output output(format)
    eval time_axis
    eval cost_axis
    set title front_title
    set xlabel time_title
    set ylabel cost_title
    plot data using (t("front")):(c(0)) with steps ls 1 lw 1.5 notitle, \
         for [i=1:|marks|] data using (t(marks[i])):(c(0)) with points pt shape(marks[i]) ps size(marks[i]) lw 1.5 lc rgb colour(marks[i]) title marks[i]
    unset output
}
