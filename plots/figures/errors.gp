# Errors by mechanism, a mark for each row: what was fitted, what is predicted, what is no measurement. The axis ends at
# 30 %; what is beyond lies on its end.
# Rows of a mechanism are spread over its strip by their number, so that equal errors do not hide each other.
spread(n) = (int(n) * 7 % 13 - 6) / 20.0
y(n) = strips[int(n) + 1] + spread(n)
cut(e) = e > 30 ? 30 : e < -30 ? -30 : e
measured(n) = strcol("basis") eq "measurement"
beyond(n) = abs(column("error_percent")) > 30
shape(n) = beyond(0) ? 2 : !measured(0) ? 8 : strcol("fitted") eq "true" ? 6 : 7
colour(n) = !measured(0) ? 0xd55e00 : strcol("fitted") eq "true" ? 0x777777 : 0x0072b2
set border 1
set tics nomirror
set ytics scale 0
eval y_set_marks
set grid xtics noytics
set xlabel "error of the prediction, %"
set xrange [-32:32]
set yrange [|mechanisms|+0.6:0.4]
set arrow from 0, 0.4 to 0, |mechanisms|+0.6 nohead lc rgb "#777777"
do for [format in formats] {
    eval terminal(format, 900, 150 + 34 * |mechanisms|)
    set output output(format)
    plot data using (cut(column("error_percent"))):(y($0)):(shape(0)):(colour(0)) with points pt variable lc rgb variable lw 1.2 ps 0.8 notitle, \
         keyentry with points ls 12 title "fitted", keyentry with points ls 13 title "predicted", \
         keyentry with points ls 14 title "other simulators, documentation", \
         keyentry with points pt 2 lc rgb "#000000" title "beyond 30 %"
    unset output
}
