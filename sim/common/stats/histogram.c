#include "stats/histogram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	SUB_BITS = 8,
	SUB_BUCKETS = 1 << SUB_BITS,
	/* Values below SUB_BUCKETS have a bucket each; every further doubling up to 2^63 has SUB_BUCKETS. */
	BUCKETS = (63 - SUB_BITS + 1) * SUB_BUCKETS,
};

void histogram_init(struct histogram *histogram, struct arena *arena)
{
	*histogram = (struct histogram){.arena = arena};
}

static size_t bucket_of(int64_t value)
{
	if (value < SUB_BUCKETS)
		return (size_t)value;
	int shift = 63 - __builtin_clzll((unsigned long long)value) - SUB_BITS;
	return (size_t)(shift + 1) * SUB_BUCKETS + (size_t)((value >> shift) - SUB_BUCKETS);
}

/* The middle of a bucket. */
static int64_t value_of(size_t bucket)
{
	if (bucket < SUB_BUCKETS)
		return (int64_t)bucket;
	int shift = (int)(bucket / SUB_BUCKETS) - 1;
	int64_t low = (int64_t)(bucket % SUB_BUCKETS + SUB_BUCKETS) << shift;
	return low + (((int64_t)1 << shift) >> 1);
}

static void grow(struct histogram *histogram)
{
	size_t capacity = histogram->capacity ? 4 * histogram->capacity : 256;
	int64_t *values = ARENA_ARRAY(histogram->arena, int64_t, capacity);
	if (histogram->count > 0)
		memcpy(values, histogram->values, (size_t)histogram->count * sizeof values[0]);
	histogram->values = values;
	histogram->capacity = capacity;
}

static void spill(struct histogram *histogram)
{
	histogram->buckets = ARENA_ARRAY(histogram->arena, int64_t, BUCKETS);
	for (int64_t i = 0; i < histogram->count; i++)
		histogram->buckets[bucket_of(histogram->values[i])]++;
}

void histogram_add(struct histogram *histogram, int64_t value)
{
	CHECK(value >= 0);
	if (!histogram->buckets && histogram->count == HISTOGRAM_EXACT_MAX)
		spill(histogram);
	if (histogram->buckets) {
		histogram->buckets[bucket_of(value)]++;
	} else {
		if ((size_t)histogram->count == histogram->capacity)
			grow(histogram);
		histogram->values[histogram->count] = value;
	}
	histogram->count++;
}

static int compare_values(const void *a, const void *b)
{
	const int64_t *x = a;
	const int64_t *y = b;
	return (*x > *y) - (*x < *y);
}

void histogram_sort(struct histogram *histogram)
{
	if (!histogram->buckets && histogram->count > 0)
		qsort(histogram->values, (size_t)histogram->count, sizeof histogram->values[0], compare_values);
}

int64_t histogram_quantile(const struct histogram *histogram, double share)
{
	CHECK(share >= 0 && share <= 1);
	if (histogram->count == 0)
		return 0;
	/* 0.28 of 25 values are 7 of them, though 0.28 is a little more in binary. */
	double exact = share * (double)histogram->count;
	int64_t rank = (int64_t)ceil(exact - exact * 1e-12);
	if (rank < 1)
		rank = 1;
	if (!histogram->buckets)
		return histogram->values[rank - 1];
	int64_t below = 0;
	for (size_t i = 0; i < BUCKETS; i++) {
		below += histogram->buckets[i];
		if (below >= rank)
			return value_of(i);
	}
	CHECK(!"a bucket holds the rank");
	return 0;
}

int64_t histogram_width_at(const struct histogram *histogram, int64_t value)
{
	size_t bucket = bucket_of(value);
	if (!histogram->buckets || bucket < SUB_BUCKETS)
		return 0;
	return (int64_t)1 << (bucket / SUB_BUCKETS - 1);
}

void histogram_each(const struct histogram *histogram, void (*visit)(void *context, int64_t value, int64_t count),
		    void *context)
{
	for (int64_t i = 0; !histogram->buckets && i < histogram->count; i++)
		visit(context, histogram->values[i], 1);
	for (size_t i = 0; histogram->buckets && i < BUCKETS; i++)
		if (histogram->buckets[i] > 0)
			visit(context, value_of(i), histogram->buckets[i]);
}
