# Errors by mechanism, a mark for each row: what was fitted, what is predicted, what is no measurement. What stands above
# (or is given with gnuplot -e) is the list of mechanisms. Run in the folder that holds validation.csv:
# gnuplot validation.gp
set datafile separator comma
set datafile columnheaders
set border 1
set tics nomirror
set ytics scale 0
set grid xtics lc rgb "#dddddd" lw 1 lt 1
set key outside top center horizontal samplen 1
set xlabel "error of the prediction, %; the axis ends at 30"
set xrange [-32:32]
set yrange [0.4:|mechanisms|+0.6] reverse
set for [i=1:|mechanisms|] ytics add (mechanisms[i] i)
set xzeroaxis
set arrow from 0, 0.4 to 0, |mechanisms|+0.6 nohead lc rgb "#777777"
row(name) = sum [i=1:|mechanisms|] (name eq mechanisms[i] ? i : 0)
# Rows of a mechanism are spread over its strip by their number, so that equal errors do not hide each other.
spread(n) = (int(n) * 7 % 13 - 6) / 20.0
y(n) = row(strcol("mechanism")) + spread(n)
clipped(e) = e > 30 ? 30 : e < -30 ? -30 : e
error(is) = is ? clipped(column("error_percent")) : NaN
measured(n) = strcol("basis") eq "measurement"
fitted(n) = strcol("fitted") eq "yes" || strcol("fitted") eq "true"
draw = 'plot "validation.csv" using (error(measured(0) && fitted(0))):(y($0)) with points pt 6 ps 0.7 lc rgb "#999999" title "fitted", "" using (error(measured(0) && !fitted(0))):(y($0)) with points pt 7 ps 0.7 lc rgb "#0072b2" title "predicted", "" using (error(!measured(0))):(y($0)) with points pt 4 ps 0.7 lc rgb "#d55e00" title "other simulators, documentation"'
set terminal svg size 980,640 dynamic name "validation" background "#ffffff" font "sans,14"
set output "validation.svg"
eval draw
set terminal pngcairo size 1470,960 font "sans,18"
set output "validation.png"
eval draw
