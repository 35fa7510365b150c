#include "report/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "page_assets.h"
#include "report/page_parts.h"

const char *const page_choice_names[CHOICES] = {
	[CHOICE_RECOMMENDED] = "recommended",
	[CHOICE_CHEAPEST] = "cheapest",
	[CHOICE_FASTEST] = "fastest",
	[CHOICE_BALANCED] = "balanced",
};

/* --- what is known of the points ------------------------------------------------------------------------------ */

static struct page_figure figure_of(const struct estimate *estimate)
{
	return (struct page_figure){.mean = estimate->mean, .half_width = estimate->half_width};
}

static void add_bands(struct page_state *state, size_t index)
{
	const struct page *page = state->page;
	const struct trust_basis *basis = page->bases ? &page->bases[index] : NULL;
	const struct run_result *result = &page->data->points[index].result;
	struct page_point *point = &state->points[index];
	if (!basis || !page->trust)
		return;
	const struct estimate *time = run_result_metric(result, state->time);
	const struct estimate *cost = run_result_metric(result, METRIC_COST_USD);
	point->time.band =
		trust_band_of_time(page->trust, basis, result, trust_spread_of_estimate(time, result->replications));
	point->cost.band =
		trust_band_of_cost(page->trust, basis, result, trust_spread_of_estimate(cost, result->replications));
	point->time.has_band = point->cost.has_band = true;
}

static void add_point(struct page_state *state, size_t index)
{
	const struct run_result *result = &state->page->data->points[index].result;
	struct page_point *point = &state->points[index];
	point->time = figure_of(run_result_metric(result, state->time));
	point->cost = figure_of(run_result_metric(result, METRIC_COST_USD));
	point->works = result->end == OUTCOME_COMPLETE && run_result_lost_records(result) == 0;
	point->is_allowed = !state->page->allowed || state->page->allowed[index];
	add_bands(state, index);
}

bool page_takes_part(const struct page_state *state, size_t point)
{
	return state->points[point].works && state->points[point].is_allowed;
}

static double images_of(const struct run_result *result)
{
	return run_result_metric(result, METRIC_IMAGES_PER_SECOND)->mean *
	       run_result_metric(result, METRIC_MAKESPAN_SECONDS)->mean;
}

static struct page_figure divided(struct page_figure figure, double by)
{
	figure.mean /= by;
	figure.half_width /= by;
	figure.band.low /= by;
	figure.band.high /= by;
	return figure;
}

/*
 * A point that processes fewer images is not cheaper for that: where their numbers differ, points are compared by the
 * image.
 */
static void compare_work(struct page_state *state)
{
	static const double SAME_WORK = 1.05;
	double least = HUGE_VAL;
	double most = 0;
	for (size_t i = 0; i < state->count; i++) {
		double images = images_of(&state->page->data->points[i].result);
		if (!state->points[i].works || !(images > 0))
			continue;
		least = fmin(least, images);
		most = fmax(most, images);
	}
	state->is_by_image = most > SAME_WORK * least;
	for (size_t i = 0; i < state->count; i++) {
		struct page_point *point = &state->points[i];
		double images = images_of(&state->page->data->points[i].result);
		bool is_divided = state->is_by_image && images > 0;
		point->cost_each = is_divided ? divided(point->cost, images) : point->cost;
		point->time_each =
			is_divided && state->page->data->is_batch ? divided(point->time, images) : point->time;
	}
}

static double ratio(double part, double whole)
{
	return whole > 0 ? part / whole : 0;
}

/* How bad the point is as a choice: less is better, then less of the other figure. */
static double rank(const struct page_state *state, size_t index, enum page_choice choice)
{
	const struct page_point *point = &state->points[index];
	if (choice == CHOICE_CHEAPEST)
		return point->cost_each.mean;
	if (choice == CHOICE_FASTEST)
		return point->time_each.mean;
	const struct page_point *cheapest = &state->points[state->chosen[CHOICE_CHEAPEST]];
	const struct page_point *fastest = &state->points[state->chosen[CHOICE_FASTEST]];
	return ratio(point->cost_each.mean, fastest->cost_each.mean) +
	       ratio(point->time_each.mean, cheapest->time_each.mean);
}

static void choose(struct page_state *state, enum page_choice choice)
{
	double best = HUGE_VAL;
	double best_other = HUGE_VAL;
	state->chosen[choice] = PAGE_NONE;
	for (size_t i = 0; i < state->count; i++) {
		if (!page_takes_part(state, i))
			continue;
		double value = rank(state, i, choice);
		double other =
			choice == CHOICE_FASTEST ? state->points[i].cost_each.mean : state->points[i].time_each.mean;
		if (value > best || (value == best && other >= best_other))
			continue;
		best = value;
		best_other = other;
		state->chosen[choice] = (int64_t)i;
	}
}

struct rival {
	double seconds;
	double usd;
	size_t index;
};

static int compare_rivals(const void *a, const void *b)
{
	const struct rival *x = a;
	const struct rival *y = b;
	if (x->seconds != y->seconds)
		return x->seconds < y->seconds ? -1 : 1;
	if (x->usd != y->usd)
		return x->usd < y->usd ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static void find_front(struct page_state *state)
{
	struct rival *rivals = ARENA_ARRAY(&state->arena, struct rival, state->count);
	size_t count = 0;
	for (size_t i = 0; i < state->count; i++)
		if (page_takes_part(state, i))
			rivals[count++] =
				(struct rival){state->points[i].time_each.mean, state->points[i].cost_each.mean, i};
	qsort(rivals, count, sizeof rivals[0], compare_rivals);
	double least_usd = HUGE_VAL;
	for (size_t i = 0; i < count; i++) {
		state->points[rivals[i].index].is_front = rivals[i].usd < least_usd;
		least_usd = fmin(least_usd, rivals[i].usd);
	}
}

static void state_init(struct page_state *state, const struct page *page)
{
	*state = (struct page_state){
		.page = page,
		.time = page->data->is_batch ? METRIC_MAKESPAN_SECONDS : METRIC_RECORD_SECONDS,
		.count = page->data->point_count,
	};
	arena_init(&state->arena);
	figure_keys_init(&state->keys, page->data);
	state->points = ARENA_ARRAY(&state->arena, struct page_point, state->count);
	for (size_t i = 0; i < state->count; i++)
		add_point(state, i);
	compare_work(state);
	state->chosen[CHOICE_RECOMMENDED] = page->is_first_recommended && state->count > 0 ? 0 : PAGE_NONE;
	for (int choice = CHOICE_CHEAPEST; choice < CHOICES; choice++)
		choose(state, (enum page_choice)choice);
	find_front(state);
}

static void state_release(struct page_state *state)
{
	figure_keys_release(&state->keys);
	arena_release(&state->arena);
}

/* --- words ---------------------------------------------------------------------------------------------------- */

const char *page_point_name(struct page_state *state, size_t point)
{
	const struct page *page = state->page;
	if (page->names)
		return page->names[point];
	if (page->data->key_count == 0)
		return "this setting";
	return arena_printf(&state->arena, "point %lld", (long long)page->data->points[point].ordinal + 1);
}

const char *page_time_words(const struct page_state *state)
{
	return state->page->data->is_batch ? "time of a run" : "mean time of a request";
}

int64_t page_focus(const struct page_state *state)
{
	int64_t recommended = state->chosen[CHOICE_RECOMMENDED];
	return recommended != PAGE_NONE ? recommended : state->chosen[CHOICE_BALANCED];
}

bool page_is_chosen_before(const struct page_state *state, enum page_choice choice)
{
	if (state->chosen[choice] == PAGE_NONE)
		return true;
	for (int earlier = 0; earlier < (int)choice; earlier++)
		if (state->chosen[earlier] == state->chosen[choice])
			return true;
	return false;
}

const char *page_choice_words(struct page_state *state, enum page_choice choice)
{
	const char *words = page_choice_names[choice];
	for (int later = (int)choice + 1; later < CHOICES; later++)
		if (state->chosen[later] == state->chosen[choice])
			words = arena_printf(&state->arena, "%s, %s", words, page_choice_names[later]);
	return words;
}

void page_write_quantity(double value, const char *unit, struct buf *out)
{
	char text[HTML_NUMBER_BYTES];
	buf_printf(out, "%s %s", html_number(value, text), unit);
}

/* --- the page ------------------------------------------------------------------------------------------------- */

/* Whoever got markup past the escapes could still load nothing. */
static void write_head(const struct page *page, struct buf *out)
{
	buf_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		     "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
		     "<meta name=\"generator\" content=\"lamina ");
	html_text(out, page->version);
	buf_add(out, "\">\n<link rel=\"icon\" href=\"data:,\">\n<title>");
	html_printf(out, "%s: time and cost", page->data->name);
	buf_add(out, "</title>\n<style>\n");
	buf_add(out, page_css);
	buf_add(out, "</style>\n</head>\n<body>\n<main>\n");
}

static void write_title(const struct page *page, struct buf *out)
{
	buf_add(out, "<header>\n<h1><bdi>");
	html_text(out, page->data->name);
	buf_add(out, "</bdi></h1>\n<p class=\"subject\">");
	html_text(out, page->subject);
	buf_add(out, "</p>\n");
	if (page->doubt && page->doubt[0]) {
		buf_add(out, "<p class=\"doubt\" role=\"note\">");
		html_text(out, page->doubt);
		buf_add(out, "</p>\n");
	}
	buf_add(out, "</header>\n");
}

static void write_key(struct page_state *state, const struct figure_key *key, struct buf *out)
{
	const char *const ellipsis = "\xe2\x80\xa6";
	buf_add(out, "<li>");
	html_text(out, key->title);
	buf_add(out, " (");
	html_name(out, key->name);
	buf_add(out, "): ");
	for (size_t i = 0; i < key->count; i++) {
		if (key->count > 12 && i >= 5 && i + 2 < key->count) {
			buf_add(out, i == 5 ? ", " : "");
			buf_add(out, i == 5 ? ellipsis : "");
			continue;
		}
		const struct swept_value *value = figure_key_value(&state->keys, key, key->firsts[i]);
		const char *text = swept_value_text(value, &state->arena);
		buf_add(out, i > 0 ? ", <bdi>" : "<bdi>");
		html_text(out, text[0] ? text : "-");
		buf_add(out, "</bdi>");
	}
	buf_add(out, "</li>\n");
}

/* Keys of the sweep that have one value at all points. */
static void write_constants(struct page_state *state, struct buf *out)
{
	const struct figure_data *data = state->page->data;
	for (size_t i = 0; i < data->key_count; i++) {
		bool varies = false;
		for (size_t k = 0; k < state->keys.count; k++)
			varies = varies || state->keys.keys[k].index == i;
		if (varies || data->point_count == 0)
			continue;
		buf_add(out, "<li>");
		html_name(out, data->keys[i]);
		buf_add(out, " is <bdi>");
		html_text(out, swept_value_text(&data->points[0].values[i], &state->arena));
		buf_add(out, "</bdi> throughout</li>\n");
	}
}

static void write_question(struct page_state *state, struct buf *out)
{
	const struct figure_data *data = state->page->data;
	buf_add(out, "<section id=\"question\">\n<h2>The question</h2>\n<p>");
	if (state->page->question)
		html_text(out, state->page->question);
	else if (state->count > 1)
		buf_printf(out, "What do %s and cost become at these %zu settings, all of them on the same luck?",
			   page_time_words(state), state->count);
	else
		buf_printf(out, "What are %s and cost of this setting?", page_time_words(state));
	if (data->left_out > 0)
		buf_printf(out, " %lld more points of the sweep have no results: they failed or were not simulated.",
			   (long long)data->left_out);
	buf_add(out, "</p>\n");
	if (data->key_count > 0) {
		buf_add(out, "<ul>\n");
		for (size_t i = 0; i < state->keys.count; i++)
			write_key(state, &state->keys.keys[i], out);
		write_constants(state, out);
		buf_add(out, "</ul>\n");
	}
	buf_add(out, "</section>\n");
}

void page_write(const struct page *page, struct buf *out)
{
	struct page_state state;
	state_init(&state, page);
	write_head(page, out);
	write_title(page, out);
	write_question(&state, out);
	page_write_answer(&state, out);
	page_write_figures(&state, out);
	page_write_table(&state, out);
	page_write_bill(&state, out);
	page_write_functions(&state, out);
	page_write_steps(&state, out);
	page_write_errors(&state, out);
	page_write_sources(&state, out);
	page_write_origin(&state, out);
	buf_add(out, "</main>\n<div id=\"pointer\" role=\"status\" aria-live=\"polite\" hidden></div>\n<script>\n");
	buf_add(out, page_js);
	buf_add(out, "</script>\n</body>\n</html>\n");
	state_release(&state);
}
