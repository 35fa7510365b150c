# Fig. 4: time of 20 records in parallel against images per record, and the GPU on the same images.
# Run in the folder that holds fig4.csv: gnuplot fig4.gp
set datafile separator comma
set datafile columnheaders
set border 3
set key top left Left reverse
set xrange [0:1050]
set yrange [0:200]
set xtics nomirror 0, 200
set ytics nomirror
set grid ytics lc rgb "#dddddd"
set xlabel "images per record (20 records)"
set ylabel "time, s"
$gpu << EOD
images,seconds
1000,176
EOD
draw = 'plot "fig4.csv" using "images_per_record":"gpu_seconds":"gpu_half_width_95" with yerrorlines lc rgb "#d55e00" dt 2 lw 2 pt 5 ps 0.8 title "one TITAN X (Pascal), Lamina", "" using "images_per_record":"lambda_seconds":"half_width_95" with yerrorlines lc rgb "#0072b2" lw 2 pt 7 ps 0.9 title "AWS Lambda, Lamina (95 % interval)", "" using "images_per_record":"paper_seconds" with points lc rgb "black" pt 4 ps 1.8 lw 2 title "AWS Lambda, paper", $gpu using 1:2 with points lc rgb "black" pt 8 ps 1.8 lw 2 title "GPU, paper"'
set terminal svg size 760,480 dynamic name "fig4" background "#ffffff" font "sans,14"
set output "fig4.svg"
eval draw
set terminal pngcairo size 1140,720 font "sans,18"
set output "fig4.png"
eval draw
