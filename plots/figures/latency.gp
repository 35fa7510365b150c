# How the times of a run's records are distributed; lines at its quantiles.
from(n) = column("from_seconds") * time_factor
to(n) = column("to_seconds") * time_factor
high(i) = most * (1.32 - 0.09 * (i - 1))
do for [format in formats] {
    eval terminal(format, 800, 460)
    set output output(format)
    unset arrow
    unset label
    do for [i=1:|quantiles|] {
        set arrow i from quantiles[i], 0 to quantiles[i], high(i) nohead lc rgb "#000000" lw 1.5 dt i front
        set label i names[i] at quantiles[i], high(i) offset beyond[i] ? -0.7 : 0.7, 0 front
        if (beyond[i]) { set label i right } else { set label i left }
    }
    set xlabel time_title
    set ylabel "records, %"
    set yrange [0:1.36 * most]
    set style fill solid 1.0 border rgb "#ffffff"
    unset key
    plot data using (from(0)):(0):(from(0)):(to(0)):(0):(column("share") * 100) with boxxyerror fc rgb "#56b4e9"
    unset output
}
