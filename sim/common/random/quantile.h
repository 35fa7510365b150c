/*
 * A distribution known by some of its quantiles, as published measurements give it (p50, p90, p99...): a draw is
 * the piecewise-linear inverse of its distribution function. Below the first and above the last known probability
 * the value stays at the first and the last one: nothing is made up beyond what was measured.
 */
#ifndef LAMINA_QUANTILE_H
#define LAMINA_QUANTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "random/stream.h"

enum { QUANTILE_COUNT_MAX = 65535 };

struct quantile_table {
	const double *probability; /* strictly increasing, in [0, 1] */
	const double *value;       /* never decreasing, any unit */
	size_t count;              /* 1 or more */
	/* Filled by quantile_table_index; without them a draw searches the table. */
	const double *slope;
	const uint16_t *guide;
	size_t guide_count;
};

/* True when the table keeps the rules above: check tables from outside before they are drawn from. */
bool quantile_table_is_valid(const struct quantile_table *table);

/* Makes draws constant-time (a guide table after Chen and Asau, 1974). Changes no draw's value. */
void quantile_table_index(struct quantile_table *table, struct arena *arena);

/* The value at probability p in [0, 1]. */
double quantile_at(const struct quantile_table *table, double p);

/* Uses exactly one word of the stream. */
double quantile_draw(const struct quantile_table *table, struct stream *stream);

/* The same as the only draw of a stream, which is not begun where there is nothing to draw. */
static inline double quantile_draw_only(const struct quantile_table *table, struct stream *stream)
{
	return table->count == 1 ? table->value[0] : quantile_draw(table, stream);
}

/* The mean of what quantile_draw gives. */
double quantile_mean(const struct quantile_table *table);

/* The variance of what quantile_draw gives. */
double quantile_variance(const struct quantile_table *table);

#endif
