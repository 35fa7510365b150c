/*
 * The distribution of many times in bounded memory: every value while there are few, so that quantiles are exact, then
 * counts in buckets of equal ratio (256 to each doubling, after the idea of HdrHistogram, hdrhistogram.org), so that a
 * quantile is within 0.2 % of a value that occurred.
 */
#ifndef LAMINA_HISTOGRAM_H
#define LAMINA_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { HISTOGRAM_EXACT_MAX = 65536 };

struct histogram {
	struct arena *arena;
	int64_t count;
	int64_t *values; /* while count <= HISTOGRAM_EXACT_MAX */
	size_t capacity;
	int64_t *buckets; /* afterwards */
};

/* Memory comes from the arena. */
void histogram_init(struct histogram *histogram, struct arena *arena);

/* value >= 0, any unit. */
void histogram_add(struct histogram *histogram, int64_t value);

/* The smallest value that at least this share of the values do not exceed; share in [0, 1]. 0 where there is none. */
int64_t histogram_quantile(const struct histogram *histogram, double share);

/* Calls visit for each value, or the middle of each bucket, with how many there are; in order where they are sorted. */
void histogram_each(const struct histogram *histogram, void (*visit)(void *context, int64_t value, int64_t count),
		    void *context);

/* How wide the bucket around a visited value is; 0 while values are exact. */
int64_t histogram_width_at(const struct histogram *histogram, int64_t value);

/* Puts exact values in order, without which histogram_quantile may not be called; values may be added afterwards. */
void histogram_sort(struct histogram *histogram);

#endif
