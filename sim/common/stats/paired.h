/*
 * The difference between two settings that were run on the same luck (common random numbers): replication i of the
 * one is compared with replication i of the other, so that what both share cancels.
 */
#ifndef LAMINA_PAIRED_H
#define LAMINA_PAIRED_H

#include "stats/summary.h"

struct paired {
	struct summary first;
	struct summary second;
	struct summary difference; /* first - second, pair by pair */
};

void paired_init(struct paired *paired);
void paired_add(struct paired *paired, double first, double second);

/*
 * How many times smaller the variance of the difference is than it would be on independent luck:
 * (var first + var second) / var difference. Infinite where the difference never varies, NaN below two pairs.
 */
double paired_variance_ratio(const struct paired *paired);

#endif
