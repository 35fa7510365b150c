# Fig. 4: time of 20 records in parallel against images per record, and the GPU on the same images.
set xrange [0:1050]
set yrange [0:200]
set xtics 0, 200
set xlabel "images per record (20 records)"
set ylabel "time, s"
$gpu << EOD
images,seconds
1000,176
EOD
do for [format in formats] {
    eval terminal(format, 760, 480)
    set output output(format)
    plot data using "images_per_record":"gpu_seconds":"gpu_half_width_95" with yerrorlines ls 2 title "one TITAN X (Pascal), Lamina", \
         data using "images_per_record":"lambda_seconds":"half_width_95" with yerrorlines ls 1 title "AWS Lambda, Lamina (95 % interval)", \
         $gpu using 1:2 with points lc rgb "#000000" pt 8 ps 1.8 lw 2 title "GPU, paper", \
         data using "images_per_record":"paper_seconds" with points ls 11 title "AWS Lambda, paper"
    unset output
}
