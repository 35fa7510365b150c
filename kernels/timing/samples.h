/*
 * Repeated measurements of one computation's time. Whatever disturbs it (caches and memory shared with others, page
 * faults, interrupts, clocks that slow down) makes it longer, never shorter: the least is the best estimate, and what
 * the median lies above it says how disturbed the repeats were.
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

/* CHECK that there is at least one sample; the spread of one sample is 0. */
double samples_least(const struct samples *samples);
double samples_spread(const struct samples *samples); /* median less the least */

/* To six digits: more than any clock and any repeat is good for, and a number that can be read. */
double samples_rounded(double value);

/* Seconds on a clock that never steps; only differences mean anything. */
double stopwatch_seconds(void);

/* Seconds that this process has computed, all threads together. */
double stopwatch_cpu_seconds(void);

#endif
