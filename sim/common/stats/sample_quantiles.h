/* Quantiles of a sample. */
#ifndef LAMINA_SAMPLE_QUANTILES_H
#define LAMINA_SAMPLE_QUANTILES_H

#include <stddef.h>

/* Ascending, in place. */
void sample_quantiles_sort(double *values, size_t count);

/*
 * The value at share p of count values in ascending order, interpolated between neighbours (R's type 7: Hyndman and
 * Fan, "Sample quantiles in statistical packages", 1996); NaN for an empty sample.
 */
double sample_quantiles_value(const double *sorted, size_t count, double p);

#endif
