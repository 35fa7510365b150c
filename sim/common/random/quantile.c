/* Search, guide table and interpolation: one formula for both ways to find the segment, so that bits agree. */
#include "random/quantile.h"

#include <math.h>

#include "base/check.h"

/* So many that few draws meet a point inside their cell: that branch is then predicted. */
enum { GUIDE_PER_POINT = 32 };

bool quantile_table_is_valid(const struct quantile_table *table)
{
	if (table->count < 1 || table->count > QUANTILE_COUNT_MAX)
		return false;
	for (size_t i = 0; i < table->count; i++) {
		double p = table->probability[i];
		if (!(p >= 0 && p <= 1) || !isfinite(table->value[i]))
			return false;
		if (i > 0 && (p <= table->probability[i - 1] || table->value[i] < table->value[i - 1]))
			return false;
	}
	return true;
}

static double slope_after(const struct quantile_table *table, size_t i)
{
	return (table->value[i + 1] - table->value[i]) / (table->probability[i + 1] - table->probability[i]);
}

void quantile_table_index(struct quantile_table *table, struct arena *arena)
{
	CHECK(quantile_table_is_valid(table));
	double *slope = ARENA_ARRAY(arena, double, table->count);
	for (size_t i = 0; i + 1 < table->count; i++)
		slope[i] = slope_after(table, i);
	/* guide[k] is the last point at or below probability k / guide_count, or 0. */
	size_t guide_count = GUIDE_PER_POINT * table->count;
	uint16_t *guide = ARENA_ARRAY(arena, uint16_t, guide_count + 1);
	size_t last = 0;
	for (size_t k = 0; k <= guide_count; k++) {
		double p = (double)k / (double)guide_count;
		while (last + 1 < table->count && table->probability[last + 1] <= p)
			last++;
		guide[k] = (uint16_t)last;
	}
	table->slope = slope;
	table->guide = guide;
	table->guide_count = guide_count;
}

/* The last point whose probability is at or below p; p is at or above the first. */
static size_t point_before(const struct quantile_table *table, double p)
{
	size_t low = 0;
	size_t high = table->count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (table->probability[middle] <= p)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The same from the guide: p * guide_count may round across a point, so both neighbours are looked at. */
static size_t point_before_guided(const struct quantile_table *table, double p)
{
	size_t i = table->guide[(size_t)(p * (double)table->guide_count)];
	while (i > 0 && table->probability[i] > p)
		i--;
	while (i + 1 < table->count && table->probability[i + 1] <= p)
		i++;
	return i;
}

double quantile_at(const struct quantile_table *table, double p)
{
	size_t last = table->count - 1;
	if (p <= table->probability[0])
		return table->value[0];
	if (p >= table->probability[last])
		return table->value[last];
	size_t i = table->guide ? point_before_guided(table, p) : point_before(table, p);
	double slope = table->slope ? table->slope[i] : slope_after(table, i);
	return table->value[i] + (p - table->probability[i]) * slope;
}

double quantile_draw(const struct quantile_table *table, struct stream *stream)
{
	return quantile_at(table, stream_uniform(stream));
}

double quantile_mean(const struct quantile_table *table)
{
	size_t last = table->count - 1;
	double mean = table->probability[0] * table->value[0] + (1 - table->probability[last]) * table->value[last];
	for (size_t i = 0; i < last; i++) {
		double width = table->probability[i + 1] - table->probability[i];
		mean += width * (table->value[i] + table->value[i + 1]) / 2;
	}
	return mean;
}

/* E[x^2] - E[x]^2: straight lines between the points, clamped at both ends. */
double quantile_variance(const struct quantile_table *table)
{
	size_t last = table->count - 1;
	const double *p = table->probability;
	const double *x = table->value;
	double square = p[0] * x[0] * x[0] + (1 - p[last]) * x[last] * x[last];
	for (size_t i = 0; i < last; i++)
		square += (p[i + 1] - p[i]) * (x[i] * x[i] + x[i] * x[i + 1] + x[i + 1] * x[i + 1]) / 3;
	double mean = quantile_mean(table);
	return fmax(0, square - mean * mean);
}
