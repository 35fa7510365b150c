/* Figures along a swept key: time and cost, and the quantiles of a record's time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "report/figure_axis.h"
#include "report/figure_keys.h"
#include "report/figure_rows.h"

/* Memory sizes and numbers of jobs double. */
static const double log_x_from_ratio = 5;

/* The points in the order of their lines and, in these, along the key. */
struct place {
	size_t point;
	size_t line;
	double along;
};

static int compare_places(const void *a, const void *b)
{
	const struct place *left = a;
	const struct place *right = b;
	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	if (left->along != right->along)
		return left->along < right->along ? -1 : 1;
	return left->point < right->point ? -1 : left->point > right->point;
}

static struct place *places_along(const struct figure_keys *keys, const struct figure_key *x, const size_t *lines,
				  struct arena *arena)
{
	size_t count = keys->data->point_count;
	struct place *places = ARENA_ARRAY(arena, struct place, count);
	for (size_t i = 0; i < count; i++)
		places[i] = (struct place){i, lines[i],
					   x->is_ordered ? swept_value_number(figure_key_value(keys, x, i))
							 : (double)figure_key_place(x, i)};
	qsort(places, count, sizeof places[0], compare_places);
	return places;
}

/* The axis of the key: its values, or one place after the other. */
static void set_along(struct figure_sheet *sheet, struct figure_keys *keys, const struct figure_key *x,
		      struct arena *arena)
{
	figure_set_text(sheet, "along", x->is_ordered ? x->name : "position");
	figure_set_text(sheet, "along_title", x->title);
	figure_set_text(sheet, "style", x->is_ordered ? "linespoints" : "points");
	if (x->is_ordered) {
		double *values = ARENA_ARRAY(arena, double, x->count);
		for (size_t i = 0; i < x->count; i++)
			values[i] = swept_value_number(figure_key_value(keys, x, x->firsts[i]));
		figure_set_axis(sheet, &(struct figure_axis){.name = "x",
							     .values = values,
							     .count = x->count,
							     .has_marks_at_values = true,
							     .log_from_ratio = log_x_from_ratio});
		return;
	}
	buf_printf(&sheet->settings, "set xrange [0.5:%g]\n", (double)x->count + 0.5);
	figure_set_categories(sheet, "x", figure_key_texts(keys, x), x->count, 1, 1);
}

/* --- time and cost along a key ----------------------------------------------------------------------------------- */

static const struct figure_key *find_along(const struct figure *figure, const struct figure_choice *choice,
					   const struct figure_keys *keys, struct buf *why)
{
	const char *name = choice->x ? choice->x : figure->key;
	const struct figure_key *key = name ? figure_keys_find(keys, name, why) : figure_keys_longest(keys, NULL);
	if (!key && !name)
		buf_add(why, "no key varies between the points");
	return key;
}

static void put_curve_rows(struct figure_sheet *sheet, const struct figure_keys *keys, const struct figure_key *x,
			   const char *const *labels, const size_t *lines, const struct figure_shown *shown,
			   struct arena *arena)
{
	struct csv *csv = &sheet->csv;
	csv_text(csv, "point");
	csv_text(csv, "line");
	csv_text(csv, "series");
	csv_text(csv, x->name);
	csv_text(csv, "position");
	figure_head_estimate(csv, shown->time, arena);
	figure_head_estimate(csv, shown->cost, arena);
	csv_text(csv, outcome_metrics[METRIC_FAILED_RECORDS].name);
	csv_end_row(csv);
	const struct place *places = places_along(keys, x, lines, arena);
	for (size_t i = 0; i < keys->data->point_count; i++) {
		const struct figure_point *point = &keys->data->points[places[i].point];
		csv_int(csv, point->ordinal + 1);
		csv_int(csv, (int64_t)places[i].line + 1);
		figure_put_text(csv, labels[places[i].line]);
		figure_put_value(csv, &point->values[x->index], arena);
		csv_int(csv, (int64_t)figure_key_place(x, places[i].point));
		figure_put_estimate(csv, &point->result.metrics[shown->time]);
		figure_put_estimate(csv, &point->result.metrics[shown->cost]);
		csv_double(csv, point->result.metrics[METRIC_FAILED_RECORDS].mean);
		csv_end_row(csv);
	}
}

static bool fill_curve(struct figure_keys *keys, const struct figure *figure, const struct figure_choice *choice,
		       struct figure_sheet *sheet)
{
	const struct figure_data *data = keys->data;
	const char *labels[FIGURE_LINES_MAX];
	struct figure_shown shown;
	struct arena *arena = &keys->arena;
	size_t *lines = ARENA_ARRAY(arena, size_t, data->point_count);
	const struct figure_key *x = find_along(figure, choice, keys, sheet->why);
	size_t line_count = x ? figure_keys_lines(keys, x, NULL, labels, lines, sheet->why) : 0;
	if (line_count == 0 || !figure_shown_init(&shown, data, choice, sheet, arena))
		return false;
	figure_set_texts(sheet, "series", labels, line_count);
	figure_set_number(sheet, "bars",
			  figure_has_intervals(data, shown.time) || figure_has_intervals(data, shown.cost));
	figure_set_number(sheet, "failed", figure_has_failures(data));
	set_along(sheet, keys, x, arena);
	figure_set_value_axis(sheet, "time_axis", "y", shown.times, 2 * data->point_count);
	figure_set_value_axis(sheet, "cost_axis", line_count == 1 ? "y2" : "y", shown.costs, 2 * data->point_count);
	put_curve_rows(sheet, keys, x, labels, lines, &shown, arena);
	return true;
}

bool figure_fill_curve(const struct figure *figure, const struct figure_data *data, const struct figure_choice *choice,
		       struct figure_sheet *sheet)
{
	struct figure_keys keys;
	figure_keys_init(&keys, data);
	bool ok = fill_curve(&keys, figure, choice, sheet);
	figure_keys_release(&keys);
	return ok;
}

/* --- quantiles along a key --------------------------------------------------------------------------------------- */

static const enum metric_id quantile_metrics[] = {METRIC_RECORD_P50_SECONDS, METRIC_RECORD_P95_SECONDS,
						  METRIC_RECORD_P99_SECONDS};
enum { QUANTILES = ARRAY_LEN(quantile_metrics) };

static void put_quantile_rows(struct figure_sheet *sheet, struct figure_keys *keys, const struct figure_key *x,
			      const size_t *lines)
{
	struct csv *csv = &sheet->csv;
	csv_text(csv, "point");
	csv_text(csv, x->name);
	csv_text(csv, "position");
	for (size_t i = 0; i < QUANTILES; i++)
		figure_head_estimate(csv, quantile_metrics[i], &keys->arena);
	csv_end_row(csv);
	const struct place *places = places_along(keys, x, lines, &keys->arena);
	for (size_t i = 0; i < keys->data->point_count; i++) {
		const struct figure_point *point = &keys->data->points[places[i].point];
		csv_int(csv, point->ordinal + 1);
		figure_put_value(csv, &point->values[x->index], &keys->arena);
		csv_int(csv, (int64_t)figure_key_place(x, places[i].point));
		/* Where no record was completed there is no time of one. */
		static const struct estimate none = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
		bool has_times = point->result.metrics[METRIC_COMPLETED_RECORDS].mean > 0;
		for (size_t k = 0; k < QUANTILES; k++)
			figure_put_estimate(csv, has_times ? &point->result.metrics[quantile_metrics[k]] : &none);
		csv_end_row(csv);
	}
}

static bool fill_quantiles(struct figure_keys *keys, const struct figure *figure, const struct figure_choice *choice,
			   struct figure_sheet *sheet)
{
	const struct figure_data *data = keys->data;
	const char *names[QUANTILES];
	const char *labels[FIGURE_LINES_MAX];
	struct arena *arena = &keys->arena;
	size_t *lines = ARENA_ARRAY(arena, size_t, data->point_count);
	const struct figure_key *x = find_along(figure, choice, keys, sheet->why);
	if (!x || figure_keys_lines(keys, x, NULL, labels, lines, sheet->why) == 0)
		return false;
	for (size_t i = 0; i < data->point_count; i++) {
		if (lines[i] > 0) {
			buf_printf(sheet->why,
				   "it shows one line for each quantile, but points differ in more than %s: "
				   "--only KEY=VALUE takes some",
				   x->name);
			return false;
		}
	}
	double *all = ARENA_ARRAY(arena, double, QUANTILES * data->point_count);
	double most = 0;
	for (size_t i = 0; i < QUANTILES * data->point_count; i++) {
		all[i] = data->points[i / QUANTILES].result.metrics[quantile_metrics[i % QUANTILES]].mean;
		most = fmax(most, all[i]);
	}
	struct figure_unit unit = figure_unit_of(METRIC_RECORD_SECONDS, most, arena);
	for (size_t i = 0; i < QUANTILES * data->point_count; i++)
		all[i] *= unit.factor;
	for (size_t i = 0; i < QUANTILES; i++)
		names[i] = outcome_metrics[quantile_metrics[i]].name;
	figure_set_texts(sheet, "names", names, QUANTILES);
	figure_set_number(sheet, "time_factor", unit.factor);
	figure_set_text(sheet, "time_title", unit.title);
	figure_set_number(sheet, "bars", figure_has_intervals(data, quantile_metrics[0]));
	set_along(sheet, keys, x, arena);
	figure_set_value_axis(sheet, "time_axis", "y", all, QUANTILES * data->point_count);
	put_quantile_rows(sheet, keys, x, lines);
	return true;
}

bool figure_fill_quantiles(const struct figure *figure, const struct figure_data *data,
			   const struct figure_choice *choice, struct figure_sheet *sheet)
{
	struct figure_keys keys;
	figure_keys_init(&keys, data);
	bool ok = fill_quantiles(&keys, figure, choice, sheet);
	figure_keys_release(&keys);
	return ok;
}
