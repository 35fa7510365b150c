# Time against cost of every point. What is both slower and dearer than another is grey; points without a better one are
# the front, from the fastest to the cheapest.
t(n) = column(time_name) * time_factor
c(n) = column(cost_name) * cost_factor
on(is) = is ? t(0) : NaN
dominated = others ? 'data using (on(column("front") == 0 && column("failed_records") == 0)):(c(0)) with points pt 6 ps 0.7 lc rgb "#999999" title "slower and dearer than another",' : ''
crosses = failed ? ', data using (on(column("failed_records") > 0)):(c(0)) with points ls 9 title "records failed"' : ''
do for [format in formats] {
    eval terminal(format, 800, 520 + 22 * |marks|)
    set output output(format)
    set key tmargin vertical maxrows |marks| + 3
    set xlabel time_title
    set ylabel cost_title
    eval time_axis
    eval cost_axis
    plot @dominated data using (on(column("front") > 0)):(c(0)) with steps ls 1 lw 1.5 notitle, \
         data using (on(column("front") > 0)):(c(0)) with points ls 1 title "front", \
         data using (on(column("mark") > 0)):(c(0)):(sprintf("%d", column("mark"))) with labels offset 0.9,0.7 notitle @crosses, \
         for [i=1:|marks|] keyentry with points pt 0 lc rgb "#ffffff" title sprintf("%d: ", i).marks[i]
    unset output
}
