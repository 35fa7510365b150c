/* Draws per second of every sampler, in a loop that adds them up. The reference is the generator's raw 64-bit word. */
#include "base/arena.h"
#include "base/check.h"
#include "random/quantile.h"
#include "random/stream.h"
#include "tests/bench/bench.h"

enum { DRAWS = 5000000, ENTITIES_EACH = 2 };

struct draws {
	struct stream stream;
	struct quantile_table table;
	double sum;
};

static void draw_u64(void *context, uint64_t count)
{
	struct draws *draws = context;
	uint64_t sum = 0;
	for (uint64_t i = 0; i < count; i++)
		sum += stream_u64(&draws->stream);
	draws->sum += (double)sum;
}

#define DRAW_FUNCTION(name, expression) \
	static void name(void *context, uint64_t count) \
	{ \
		struct draws *draws = context; \
		double sum = 0; \
		for (uint64_t i = 0; i < count; i++) \
			sum += (expression); \
		draws->sum += sum; \
	}

DRAW_FUNCTION(draw_uniform, stream_uniform(&draws->stream))
DRAW_FUNCTION(draw_exponential, stream_exponential(&draws->stream, 2.0))
DRAW_FUNCTION(draw_normal, stream_normal(&draws->stream))
DRAW_FUNCTION(draw_lognormal, stream_lognormal(&draws->stream, 0.0, 0.5))
DRAW_FUNCTION(draw_gamma, stream_gamma(&draws->stream, 2.5, 1.0))
DRAW_FUNCTION(draw_quantile, quantile_draw(&draws->table, &draws->stream))

/* A stream of its own for every two draws, as a sandbox or a request has. */
static void draw_entities(void *context, uint64_t count)
{
	struct draws *draws = context;
	double sum = 0;
	for (uint64_t i = 0; i < count / ENTITIES_EACH; i++) {
		struct stream stream;
		stream_init(&stream, 1, 0, 7, i);
		for (int j = 0; j < ENTITIES_EACH; j++)
			sum += stream_exponential(&stream, 2.0);
	}
	draws->sum += sum;
}

int main(void)
{
	static const double probability[] = {0.0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0};
	static const double value[] = {1, 4, 8, 12, 18, 25, 40, 60, 110, 400, 900};
	static const struct {
		const char *name;
		void (*run)(void *context, uint64_t count);
	} rows[] = {
		{"draw_uniform", draw_uniform},
		{"draw_exponential", draw_exponential},
		{"draw_normal", draw_normal},
		{"draw_lognormal", draw_lognormal},
		{"draw_gamma", draw_gamma},
		{"draw_quantile_table", draw_quantile},
		{"draw_new_stream_each_2", draw_entities},
	};
	struct arena arena;
	arena_init(&arena);
	struct draws draws = {.table = {.probability = probability, .value = value, .count = 11}};
	quantile_table_index(&draws.table, &arena);
	stream_init(&draws.stream, 1, 0, stream_id_from_name("draws"), 0);
	struct bench_rate raw = bench_measure(draw_u64, &draws, DRAWS);
	bench_report("draw_u64", raw, "draws/s", NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		bench_report(rows[i].name, bench_measure(rows[i].run, &draws, DRAWS), "draws/s", "draw_u64",
			     raw.median);
	arena_release(&arena);
	return draws.sum == 0;
}
