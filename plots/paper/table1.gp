# Table 1: the least memory of each function, in steps of 256 MB: Lamina, and the paper in brackets.
unset border
unset tics
unset key
unset grid
set xrange [-0.2:5]
set yrange [-0.8:3]
set lmargin 1
set rmargin 1
x(f) = f eq "conv1" ? 1.6 : f eq "conv2" ? 2.5 : f eq "conv3" ? 3.4 : 4.3
y(n) = n == 1000 ? 1 : 0
set label 1 "least memory that works, MB: Lamina (paper)" at 2.2, 2.75 center
set label 2 "Conv-1" at 1.6, 2 center
set label 3 "Conv-2" at 2.5, 2 center
set label 4 "Conv-3" at 3.4, 2 center
set label 5 "FC" at 4.3, 2 center
set label 6 "memMin-1000" at 0, 1 left
set label 7 "memMin-500" at 0, 0 left
set arrow 1 from -0.1, 2.4 to 4.8, 2.4 nohead lw 2
set arrow 2 from -0.1, 1.6 to 4.8, 1.6 nohead
set arrow 3 from -0.1, -0.5 to 4.8, -0.5 nohead lw 2
do for [format in formats] {
    eval terminal(format, 760, 260)
    set output output(format)
    plot data using (x(strcol("function"))):(y(column("images_per_record"))):(sprintf("%d (%d)", column("lamina_mb"), column("paper_mb"))) with labels
    unset output
}
