# How the times of a run's records are distributed; lines at its quantiles, which the legend names.
from(n) = column("from_seconds") * time_factor
to(n) = column("to_seconds") * time_factor
do for [i=1:|quantiles|] { set arrow i from quantiles[i], 0 to quantiles[i], 1.05 * most nohead lc rgb "#000000" lw 1.8 dt i front }
do for [format in formats] {
    eval terminal(format, 800, 460)
    set output output(format)
    set xlabel time_title
    set ylabel "records, %"
    set yrange [0:1.08 * most]
    if (setting ne "") { set title setting }
    set style fill solid 1.0 border rgb "#ffffff"
    plot data using (from(0)):(0):(from(0)):(to(0)):(0):(column("share") * 100) with boxxyerror fc rgb "#56b4e9" notitle, \
         for [i=1:|quantiles|] keyentry with lines lc rgb "#000000" lw 1.8 dt i title names[i]
    unset output
}
