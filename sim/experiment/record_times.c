#include "experiment/record_times.h"

#include <math.h>
#include <stdio.h>

#include "base/num.h"
#include "serving/simulate.h"
#include "stats/summary.h"

const double record_quantiles[RECORD_QUANTILES] = {0.50, 0.95, 0.99};

void record_quantile_name(int quantile, char name[16])
{
	snprintf(name, 16, "p%.0f", 100 * record_quantiles[quantile]);
}

struct series {
	double *seconds;
	size_t count;
	size_t capacity;
};

static void keep(void *context, int64_t arrived_ns, int64_t taken_ns)
{
	struct series *series = context;
	if (series->count == RECORD_TIMES_MAX)
		return;
	if (series->count == series->capacity) {
		series->capacity = series->capacity > 0 ? 2 * series->capacity : 1024;
		series->seconds = mem_realloc(series->seconds, series->capacity * sizeof series->seconds[0]);
	}
	series->seconds[series->count++] = seconds_from_ns(taken_ns);
}

bool record_times_apply(const struct setting *setting)
{
	return setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE;
}

void record_times_analyse(const struct run_job *job, const volatile sig_atomic_t *interrupt, struct arena *arena,
			  struct record_times *out)
{
	struct series series = {.seconds = NULL};
	struct record_sink sink = {.completed = keep, .context = &series};
	struct simulate_options options = {.seed = job->seed, .interrupt = interrupt, .records = &sink};
	struct outcome outcome;
	simulate(job->setting, &options, arena, &outcome);
	struct steady steady;
	steady_init(&steady, series.seconds, series.count, arena);
	*out = (struct record_times){
		.count = series.count,
		.discarded = steady.discarded,
		.is_warming = steady.is_warming,
		.independent = steady.independent,
		.mean = steady_mean(&steady, 0.95),
		.share_5 = sample_quantiles_value(steady.sorted, steady.count, 0.05),
		.share_95 = sample_quantiles_value(steady.sorted, steady.count, 0.95),
	};
	for (int i = 0; i < RECORD_QUANTILES; i++)
		out->quantiles[i] = steady_quantile(&steady, record_quantiles[i], 0.95);
	mem_free(series.seconds);
}

static void add_missing(const struct steady_estimate *estimate, const char *name, double *needed, struct buf *names)
{
	if (!isnan(estimate->low))
		return;
	buf_printf(names, "%s%s", names->length > 0 ? ", " : "", name);
	*needed = fmax(*needed, estimate->needed);
}

void record_times_doubt(const struct record_times *times, struct buf *out)
{
	struct buf names;
	double needed = 0;
	buf_init(&names);
	add_missing(&times->mean, "mean", &needed, &names);
	for (int i = 0; i < RECORD_QUANTILES; i++) {
		char name[16];
		record_quantile_name(i, name);
		add_missing(&times->quantiles[i], name, &needed, &names);
	}
	if (names.length > 0 && times->is_warming)
		buf_add(out, "the run has not reached its steady state; simulate at least twice as long");
	else if (names.length > 0 && times->independent < 1)
		buf_add(out, "too few records to give an interval; simulate longer");
	else if (names.length > 0)
		buf_printf(out,
			   "too short for an interval of %s: what %zu records tell is worth %.0f independent ones; "
			   "simulate about %.0f times as long",
			   buf_text(&names), times->count, times->independent,
			   fmax(2, ceil(needed / times->independent)));
	buf_release(&names);
}
