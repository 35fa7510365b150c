#include "report/held_out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/summary.h"

static const double INSIDE = 0.9;

/* Rows with a smaller relative error are arithmetic, not predictions: they do not make a band narrower. */
static const double EXACT = 1e-9;

/* A judged row of time or cost. */
struct row {
	size_t mechanism;
	size_t part;
	const char *function;
	double error;      /* measured over predicted, less 1 */
	double deviations; /* in units of its mechanism's error as other experiments tell it; NaN where none does */
};

struct rows {
	struct row *items;
	size_t count;
};

static bool ends_in(const char *text, const char *end)
{
	size_t length = strlen(text);
	return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

/* What is left of a time when most of it was taken off is a difference, whose error is not a time's. */
static bool is_of_time_or_cost(const struct claim *claim)
{
	return claim->kind == CLAIM_PREDICTED && claim->basis == CLAIM_MEASUREMENT && claim->less < claim->measured &&
	       (ends_in(claim->metric, "_seconds") || ends_in(claim->metric, "_usd"));
}

static bool is_same_experiment(const struct row *a, const struct row *b)
{
	return a->part == b->part && strcmp(a->function, b->function) == 0;
}

static size_t mechanism_of(struct held_out *out, const char *name)
{
	size_t i = 0;
	while (i < out->mechanism_count && strcmp(out->mechanisms[i].name, name) != 0)
		i++;
	if (i == out->mechanism_count)
		out->mechanisms[out->mechanism_count++] = (struct held_out_mechanism){.name = name};
	return i;
}

static void gather(const struct validation *validation, struct held_out *out, struct rows *rows)
{
	for (size_t part = 0; part < validation->part_count; part++) {
		const struct claims *claims = &validation->parts[part].claims;
		for (size_t i = 0; i < claims->count; i++) {
			const struct claim *claim = &claims->items[i];
			if (!is_of_time_or_cost(claim) || !(claim->predicted > 0))
				continue;
			rows->items[rows->count++] = (struct row){
				.mechanism = mechanism_of(out, claim->mechanism),
				.part = part,
				.function = claim->function,
				.error = claim->measured / claim->predicted - 1,
			};
		}
	}
}

/* Root mean square over a mechanism's rows, but for those of one experiment (NULL for none); NaN for no rows. */
static double error_without(const struct rows *rows, size_t mechanism, const struct row *without)
{
	double squares = 0;
	size_t count = 0;
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = &rows->items[i];
		if (row->mechanism != mechanism || (without && is_same_experiment(row, without)))
			continue;
		squares += row->error * row->error;
		count++;
	}
	return count > 0 ? sqrt(squares / (double)count) : (double)NAN;
}

/* Of rows that are not of the experiment; NaN for none. */
static double deviations_without(const struct rows *rows, const struct row *without, double *scratch)
{
	size_t count = 0;
	for (size_t i = 0; i < rows->count; i++)
		if (!isnan(rows->items[i].deviations) && !(without && is_same_experiment(&rows->items[i], without)))
			scratch[count++] = rows->items[i].deviations;
	if (count == 0)
		return (double)NAN;
	sample_quantiles_sort(scratch, count);
	double rank = ceil(INSIDE * (double)(count + 1));
	return scratch[rank > (double)count ? count - 1 : (size_t)rank - 1];
}

static double percent(double error)
{
	return error > EXACT ? 100 * error : 0;
}

void held_out_evaluate(const struct validation *validation, struct arena *arena, struct held_out *out)
{
	struct rows rows = {.items = ARENA_ARRAY(arena, struct row, validation->row_count)};
	double *scratch = ARENA_ARRAY(arena, double, validation->row_count);
	*out = (struct held_out){.mechanisms = ARENA_ARRAY(arena, struct held_out_mechanism, validation->row_count)};
	gather(validation, out, &rows);
	for (size_t i = 0; i < out->mechanism_count; i++)
		out->mechanisms[i].error_percent = percent(error_without(&rows, i, NULL));
	for (size_t i = 0; i < rows.count; i++) {
		struct row *row = &rows.items[i];
		double error = error_without(&rows, row->mechanism, row);
		row->deviations = error > EXACT ? fabs(row->error) / error : (double)NAN;
	}
	out->deviations = deviations_without(&rows, NULL, scratch);
	for (size_t i = 0; i < rows.count; i++) {
		const struct row *row = &rows.items[i];
		struct held_out_mechanism *mechanism = &out->mechanisms[row->mechanism];
		double band = deviations_without(&rows, row, scratch);
		bool is_held = !isnan(row->deviations) && !isnan(band);
		bool is_inside = is_held && row->deviations <= band;
		mechanism->rows++;
		mechanism->held += is_held;
		mechanism->inside += is_inside;
		out->held += is_held;
		out->inside += is_inside;
	}
}

void held_out_write(const struct held_out *held_out, struct buf *out)
{
	buf_printf(out,
		   "# Errors by mechanism, written by `lamina validate --errors`: measured over predicted, less 1, "
		   "root mean\n"
		   "# square over rows that took no part in fitting. Of %zu rows that were held out with their "
		   "experiment,\n"
		   "# %zu are within nine tenths' bands. Sources: the experiments in configs/validation.\n",
		   held_out->held, held_out->inside);
	buf_printf(out, "deviations: %.3g\nmechanisms:\n", held_out->deviations);
	for (size_t i = 0; i < held_out->mechanism_count; i++)
		buf_printf(out, "  - {name: \"%s\", rows: %zu, error_percent: %.3g}\n", held_out->mechanisms[i].name,
			   held_out->mechanisms[i].rows, held_out->mechanisms[i].error_percent);
}
