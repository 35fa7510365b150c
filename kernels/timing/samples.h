/*
 * Repeated measurements of one computation's time. Whatever disturbs it (caches and memory shared with others, page
 * faults, interrupts, clocks that slow down) makes it longer, never shorter: the least is the best estimate, and what
 * the median lies above it says how disturbed the repeats were. (On a two-core machine beside compilers, medians of one
 * network's time differed by 25 % from run to run, the least of as many repeats by 2 %.)
 *
 * It is repeated until the median is known well, which on a quiet machine is soon: its 95 % interval is that between
 * two order statistics, whatever the samples' distribution (David, Nagaraja, "Order Statistics", 2003, 7.1); of fewer
 * than six samples, between all of them. Samples far from the others (Tukey, "Exploratory Data Analysis", 1977: more
 * than three times the width of the middle half beyond it) are kept, and counted.
 */
#ifndef LAMINA_SAMPLES_H
#define LAMINA_SAMPLES_H

#include <stddef.h>

enum { SAMPLES_MAX = 64 };

struct samples {
	double values[SAMPLES_MAX];
	size_t count;
};

/* Samples beyond SAMPLES_MAX are not kept. */
void samples_add(struct samples *samples, double value);

/* CHECK that there is at least one sample; the spread of one sample is 0, and so is the half width of its interval. */
double samples_least(const struct samples *samples);
double samples_spread(const struct samples *samples); /* median less the least */
double samples_median(const struct samples *samples);
double samples_half_width(const struct samples *samples);
size_t samples_outliers(const struct samples *samples);

/* To six digits: more than any clock and any repeat is good for, and a number that can be read. */
double samples_rounded(double value);

/* Seconds on a clock that never steps; only differences mean anything. */
double stopwatch_seconds(void);

/* Seconds that the calling thread has computed; of a team's, see team_seconds. */
double stopwatch_cpu_seconds(void);

#endif
