/*
 * Calls by the sandbox that they ran on, where a log names its streams: each is one sandbox's. What calls on one
 * sandbox differ by is of the calls; the rest of what rows at a size differ by is of the sandboxes.
 */
#ifndef LAMINA_SANDBOX_CALLS_H
#define LAMINA_SANDBOX_CALLS_H /* private to calibrate */

#include "base/arena.h"
#include "stats/summary.h"

enum { SANDBOX_CALLS_MAX = 1 << 16 }; /* sandboxes; the rows of others are not told apart */

/* Warm calls of one sandbox, found by its name's hash. */
struct sandbox_calls {
	uint64_t key; /* 0: a free place */
	struct summary seconds;
};

struct sandbox_table {
	struct sandbox_calls *places;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
};

void sandbox_table_add(struct sandbox_table *table, const char *name, int64_t memory_mb, double seconds,
		       struct arena *arena);

/*
 * Of a call relative to the mean of its sandbox, and how many sandboxes of several calls it rests on; NaN where they
 * are too few to tell.
 */
double sandbox_table_call_variance(const struct sandbox_table *table, int64_t *sandboxes);

#endif
