/*
 * What others make of a function's time over memory, fitted to the sizes that are stated and asked for another one:
 *
 *   proportional   t = a * max(1, K / m), K the memory of one vCPU: what the documentation says of CPU
 *   exponential    t = a0 + a1 * exp(-m / a2): Parrotfish (Moghimi et al., SoCC 2023)
 *   inverse        t = a / m + b: Jolteon (Zhang et al., NSDI 2024)
 *   interpolation  a straight line between the two stated sizes around it, as AWS Lambda Power Tuning's chart is read
 *
 * Fits are least squares of relative errors, with no negative part; a law that has more parameters than there are sizes
 * stated says nothing (NaN).
 */
#ifndef LAMINA_LAWS_H
#define LAMINA_LAWS_H

#include <stddef.h>

struct law_point {
	double memory_mb;
	double seconds;
};

/* Stated points in order of memory. */
typedef double law_at(const struct law_point *stated, size_t count, double vcpu_mb, double memory_mb);

law_at law_proportional;
law_at law_exponential;
law_at law_inverse;
law_at law_interpolation;

#endif
