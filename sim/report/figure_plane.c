/* Figures of points in a plane: of two swept keys (the heat map), of time and cost (the front). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/figure_axis.h"
#include "report/figure_keys.h"
#include "report/figure_rows.h"

/* --- heat map ---------------------------------------------------------------------------------------------------- */

/* MARKED: with more cells than that, numbers in them would overlap. */
enum { WIDE_MAX = 60, WIDE_MARKED_MAX = 16, HIGH_MAX = 40, BESIDE_WIDE_MAX = 6 };

/* Colours go from the least to the most, by ratios where these are large. */
static void set_colours(struct figure_sheet *sheet, const char *name, const double *values, size_t count,
			struct arena *arena)
{
	static const double log_from_ratio = 15;
	double low = INFINITY;
	double high = -INFINITY;
	for (size_t i = 0; i < count; i++) {
		low = fmin(low, values[i]);
		high = fmax(high, values[i]);
	}
	bool is_log = low > 0 && high / low >= log_from_ratio;
	struct figure_axis axis = {.name = "cb", .values = values, .count = count, .log_from_ratio = log_from_ratio};
	figure_set_axis_text(sheet, arena_printf(arena, "%s_axis", name), &axis);
	if (low == high) {
		low -= low != 0 ? fabs(low) / 2 : 1;
		high += high != 0 ? fabs(high) / 2 : 1;
	}
	figure_set_number(sheet, arena_printf(arena, "%s_low", name), low);
	figure_set_number(sheet, arena_printf(arena, "%s_high", name), high);
	figure_set_number(sheet, arena_printf(arena, "%s_log", name), is_log);
}

static bool find_axes(const struct figure_keys *keys, const struct figure_choice *choice, const struct figure_key **x,
		      const struct figure_key **y, struct buf *why)
{
	*y = choice->y ? figure_keys_find(keys, choice->y, why) : NULL;
	if (choice->y && !*y)
		return false;
	*x = choice->x ? figure_keys_find(keys, choice->x, why) : figure_keys_longest(keys, *y);
	if (!*x && choice->x)
		return false;
	if (*x && !*y)
		*y = figure_keys_longest(keys, *x);
	if (!*x || !*y)
		buf_add(why, "it takes two keys that vary independently");
	else if (*x == *y)
		buf_printf(why, "%s cannot be both of its axes", (*x)->name);
	else if ((*x)->count > WIDE_MAX || (*y)->count > HIGH_MAX)
		buf_printf(why, "%zu by %zu cells are too many: --only KEY=VALUE takes some", (*x)->count, (*y)->count);
	else
		return true;
	return false;
}

static void put_cells(struct figure_sheet *sheet, struct figure_keys *keys, const struct figure_key *x,
		      const struct figure_key *y, const struct figure_shown *shown)
{
	struct csv *csv = &sheet->csv;
	csv_text(csv, "point");
	csv_text(csv, x->name);
	csv_text(csv, y->name);
	csv_text(csv, "x_position");
	csv_text(csv, "y_position");
	figure_head_estimate(csv, shown->time, &keys->arena);
	figure_head_estimate(csv, shown->cost, &keys->arena);
	csv_end_row(csv);
	for (size_t i = 0; i < keys->data->point_count; i++) {
		const struct figure_point *point = &keys->data->points[i];
		csv_int(csv, point->ordinal + 1);
		figure_put_value(csv, &point->values[x->index], &keys->arena);
		figure_put_value(csv, &point->values[y->index], &keys->arena);
		csv_int(csv, (int64_t)figure_key_place(x, i));
		csv_int(csv, (int64_t)figure_key_place(y, i));
		figure_put_estimate(csv, &point->result.metrics[shown->time]);
		figure_put_estimate(csv, &point->result.metrics[shown->cost]);
		csv_end_row(csv);
	}
}

static bool fill_heat_map(struct figure_keys *keys, const struct figure_choice *choice, struct figure_sheet *sheet)
{
	const struct figure_data *data = keys->data;
	const struct figure_key *x;
	const struct figure_key *y;
	struct figure_shown shown;
	if (!find_axes(keys, choice, &x, &y, sheet->why))
		return false;
	for (size_t i = 0; i < data->point_count; i++) {
		if (strcmp(figure_keys_label(keys, i, x, y), figure_keys_label(keys, 0, x, y)) == 0)
			continue;
		buf_printf(sheet->why,
			   "a cell would hold several points, which differ in more than %s and %s (%s; %s): "
			   "--only KEY=VALUE takes some",
			   x->name, y->name, figure_keys_label(keys, 0, x, y), figure_keys_label(keys, i, x, y));
		return false;
	}
	if (!figure_shown_init(&shown, data, choice, sheet, &keys->arena))
		return false;
	figure_set_number(sheet, "wide", (double)x->count);
	figure_set_number(sheet, "high", (double)y->count);
	figure_set_number(sheet, "is_beside", x->count <= BESIDE_WIDE_MAX);
	figure_set_number(sheet, "labels", x->count <= WIDE_MARKED_MAX);
	figure_set_text(sheet, "x_title", x->title);
	figure_set_text(sheet, "y_title", y->title);
	figure_set_categories(sheet, "x", figure_key_texts(keys, x), x->count, 1, x->count <= BESIDE_WIDE_MAX ? 2 : 1);
	figure_set_categories(sheet, "y", figure_key_texts(keys, y), y->count, 1, 1);
	set_colours(sheet, "time", shown.times, data->point_count, &keys->arena);
	set_colours(sheet, "cost", shown.costs, data->point_count, &keys->arena);
	put_cells(sheet, keys, x, y, &shown);
	return true;
}

bool figure_fill_heat_map(const struct figure *figure, const struct figure_data *data,
			  const struct figure_choice *choice, struct figure_sheet *sheet)
{
	struct figure_keys keys;
	figure_keys_init(&keys, data);
	bool ok = fill_heat_map(&keys, choice, sheet);
	figure_keys_release(&keys);
	return ok;
}

/* --- front ------------------------------------------------------------------------------------------------------- */

/* So many of the front's points have their setting beside the picture, evenly along it. */
enum { MARKS_MAX = 8 };

struct priced {
	size_t point;
	double time;
	double cost;
	bool has_failed;
	bool is_on_front;
	size_t mark; /* 0: none */
};

static int compare_priced(const void *a, const void *b)
{
	const struct priced *left = a;
	const struct priced *right = b;
	if (left->time != right->time)
		return left->time < right->time ? -1 : 1;
	if (left->cost != right->cost)
		return left->cost < right->cost ? -1 : 1;
	return left->point < right->point ? -1 : left->point > right->point;
}

/* A run whose records failed may be fast and cheap, and is no answer. Returns how many are on the front. */
static size_t find_front(struct priced *points, size_t count)
{
	double least = INFINITY;
	size_t on_front = 0;
	for (size_t i = 0; i < count; i++) {
		points[i].is_on_front = !points[i].has_failed && points[i].cost < least;
		if (!points[i].is_on_front)
			continue;
		least = points[i].cost;
		on_front++;
	}
	return on_front;
}

/* Where a value lies on its axis, as a share of it. */
static double share_of_axis(double value, double low, double high)
{
	if (low == high)
		return 0;
	return figure_plane_is_log(low, high) ? log(value / low) / log(high / low) : (value - low) / (high - low);
}

/* Whether a number beside one would be printed over the other's. */
static bool lie_together(const struct priced *a, const struct priced *b, const struct priced *least,
			 const struct priced *most)
{
	static const double letter_wide = 0.03;
	static const double letter_high = 0.04;
	double along =
		share_of_axis(a->time, least->time, most->time) - share_of_axis(b->time, least->time, most->time);
	double up = share_of_axis(a->cost, least->cost, most->cost) - share_of_axis(b->cost, least->cost, most->cost);
	return fabs(along) < letter_wide && fabs(up) < letter_high;
}

/* Numbers the front's points that are told: evenly along it, one where several lie together. Returns how many are. */
static size_t mark_front(struct priced *points, size_t count, size_t on_front)
{
	size_t marks = on_front < MARKS_MAX ? on_front : MARKS_MAX;
	size_t passed = 0;
	size_t marked = 0;
	const struct priced *last = NULL;
	struct priced least = points[0];
	struct priced most = points[0];
	for (size_t i = 1; i < count; i++) {
		least = (struct priced){.time = fmin(least.time, points[i].time),
					.cost = fmin(least.cost, points[i].cost)};
		most = (struct priced){.time = fmax(most.time, points[i].time),
				       .cost = fmax(most.cost, points[i].cost)};
	}
	for (size_t i = 0; i < count && marked < marks; i++) {
		if (!points[i].is_on_front)
			continue;
		size_t next = marks > 1 ? marked * (on_front - 1) / (marks - 1) : 0;
		if (passed++ < next || (last && lie_together(last, &points[i], &least, &most)))
			continue;
		points[i].mark = ++marked;
		last = &points[i];
	}
	return marked;
}

static void put_front_rows(struct figure_sheet *sheet, struct figure_keys *keys, const struct priced *points,
			   const struct figure_shown *shown)
{
	struct csv *csv = &sheet->csv;
	csv_text(csv, "point");
	csv_text(csv, "setting");
	figure_head_estimate(csv, shown->time, &keys->arena);
	figure_head_estimate(csv, shown->cost, &keys->arena);
	csv_text(csv, outcome_metrics[METRIC_FAILED_RECORDS].name);
	csv_text(csv, "front");
	csv_text(csv, "mark");
	csv_end_row(csv);
	for (size_t i = 0; i < keys->data->point_count; i++) {
		const struct figure_point *point = &keys->data->points[points[i].point];
		csv_int(csv, point->ordinal + 1);
		figure_put_text(csv, figure_keys_label(keys, points[i].point, NULL, NULL));
		figure_put_estimate(csv, &point->result.metrics[shown->time]);
		figure_put_estimate(csv, &point->result.metrics[shown->cost]);
		csv_double(csv, point->result.metrics[METRIC_FAILED_RECORDS].mean);
		csv_int(csv, points[i].is_on_front);
		csv_int(csv, (int64_t)points[i].mark);
		csv_end_row(csv);
	}
}

static bool fill_front(struct figure_keys *keys, const struct figure_choice *choice, struct figure_sheet *sheet)
{
	const struct figure_data *data = keys->data;
	struct figure_shown shown;
	const char *texts[MARKS_MAX];
	if (data->point_count < 2) {
		buf_add(sheet->why, "it takes several points");
		return false;
	}
	if (!figure_shown_init(&shown, data, choice, sheet, &keys->arena))
		return false;
	struct priced *points = ARENA_ARRAY(&keys->arena, struct priced, data->point_count);
	double *times = ARENA_ARRAY(&keys->arena, double, data->point_count);
	double *costs = ARENA_ARRAY(&keys->arena, double, data->point_count);
	for (size_t i = 0; i < data->point_count; i++) {
		const struct run_result *result = &data->points[i].result;
		times[i] = result->metrics[shown.time].mean;
		costs[i] = result->metrics[shown.cost].mean;
		points[i] = (struct priced){
			.point = i,
			.time = times[i],
			.cost = costs[i],
			.has_failed = result->metrics[METRIC_FAILED_RECORDS].mean > 0,
		};
	}
	qsort(points, data->point_count, sizeof points[0], compare_priced);
	size_t on_front = find_front(points, data->point_count);
	if (on_front == 0) {
		buf_add(sheet->why, "records of every point failed");
		return false;
	}
	size_t marks = mark_front(points, data->point_count, on_front);
	for (size_t i = 0; i < data->point_count; i++)
		if (points[i].mark > 0)
			texts[points[i].mark - 1] = figure_keys_label(keys, points[i].point, NULL, NULL);
	size_t failed = 0;
	for (size_t i = 0; i < data->point_count; i++)
		failed += points[i].has_failed;
	figure_set_texts(sheet, "marks", texts, marks);
	figure_set_number(sheet, "failed", failed > 0);
	figure_set_number(sheet, "others", on_front + failed < data->point_count);
	figure_set_plane(sheet, shown.time, shown.cost, times, costs, data->point_count, &keys->arena);
	put_front_rows(sheet, keys, points, &shown);
	return true;
}

bool figure_fill_front(const struct figure *figure, const struct figure_data *data, const struct figure_choice *choice,
		       struct figure_sheet *sheet)
{
	struct figure_keys keys;
	figure_keys_init(&keys, data);
	bool ok = fill_front(&keys, choice, sheet);
	figure_keys_release(&keys);
	return ok;
}
