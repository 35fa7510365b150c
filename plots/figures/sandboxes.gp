# Calls at once and sandboxes over time, and how much of the sandboxes' time is used; means over short stretches.
t(n) = column("seconds") * time_factor
do for [format in formats] {
    eval terminal(format, 800, 620)
    set output output(format)
    set multiplot
    set xrange [0:time_high]
    set lmargin at screen 0.1; set rmargin at screen 0.98
    set tmargin at screen setting eq "" ? 0.92 : 0.89; set bmargin at screen 0.43
    set yrange [0:most]
    set ylabel "how many"
    set format x ""
    unset xlabel
    set key at screen 0.1,0.99 left top horizontal
    if (setting ne "") { set title setting offset 0,-0.6 }
    plot data using (t(0)):(column("busy_sandboxes") + column("idle_sandboxes")) with fillsteps fc rgb "#d9d9d9" title "idle sandboxes", \
         data using (t(0)):"busy_sandboxes" with fillsteps fc rgb "#56b4e9" title "busy sandboxes", \
         data using (t(0)):"calls" with steps lc rgb "#000000" lw 1.2 title "calls at once"
    unset key
    unset title
    set format x "%g"
    set tmargin at screen 0.38; set bmargin at screen 0.11
    set xlabel time_title
    set ylabel "busy, % of sandboxes"
    set yrange [0:105]
    set ytics 25
    plot data using (t(0)):(column("utilisation") * 100) with fillsteps fc rgb "#56b4e9"
    unset multiplot
    set ytics autofreq
    unset output
}
