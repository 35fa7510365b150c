/*
 * The figures of a page: time and cost against the swept key with the most values, each against the other, and what
 * both are made of, by point; of a single setting, by function.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/advice.h"
#include "report/chart.h"
#include "report/page_parts.h"

/* LINED_MAX: of more points, lines are not looked for; STACKED_MAX: so many have bars. */
enum { LINED_MAX = 3000, STACKED_MAX = 24 };

/* --- along a key ---------------------------------------------------------------------------------------------- */

struct along {
	const struct figure_key *key;
	const char *labels[FIGURE_LINES_MAX];
	size_t label_count;
	size_t *line_of_point;
	const char **x_names;
};

static bool along_init(struct along *along, struct page_state *state)
{
	*along = (struct along){.key = figure_keys_longest(&state->keys, NULL)};
	if (!along->key || (!along->key->is_ordered && along->key->count > CHART_NAMES_MAX))
		return false;
	struct buf why;
	buf_init(&why);
	along->line_of_point = ARENA_ARRAY(&state->arena, size_t, state->count);
	if (state->count <= LINED_MAX)
		along->label_count =
			figure_keys_lines(&state->keys, along->key, NULL, along->labels, along->line_of_point, &why);
	if (along->label_count == 0)
		memset(along->line_of_point, 0, state->count * sizeof along->line_of_point[0]);
	buf_release(&why);
	along->x_names = ARENA_ARRAY(&state->arena, const char *, along->key->count);
	for (size_t i = 0; i < along->key->count && !along->key->is_ordered; i++)
		along->x_names[i] = swept_value_text(figure_key_value(&state->keys, along->key, along->key->firsts[i]),
						     &state->arena);
	return true;
}

static int compare_x(const void *a, const void *b)
{
	const struct chart_point *x = a;
	const struct chart_point *y = b;
	if (x->x != y->x)
		return x->x < y->x ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static double position(const struct page_state *state, const struct along *along, size_t point)
{
	return along->key->is_ordered ? swept_value_number(figure_key_value(&state->keys, along->key, point))
				      : (double)along->key->numbers[point];
}

static void write_along(struct page_state *state, const struct along *along, bool is_cost, struct buf *out)
{
	struct chart_point *points = ARENA_ARRAY(&state->arena, struct chart_point, state->count);
	size_t count = 0;
	bool has_bands = false;
	for (size_t i = 0; i < state->count; i++) {
		if (!state->points[i].works)
			continue;
		const struct page_figure *figure = is_cost ? &state->points[i].cost : &state->points[i].time;
		bool is_banded = figure->has_band && along->label_count == 1;
		double half = isfinite(figure->half_width) ? figure->half_width : 0;
		points[count++] = (struct chart_point){
			.x = position(state, along, i),
			.y = figure->mean,
			.low = figure->mean - half,
			.high = figure->mean + half,
			.band_low = is_banded ? figure->band.low : (double)NAN,
			.band_high = is_banded ? figure->band.high : (double)NAN,
			.series = along->line_of_point[i],
			.number = i,
		};
		has_bands = has_bands || is_banded;
	}
	qsort(points, count, sizeof points[0], compare_x);
	const char *what = is_cost                       ? "Cost of a run"
			   : state->page->data->is_batch ? "Time of a run"
							 : "Time of a request";
	const struct chart chart = {
		.id = is_cost ? "cost-along" : "time-along",
		.title = arena_printf(&state->arena, "%s against %s", what, along->key->title),
		.explanation = has_bands ? "Shaded: where 90 % of single runs are. Bars: 95 % intervals of the means."
					 : "Bars: 95 % intervals of the means.",
		.x_title = along->key->title,
		.y_title = is_cost ? "USD" : "s",
		.points = points,
		.count = count,
		.series = along->label_count > 1 ? along->labels : NULL,
		.series_count = along->label_count > 0 ? along->label_count : 1,
		.x_names = along->key->is_ordered ? NULL : along->x_names,
		.x_name_count = along->key->count,
		.joins = along->label_count > 0 && along->key->is_ordered,
	};
	chart_write(&chart, out);
}

/* --- each against the other ------------------------------------------------------------------------------------ */

static const char *note_of(struct page_state *state, size_t point)
{
	for (int choice = 0; choice < CHOICES; choice++)
		if (state->chosen[choice] == (int64_t)point)
			return page_choice_words(state, (enum page_choice)choice);
	return NULL;
}

static void write_front(struct page_state *state, struct buf *out)
{
	struct chart_point *points = ARENA_ARRAY(&state->arena, struct chart_point, state->count);
	size_t count = 0;
	for (size_t i = 0; i < state->count; i++) {
		const struct page_point *point = &state->points[i];
		if (!point->works)
			continue;
		points[count++] = (struct chart_point){
			.x = point->time_each.mean,
			.y = point->cost_each.mean,
			.low = point->cost_each.mean,
			.high = point->cost_each.mean,
			.band_low = (double)NAN,
			.band_high = (double)NAN,
			.number = i,
			.is_weak = !point->is_front,
			.note = note_of(state, i),
		};
	}
	bool is_divided = state->is_by_image && state->page->data->is_batch;
	qsort(points, count, sizeof points[0], compare_x);
	const struct chart chart = {
		.id = "front",
		.title = "Cost against time",
		.explanation = state->page->allowed
				       ? "Joined: the front, whose plans no other that is allowed beats in both. "
					 "Hollow: all others, what is not allowed among them."
				       : "Joined: the front, whose points no other beats in both. Hollow: all others.",
		.x_title = arena_printf(&state->arena, "%s%s, s", page_time_words(state),
					is_divided ? ", by the image" : ""),
		.y_title = state->is_by_image ? "cost by the image, USD" : "cost of a run, USD",
		.points = points,
		.count = count,
		.series_count = 1,
		.joins = true,
		.is_stepped = true,
	};
	chart_write(&chart, out);
}

/* --- what they are made of -------------------------------------------------------------------------------------- */

/* Of a row by part: parts that come to nothing are left out, and the least of many make one. */
struct parts {
	double *values; /* by row and part */
	size_t row_count;
	size_t part_count;
	const char *const *names;
};

struct sum {
	double value;
	size_t part;
};

static int compare_sums(const void *a, const void *b)
{
	const struct sum *x = a;
	const struct sum *y = b;
	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return (x->part > y->part) - (x->part < y->part);
}

/* Largest parts first; a part below LEAST_SHARE of all is among the others. Returns how many parts are left. */
static size_t gather_parts(const struct parts *all, struct arena *arena, double **values, const char ***names)
{
	static const double LEAST_SHARE = 0.005;
	struct sum *sums = ARENA_ARRAY(arena, struct sum, all->part_count);
	double total = 0;
	for (size_t part = 0; part < all->part_count; part++) {
		sums[part].part = part;
		for (size_t row = 0; row < all->row_count; row++)
			sums[part].value += all->values[row * all->part_count + part];
		total += sums[part].value;
	}
	qsort(sums, all->part_count, sizeof sums[0], compare_sums);
	size_t own = 0;
	while (own < all->part_count && own < CHART_PARTS_MAX - 1 && sums[own].value > LEAST_SHARE * total)
		own++;
	bool has_rest = own < all->part_count && sums[own].value > 0;
	size_t count = own + has_rest;
	*names = ARENA_ARRAY(arena, const char *, count);
	*values = ARENA_ARRAY(arena, double, all->row_count *count);
	for (size_t i = 0; i < all->part_count; i++) {
		size_t to = i < own ? i : own;
		if (to < own)
			(*names)[to] = all->names[sums[i].part];
		else if (has_rest)
			(*names)[to] = "other";
		for (size_t row = 0; row < all->row_count && to < count; row++)
			(*values)[row * count + to] += all->values[row * all->part_count + sums[i].part];
	}
	return count;
}

struct stacked {
	const char *id;
	const char *title;
	const char *x_title;
	const char *unit;
};

static void write_stack(struct page_state *state, const struct stacked *of, const struct parts *all,
			struct stack_row *rows, const char *explanation, struct buf *out)
{
	double *values;
	const char **names;
	size_t count = gather_parts(all, &state->arena, &values, &names);
	if (count == 0)
		return;
	for (size_t row = 0; row < all->row_count; row++)
		rows[row].parts = &values[row * count];
	const struct stack stack = {
		.id = of->id,
		.title = of->title,
		.explanation = explanation,
		.x_title = of->x_title,
		.unit = of->unit,
		.rows = rows,
		.row_count = all->row_count,
		.parts = names,
		.part_count = count,
	};
	stack_write(&stack, out);
}

/* A batch waits for places most of its time, which would hide what its calls do. */
static void add_seconds(const struct run_result *result, double causes[CAUSES])
{
	for (size_t f = 0; f < result->function_count; f++)
		for (int cause = 0; cause < CAUSES; cause++)
			causes[cause] += cause == CAUSE_QUEUE ? 0 : result->functions[f].cause_seconds[cause];
}

static size_t working_count(const struct page_state *state)
{
	size_t count = 0;
	for (size_t i = 0; i < state->count; i++)
		count += state->points[i].works;
	return count;
}

/*
 * The points that get bars, returned by number: all; where they are too many, those of the front; of a long front, some
 * that are evenly spread.
 */
static size_t choose_rows(struct page_state *state, size_t rows[STACKED_MAX])
{
	bool is_all = working_count(state) <= STACKED_MAX;
	size_t *wanted = ARENA_ARRAY(&state->arena, size_t, state->count);
	size_t count = 0;
	for (size_t i = 0; i < state->count; i++)
		if (is_all ? state->points[i].works : state->points[i].is_front)
			wanted[count++] = i;
	size_t kept = min_size(count, STACKED_MAX);
	for (size_t i = 0; i < kept; i++)
		rows[i] = wanted[kept > 1 ? i * (count - 1) / (kept - 1) : 0];
	return kept;
}

static const char *row_name(struct page_state *state, size_t point)
{
	const struct page *page = state->page;
	const struct figure_key *key = state->keys.count == 1 ? &state->keys.keys[0] : NULL;
	if (page->names)
		return page->names[point];
	if (key)
		return swept_value_text(figure_key_value(&state->keys, key, point), &state->arena);
	return page_point_name(state, point);
}

static const char **bill_item_names(struct arena *arena)
{
	const char **names = ARENA_ARRAY(arena, const char *, BILL_ITEMS);
	for (int i = 0; i < BILL_ITEMS; i++)
		names[i] = bill_rows[i].name;
	return names;
}

/* The bill and a call's time of every point. */
static void write_stacks_of_points(struct page_state *state, struct buf *out)
{
	static const struct stacked bill = {"bill-parts", "What a run costs, by line of the bill", "USD a run", "USD"};
	static const struct stacked time = {"time-parts", "Where the time of a call goes", "s a call", "s"};
	size_t points[STACKED_MAX];
	struct stack_row rows[STACKED_MAX];
	size_t count = choose_rows(state, points);
	bool is_part = count < working_count(state);
	double *usd = ARENA_ARRAY(&state->arena, double, count *BILL_ITEMS);
	double *seconds = ARENA_ARRAY(&state->arena, double, count *CAUSES);
	for (size_t i = 0; i < count; i++) {
		const struct run_result *result = &state->page->data->points[points[i]].result;
		rows[i] =
			(struct stack_row){.name = row_name(state, points[i]), .has_point = true, .number = points[i]};
		for (int item = 0; item < BILL_ITEMS; item++)
			usd[i * BILL_ITEMS + (size_t)item] = result->bill.lines[item].usd;
		add_seconds(result, &seconds[i * CAUSES]);
	}
	const char **items = bill_item_names(&state->arena);
	write_stack(state, &bill, &(struct parts){usd, count, BILL_ITEMS, items}, rows,
		    is_part ? "Points of the front." : NULL, out);
	write_stack(state, &time, &(struct parts){seconds, count, CAUSES, cause_names}, rows,
		    is_part ? "Points of the front, all functions together; the wait for a place is left out."
			    : "All functions together; the wait for a place is left out.",
		    out);
}

/* Draws the bill and the time of a single setting, function by function. */
static void write_stacks_of_functions(struct page_state *state, struct buf *out)
{
	static const struct stacked bill = {"bill-parts", "What a run costs, by function and cause", "USD a run",
					    "USD"};
	static const struct stacked time = {"time-parts", "Where the time of a call goes", "s a call", "s"};
	const struct run_result *result = &state->page->data->points[0].result;
	size_t count = result->function_count;
	size_t payers = count + (workflow_usd(result) > 0);
	struct stack_row *rows = ARENA_ARRAY(&state->arena, struct stack_row, payers);
	double *usd = ARENA_ARRAY(&state->arena, double, payers *CAUSES);
	double *seconds = ARENA_ARRAY(&state->arena, double, count *CAUSES);
	for (size_t f = 0; f < count; f++) {
		rows[f] = (struct stack_row){.name = result->functions[f].name};
		memcpy(&usd[f * CAUSES], result->functions[f].cause_usd, sizeof result->functions[f].cause_usd);
		memcpy(&seconds[f * CAUSES], result->functions[f].cause_seconds,
		       sizeof result->functions[f].cause_seconds);
		seconds[f * CAUSES + CAUSE_QUEUE] = 0;
	}
	if (payers > count) {
		rows[count] = (struct stack_row){.name = "the workflow"};
		usd[count * CAUSES + CAUSE_INVOKING] = workflow_usd(result);
	}
	write_stack(state, &bill, &(struct parts){usd, payers, CAUSES, cause_names}, rows, NULL, out);
	write_stack(state, &time, &(struct parts){seconds, count, CAUSES, cause_names}, rows,
		    "The wait for a place is left out.", out);
}

void page_write_figures(struct page_state *state, struct buf *out)
{
	struct along along;
	size_t working = working_count(state);
	if (working == 0)
		return;
	buf_add(out, "<section id=\"figures\">\n<h2>Figures</h2>\n<p class=\"hint\">A mark shows its setting under the "
		     "pointer; with the keyboard, Tab goes to a figure and arrows from mark to mark.");
	if (working < state->count)
		buf_add(out, " Points that fail have no marks.");
	buf_add(out, "</p>\n<div class=\"figures\">\n");
	if (!state->page->names && along_init(&along, state)) {
		write_along(state, &along, false, out);
		write_along(state, &along, true, out);
	}
	if (state->count > 1) {
		write_front(state, out);
		write_stacks_of_points(state, out);
	} else {
		write_stacks_of_functions(state, out);
	}
	buf_add(out, "</div>\n</section>\n");
}
