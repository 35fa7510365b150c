/* sort_values orders as qsort does, whatever the number of runs, and stops soon after its flag is raised. */
#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "random/stream.h"
#include "tests/tap.h"

struct pair {
	int64_t key;
	int64_t index;
};

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a;
	const struct pair *y = b;
	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static struct pair *draw_pairs(size_t count)
{
	struct pair *pairs = mem_alloc((count + 1) * sizeof *pairs);
	struct stream stream;
	stream_init(&stream, 7, 0, 1, count);
	for (size_t i = 0; i < count; i++)
		pairs[i] = (struct pair){(int64_t)(stream_uniform(&stream) * 1000), (int64_t)i};
	return pairs;
}

static void test_order(void)
{
	const size_t counts[] = {0, 1, 2, 65535, 65536, 65537, 131072, 131073, 200000, 262145, 400001};
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		struct pair *pairs = draw_pairs(counts[i]);
		struct pair *expected = mem_alloc((counts[i] + 1) * sizeof *expected);
		memcpy(expected, pairs, counts[i] * sizeof *pairs);
		qsort(expected, counts[i], sizeof *expected, compare_pairs);
		t_ok(sort_values(pairs, counts[i], sizeof *pairs, compare_pairs, NULL), "%zu values are sorted",
		     counts[i]);
		t_ok(memcmp(pairs, expected, counts[i] * sizeof *pairs) == 0, "%zu values are in qsort's order",
		     counts[i]);
		mem_free(pairs);
		mem_free(expected);
	}
}

static volatile sig_atomic_t flag;
static int64_t compared;
static int64_t raise_at;

static int compare_and_raise(const void *a, const void *b)
{
	if (++compared == raise_at)
		flag = 1;
	return compare_pairs(a, b);
}

/* A run of 65,536 values takes about a million comparisons; merging looks at the flag every 65,536 values. */
static void test_interrupt(void)
{
	enum { COUNT = 1000000 };
	struct pair *pairs = draw_pairs(COUNT);
	flag = 0;
	compared = 0;
	raise_at = 0;
	t_ok(sort_values(pairs, COUNT, sizeof *pairs, compare_and_raise, &flag), "nobody interrupts");
	int64_t whole = compared;
	mem_free(pairs);
	const int64_t moments[] = {1, whole / 2, whole - 500000};
	for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
		pairs = draw_pairs(COUNT);
		flag = 0;
		compared = 0;
		raise_at = moments[i];
		t_ok(!sort_values(pairs, COUNT, sizeof *pairs, compare_and_raise, &flag), "interrupted at %lld",
		     (long long)raise_at);
		t_ok(compared - raise_at <= 1100000, "%lld comparisons after it", (long long)(compared - raise_at));
		mem_free(pairs);
	}
}

int main(void)
{
	test_order();
	test_interrupt();
	return t_done();
}
