#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/num.h"

enum { RUN_VALUES = 65536 };

struct sort {
	size_t count;
	size_t value_bytes;
	sort_compare *compare;
	const volatile sig_atomic_t *interrupt;
};

static bool is_interrupted(const struct sort *sort)
{
	return sort->interrupt && *sort->interrupt;
}

static bool sort_runs(const struct sort *sort, char *values)
{
	for (size_t begin = 0; begin < sort->count; begin += RUN_VALUES) {
		if (is_interrupted(sort))
			return false;
		size_t run = min_size(RUN_VALUES, sort->count - begin);
		qsort(values + begin * sort->value_bytes, run, sort->value_bytes, sort->compare);
	}
	return true;
}

/*
 * Merges the ordered values [begin, middle) and [middle, end) of `from` into the same places of `to`. At equal values
 * the first run's come first.
 */
static bool merge_runs(const struct sort *sort, const char *from, char *to, size_t begin, size_t middle, size_t end)
{
	size_t bytes = sort->value_bytes;
	size_t left = begin;
	size_t right = middle;
	for (size_t i = begin; i < end; i++) {
		if (i % RUN_VALUES == 0 && is_interrupted(sort))
			return false;
		bool takes_left = left < middle &&
				  (right == end || sort->compare(from + left * bytes, from + right * bytes) <= 0);
		memcpy(to + i * bytes, from + (takes_left ? left++ : right++) * bytes, bytes);
	}
	return true;
}

bool sort_values(void *values, size_t count, size_t value_bytes, sort_compare *compare,
		 const volatile sig_atomic_t *interrupt)
{
	struct sort sort = {count, value_bytes, compare, interrupt};
	if (!sort_runs(&sort, values))
		return false;
	if (count <= RUN_VALUES)
		return true;
	char *spare = mem_alloc(count * value_bytes);
	char *from = values;
	char *to = spare;
	bool ok = true;
	for (size_t run = RUN_VALUES; ok && run < count; run *= 2) {
		for (size_t begin = 0; ok && begin < count; begin += 2 * run)
			ok = merge_runs(&sort, from, to, begin, min_size(begin + run, count),
					min_size(begin + 2 * run, count));
		char *merged = to;
		to = from;
		from = merged;
	}
	if (ok && from == spare)
		memcpy(values, spare, count * value_bytes);
	mem_free(spare);
	return ok;
}
