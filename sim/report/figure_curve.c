/* Figures along a swept key: time and cost, quantiles; the plane of two keys; the time-cost front. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "report/figure_axis.h"
#include "report/figure_keys.h"
#include "report/figure_rows.h"

/* Memory sizes and numbers of jobs double; a time of 30 times another leaves nothing of it to be seen. */
static const double log_x_from_ratio = 5;
static const double log_y_from_ratio = 30;

/* --- what is shown ----------------------------------------------------------------------------------------------- */

/* Two metrics, with their units on axes. */
struct shown {
	int time;
	int cost;
	struct figure_unit time_unit;
	struct figure_unit cost_unit;
	double *times; /* by point, in the axis's unit; then upper ends of intervals */
	double *costs;
};

static double *scaled(const struct figure_data *data, int metric, double factor, struct arena *arena)
{
	double *values = ARENA_ARRAY(arena, double, 2 * data->point_count);
	for (size_t i = 0; i < data->point_count; i++) {
		const struct estimate *estimate = &data->points[i].result.metrics[metric];
		values[i] = factor * estimate->mean;
		values[data->point_count + i] =
			factor * (estimate->mean + (isfinite(estimate->half_width) ? estimate->half_width : 0));
	}
	return values;
}

static double largest(const struct figure_data *data, int metric)
{
	double most = 0;
	for (size_t i = 0; i < data->point_count; i++)
		most = fmax(most, data->points[i].result.metrics[metric].mean);
	return most;
}

static bool shown_init(struct shown *shown, const struct figure_data *data, const struct figure_choice *choice,
		       struct figure_sheet *sheet, struct arena *arena)
{
	enum metric_id time = data->is_batch ? METRIC_MAKESPAN_SECONDS : METRIC_RECORD_SECONDS;
	shown->time = figure_metric(choice->time, time, sheet->why);
	shown->cost = figure_metric(choice->cost, METRIC_COST_USD, sheet->why);
	if (shown->time < 0 || shown->cost < 0)
		return false;
	shown->time_unit = figure_unit_of(shown->time, largest(data, shown->time), arena);
	shown->cost_unit = figure_unit_of(shown->cost, largest(data, shown->cost), arena);
	shown->times = scaled(data, shown->time, shown->time_unit.factor, arena);
	shown->costs = scaled(data, shown->cost, shown->cost_unit.factor, arena);
	figure_set_text(sheet, "time_name", outcome_metrics[shown->time].name);
	figure_set_text(sheet, "cost_name", outcome_metrics[shown->cost].name);
	figure_set_number(sheet, "time_factor", shown->time_unit.factor);
	figure_set_number(sheet, "cost_factor", shown->cost_unit.factor);
	figure_set_text(sheet, "time_title", shown->time_unit.title);
	figure_set_text(sheet, "cost_title", shown->cost_unit.title);
	return true;
}

static void head_estimate(struct csv *csv, int metric, struct arena *arena)
{
	csv_text(csv, outcome_metrics[metric].name);
	csv_text(csv, arena_printf(arena, "%s_half_width_95", outcome_metrics[metric].name));
}

static void put_estimate(struct csv *csv, const struct estimate *estimate)
{
	csv_double(csv, estimate->mean);
	csv_double(csv, estimate->half_width);
}

static void put_value(struct csv *csv, const struct swept_value *value, struct arena *arena)
{
	csv_text(csv, swept_value_text(value, arena));
}

static void set_value_axis(struct figure_sheet *sheet, const char *variable, const char *axis, const double *values,
			   size_t count)
{
	figure_set_axis_text(sheet, variable,
			     &(struct figure_axis){.name = axis,
						   .values = values,
						   .count = count,
						   .is_from_zero = true,
						   .log_from_ratio = log_y_from_ratio});
}

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
							 : (double)x->numbers[i] + 1};
	qsort(places, count, sizeof places[0], compare_places);
	return places;
}

/* The axis of the key: its values, or one place after the other. */
static void set_along(struct figure_sheet *sheet, const struct figure_keys *keys, const struct figure_key *x,
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
	const char **texts = ARENA_ARRAY(arena, const char *, x->count);
	for (size_t i = 0; i < x->count; i++)
		texts[i] = swept_value_text(figure_key_value(keys, x, x->firsts[i]), arena);
	buf_printf(&sheet->settings, "set xrange [0.5:%g]\n", (double)x->count + 0.5);
	figure_set_categories(sheet, "x", texts, x->count, 1);
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
			   const char *const *labels, const size_t *lines, const struct shown *shown,
			   struct arena *arena)
{
	struct csv *csv = &sheet->csv;
	csv_text(csv, "point");
	csv_text(csv, "line");
	csv_text(csv, "series");
	csv_text(csv, x->name);
	csv_text(csv, "position");
	head_estimate(csv, shown->time, arena);
	head_estimate(csv, shown->cost, arena);
	csv_end_row(csv);
	const struct place *places = places_along(keys, x, lines, arena);
	for (size_t i = 0; i < keys->data->point_count; i++) {
		const struct figure_point *point = &keys->data->points[places[i].point];
		csv_int(csv, point->ordinal + 1);
		csv_int(csv, (int64_t)places[i].line + 1);
		csv_text(csv, labels[places[i].line]);
		put_value(csv, &point->values[x->index], arena);
		csv_int(csv, (int64_t)x->numbers[places[i].point] + 1);
		put_estimate(csv, &point->result.metrics[shown->time]);
		put_estimate(csv, &point->result.metrics[shown->cost]);
		csv_end_row(csv);
	}
}

static bool has_intervals(const struct figure_data *data, int metric)
{
	for (size_t i = 0; i < data->point_count; i++)
		if (isfinite(data->points[i].result.metrics[metric].half_width))
			return true;
	return false;
}

static bool fill_curve(struct figure_keys *keys, const struct figure *figure, const struct figure_choice *choice,
		       struct figure_sheet *sheet)
{
	const struct figure_data *data = keys->data;
	const char *labels[FIGURE_LINES_MAX];
	struct shown shown;
	struct arena *arena = &keys->arena;
	size_t *lines = ARENA_ARRAY(arena, size_t, data->point_count);
	const struct figure_key *x = find_along(figure, choice, keys, sheet->why);
	size_t line_count = x ? figure_keys_lines(keys, x, NULL, labels, lines, sheet->why) : 0;
	if (line_count == 0 || !shown_init(&shown, data, choice, sheet, arena))
		return false;
	figure_set_texts(sheet, "series", labels, line_count);
	figure_set_number(sheet, "bars", has_intervals(data, shown.time) || has_intervals(data, shown.cost));
	set_along(sheet, keys, x, arena);
	set_value_axis(sheet, "time_axis", "y", shown.times, 2 * data->point_count);
	set_value_axis(sheet, "cost_axis", line_count == 1 ? "y2" : "y", shown.costs, 2 * data->point_count);
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
