# Predicted against measured, one mark per mechanism. What stands above (or is given with gnuplot -e) is the list of
# mechanisms. Run in the folder that holds validation.csv: gnuplot validation.gp
set datafile separator comma
set datafile columnheaders
set border 3
set tics nomirror
set logscale xy
set format xy "10^{%L}"
set size ratio 1
set key outside right top Left reverse
set colorsequence podo
set xlabel "measured, in the row's own unit"
set ylabel "predicted"
only(i, name) = strcol("mechanism") eq mechanisms[i] ? column(name) : NaN
draw = 'plot x with lines lc rgb "#777777" dt 2 title "as measured", for [i=1:|mechanisms|] "validation.csv" using (only(i, "measured")):(only(i, "predicted")) with points pt i lc i lw 1.5 title mechanisms[i] noenhanced'
set terminal svg size 980,640 dynamic name "validation" background "#ffffff" font "sans,14"
set output "validation.svg"
eval draw
set terminal pngcairo size 1470,960 font "sans,18"
set output "validation.png"
eval draw
