/* The answer in words, and the table of all points that it rests on. */
#include <math.h>
#include <string.h>

#include "report/advice.h"
#include "report/page_parts.h"

/* --- the answer ----------------------------------------------------------------------------------------------- */

static void write_setting(struct page_state *state, size_t point, struct buf *out)
{
	if (!state->page->names) {
		html_text(out, figure_keys_label(&state->keys, point, NULL, NULL));
		return;
	}
	/* Of few points one key may tell another by chance; a plan is all of them. */
	for (size_t i = 0; i < state->keys.count; i++) {
		const struct figure_key *key = &state->keys.keys[i];
		const char *text = swept_value_text(figure_key_value(&state->keys, key, point), &state->arena);
		html_printf(out, "%s%s: %s", i > 0 ? "; " : "", key->title, text[0] ? text : "-");
	}
}

static void write_band(const struct page_figure *figure, const char *unit, struct buf *out)
{
	char low[HTML_NUMBER_BYTES];
	char high[HTML_NUMBER_BYTES];
	if (figure->has_band)
		buf_printf(out, "<span class=\"range\">90 %% of single runs %s to %s %s</span>",
			   html_number(figure->band.low, low), html_number(figure->band.high, high), unit);
}

static void write_card(struct page_state *state, enum page_choice choice, struct buf *out)
{
	size_t index = (size_t)state->chosen[choice];
	const struct page_point *point = &state->points[index];
	const struct page_figure *first = choice == CHOICE_FASTEST ? &point->time : &point->cost;
	const struct page_figure *second = choice == CHOICE_FASTEST ? &point->cost : &point->time;
	bool is_time_first = choice == CHOICE_FASTEST;
	buf_printf(out, "<article class=\"card\" data-p=\"%zu\">\n<h3>", index);
	if (state->count > 1) {
		buf_add(out, "<b>");
		buf_add(out, page_choice_words(state, choice));
		buf_add(out, "</b> ");
	}
	html_text(out, page_point_name(state, index));
	buf_add(out, "</h3>\n<p class=\"big\">");
	page_write_quantity(first->mean, is_time_first ? "s" : "USD", out);
	buf_add(out, "</p>\n<p>");
	write_band(first, is_time_first ? "s" : "USD", out);
	buf_add(out, "</p>\n<p class=\"second\">");
	page_write_quantity(second->mean, is_time_first ? "USD" : "s", out);
	buf_add(out, "</p>\n<p>");
	write_band(second, is_time_first ? "USD" : "s", out);
	buf_add(out, "</p>\n<p class=\"setting\">");
	write_setting(state, index, out);
	buf_add(out, "</p>\n</article>\n");
}

static double percent_of(double now, double before)
{
	return before > 0 ? 100 * (now / before - 1) : 0;
}

/* "43 % less time", "1.2 % higher cost" */
static void write_change(double percent, const char *less, const char *more, struct buf *out)
{
	buf_printf(out, "%.3g %% %s", fabs(percent), percent < 0 ? less : more);
}

static void say_trade(struct page_state *state, struct buf *out)
{
	const struct page_point *cheap = &state->points[state->chosen[CHOICE_CHEAPEST]];
	const struct page_point *fast = &state->points[state->chosen[CHOICE_FASTEST]];
	if (state->count < 2)
		return;
	buf_add(out, "<li>");
	if (cheap == fast) {
		buf_add(out, "Both cheapest and fastest is ");
		html_text(out, page_point_name(state, (size_t)state->chosen[CHOICE_CHEAPEST]));
		buf_add(out, ": there is nothing to weigh.</li>\n");
		return;
	}
	buf_add(out, "From the cheapest to the fastest there is ");
	write_change(percent_of(fast->time_each.mean, cheap->time_each.mean), "less time", "more time", out);
	buf_add(out, " for ");
	write_change(percent_of(fast->cost_each.mean, cheap->cost_each.mean), "less money", "more money", out);
	const struct page_point *middle = &state->points[state->chosen[CHOICE_BALANCED]];
	if (middle != cheap && middle != fast) {
		buf_add(out, "; to the balanced one, ");
		write_change(percent_of(middle->time_each.mean, cheap->time_each.mean), "less time", "more time", out);
		buf_add(out, " for ");
		write_change(percent_of(middle->cost_each.mean, cheap->cost_each.mean), "less money", "more money",
			     out);
	}
	buf_add(out, ".</li>\n");
}

enum { NAMED_MAX = 6 };

/* Points that may be as good: each is inside the other's band. */
static void say_toss_ups(struct page_state *state, enum page_choice choice, const char *better, struct buf *out)
{
	size_t chosen = (size_t)state->chosen[choice];
	size_t count = 0;
	struct buf names;
	buf_init(&names);
	for (size_t i = 0; i < state->count; i++) {
		bool is_cost = choice == CHOICE_CHEAPEST;
		const struct page_figure *own =
			is_cost ? &state->points[chosen].cost_each : &state->points[chosen].time_each;
		const struct page_figure *other = is_cost ? &state->points[i].cost_each : &state->points[i].time_each;
		if (i == chosen || !page_takes_part(state, i) || !own->has_band || !other->has_band ||
		    !trust_is_toss_up(&own->band, own->mean, &other->band, other->mean))
			continue;
		if (count++ >= NAMED_MAX)
			continue;
		buf_printf(&names, "%s<span data-p=\"%zu\">", count > 1 ? ", " : "", i);
		html_text(&names, page_point_name(state, i));
		buf_add(&names, "</span>");
	}
	if (count > 0) {
		buf_add(out, "<li class=\"toss-up\"><b>A toss-up:</b> nobody can say whether ");
		html_text(out, page_point_name(state, chosen));
		buf_printf(out, " is %s than ", better);
		buf_add(out, buf_text(&names));
		if (count > NAMED_MAX)
			buf_printf(out, " and %zu more", count - NAMED_MAX);
		buf_add(out, "; each lies inside the other's band.</li>\n");
	}
	buf_release(&names);
}

static void say_failing(struct page_state *state, struct buf *out)
{
	size_t count = 0;
	size_t first = 0;
	for (size_t i = state->count; i-- > 0;) {
		count += !state->points[i].works;
		first = state->points[i].works ? first : i;
	}
	if (count == 0)
		return;
	if (count == 1) {
		buf_add(out, "<li>At ");
		html_text(out, page_point_name(state, first));
	} else {
		buf_printf(out, "<li>At %zu points, ", count);
		html_text(out, page_point_name(state, first));
		buf_add(out, " the first of them,");
	}
	buf_add(out, " records fail or a bound stops the simulation; what does not work takes no part in this.</li>\n");
}

/* Names the points that are faster or cheaper than the chosen ones, but do not keep what was asked for. */
static void say_not_allowed(struct page_state *state, struct buf *out)
{
	size_t count = 0;
	struct buf names;
	buf_init(&names);
	for (size_t i = 0; i < state->count; i++) {
		if (state->points[i].is_allowed)
			continue;
		buf_printf(&names, "%s<span data-p=\"%zu\">", count++ > 0 ? "; " : "", i);
		html_text(&names, page_point_name(state, i));
		buf_add(&names, "</span>");
	}
	if (count > 0) {
		buf_add(out, "<li><b>Not allowed</b>, for not keeping what was asked for: ");
		buf_add(out, buf_text(&names));
		buf_add(out, ". What is not allowed is in the table and takes no part in this.</li>\n");
	}
	buf_release(&names);
}

static bool has_advice(const struct run_job *job)
{
	for (size_t f = 0; f < job->result.function_count; f++)
		for (int cause = 0; cause < CAUSES; cause++)
			if (advice_is_due(job, f, (enum cause)cause))
				return true;
	return false;
}

static void write_advice(struct page_state *state, struct buf *out)
{
	const struct page *page = state->page;
	size_t point = (size_t)page_focus(state);
	struct run_job job;
	struct buf text;
	if (!page->resolve || !page->resolve(page->resolve_context, point, &state->arena, &job) || !has_advice(&job))
		return;
	buf_init(&text);
	buf_add(out, "<h3>What would help: ");
	html_text(out, page_point_name(state, point));
	buf_add(out, "</h3>\n<ul>\n");
	for (size_t f = 0; f < job.result.function_count; f++) {
		for (int cause = 0; cause < CAUSES; cause++) {
			if (!advice_is_due(&job, f, (enum cause)cause))
				continue;
			buf_clear(&text);
			advice_write(&job, f, (enum cause)cause, &text);
			buf_add(out, "<li>");
			html_text(out, buf_text(&text));
			buf_add(out, "</li>\n");
		}
	}
	buf_add(out, "</ul>\n");
	buf_release(&text);
}

static void write_words(const struct page *page, struct buf *out)
{
	if (!page->words || page->words[0] == '\0')
		return;
	buf_add(out, "<details open>\n<summary>In the planner's words</summary>\n<pre class=\"words\"><code>");
	html_text(out, page->words);
	buf_add(out, "</code></pre>\n</details>\n");
}

void page_write_answer(struct page_state *state, struct buf *out)
{
	buf_add(out, "<section id=\"answer\">\n<h2>The answer</h2>\n");
	if (state->chosen[CHOICE_CHEAPEST] == PAGE_NONE) {
		buf_add(out, "<p class=\"doubt\">None: ");
		buf_add(out, state->count == 0      ? "there are no results.</p>\n</section>\n"
			     : state->page->allowed ? "nothing keeps what was asked for.</p>\n</section>\n"
						    : "wherever there are results, records fail or a bound stops the "
						      "simulation.</p>\n</section>\n");
		return;
	}
	buf_add(out, "<div class=\"cards\">\n");
	for (int choice = 0; choice < CHOICES; choice++)
		if (!page_is_chosen_before(state, (enum page_choice)choice))
			write_card(state, (enum page_choice)choice, out);
	buf_add(out, "</div>\n");
	if (state->count > 1)
		buf_add(out, "<p class=\"hint\">Balanced: the least of cost over the fastest's cost plus time over the "
			     "cheapest's time.</p>\n");
	if (state->chosen[CHOICE_RECOMMENDED] != PAGE_NONE)
		buf_add(out,
			"<p class=\"hint\">These cards are of the plans in the table below, which stand beside the "
			"recommended one; others may be faster or cheaper still (lamina plan --strategy).</p>\n");
	if (state->is_by_image)
		buf_add(out,
			"<p class=\"hint\">These points do different amounts of work, and are compared by the image; "
			"figures are of whole runs.</p>\n");
	buf_add(out, "<ul>\n");
	say_trade(state, out);
	say_toss_ups(state, CHOICE_CHEAPEST, "cheaper", out);
	say_toss_ups(state, CHOICE_FASTEST, "faster", out);
	say_not_allowed(state, out);
	say_failing(state, out);
	buf_add(out, "</ul>\n");
	write_words(state->page, out);
	write_advice(state, out);
	buf_add(out, "</section>\n");
}

/* --- the table ------------------------------------------------------------------------------------------------ */

/* Figures beside time and cost, where there are any. */
static const struct {
	enum metric_id metric;
	const char *heading;
} other_columns[] = {
	{METRIC_RECORD_P95_SECONDS, "P95 of a request, s"},
	{METRIC_QUEUE_SECONDS, "wait in the queue, s"},
	{METRIC_MESSAGES_PER_BATCH, "messages a batch"},
	{METRIC_COLD_STARTS, "cold starts"},
	{METRIC_THROTTLES, "throttled calls"},
	{METRIC_QUEUED_MESSAGES, "left in the queue"},
	{METRIC_DEAD_LETTERS, "dead letters"},
	{METRIC_GATEWAY_TIMEOUTS, "gateway timeouts"},
	{METRIC_FAILED_RECORDS, "failed records"},
};

static bool is_shown(const struct page_state *state, enum metric_id metric)
{
	if (metric == METRIC_RECORD_P95_SECONDS)
		return !state->page->data->is_batch;
	for (size_t i = 0; i < state->count; i++)
		if (run_result_metric(&state->page->data->points[i].result, metric)->mean > 0)
			return true;
	return false;
}

static void write_heading(const char *text, struct buf *out)
{
	buf_add(out, "<th scope=\"col\" aria-sort=\"none\"><button type=\"button\">");
	html_text(out, text);
	buf_add(out, "</button></th>\n");
}

static void write_headings(struct page_state *state, struct buf *out)
{
	buf_add(out, "<thead><tr>\n");
	write_heading(state->page->names ? "plan" : "point", out);
	if (state->page->allowed)
		write_heading("allowed", out);
	for (size_t i = 0; i < state->keys.count; i++)
		write_heading(state->keys.keys[i].title, out);
	write_heading(arena_printf(&state->arena, "%s, s", page_time_words(state)), out);
	if (state->page->trust && state->page->bases)
		write_heading("90 % of runs, s", out);
	write_heading("cost of a run, USD", out);
	if (state->page->trust && state->page->bases)
		write_heading("90 % of runs, USD", out);
	for (size_t i = 0; i < ARRAY_LEN(other_columns); i++)
		if (is_shown(state, other_columns[i].metric))
			write_heading(other_columns[i].heading, out);
	buf_add(out, "</tr></thead>\n");
}

static void write_number_cell(double value, double half_width, struct buf *out)
{
	char exact[NUM_TEXT_BYTES];
	char text[HTML_NUMBER_BYTES];
	buf_printf(out, "<td data-v=\"%s\">%s", isnan(value) ? "" : num_format_double(value, exact),
		   html_number(value, text));
	if (half_width > 0 && isfinite(half_width))
		buf_printf(out, " <small>\xc2\xb1 %s</small>", html_number(num_rounded(half_width, 2), text));
	buf_add(out, "</td>");
}

static void write_band_cell(const struct page_figure *figure, struct buf *out)
{
	char exact[NUM_TEXT_BYTES];
	char low[HTML_NUMBER_BYTES];
	char high[HTML_NUMBER_BYTES];
	if (!figure->has_band)
		buf_add(out, "<td></td>");
	else
		buf_printf(out, "<td data-v=\"%s\">%s to %s</td>", num_format_double(figure->band.low, exact),
			   html_number(figure->band.low, low), html_number(figure->band.high, high));
}

static void write_value_cell(struct page_state *state, const struct figure_key *key, size_t point, struct buf *out)
{
	const struct swept_value *value = figure_key_value(&state->keys, key, point);
	const char *text = swept_value_text(value, &state->arena);
	double number = swept_value_number(value);
	if (!isnan(number)) {
		write_number_cell(number, 0, out);
		return;
	}
	buf_add(out, "<td class=\"text\"><bdi>");
	html_text(out, text[0] ? text : "-");
	buf_add(out, "</bdi></td>");
}

static void write_row(struct page_state *state, size_t index, struct buf *out)
{
	const struct page *page = state->page;
	const struct page_point *point = &state->points[index];
	const struct figure_point *of = &page->data->points[index];
	bool has_bands = page->trust && page->bases;
	buf_printf(out, "<tr data-p=\"%zu\"%s><th scope=\"row\" data-v=\"%lld\">", index,
		   !point->works        ? " class=\"failing\""
		   : !point->is_allowed ? " class=\"barred\""
					: "",
		   (long long)of->ordinal + 1);
	if (page->names)
		html_text(out, page->names[index]);
	else
		buf_printf(out, "%lld", (long long)of->ordinal + 1);
	buf_add(out, "</th>");
	if (page->allowed)
		buf_printf(out, "<td class=\"text allowed\">%s</td>", point->is_allowed ? "yes" : "no");
	for (size_t i = 0; i < state->keys.count; i++)
		write_value_cell(state, &state->keys.keys[i], index, out);
	write_number_cell(point->time.mean, point->time.half_width, out);
	if (has_bands)
		write_band_cell(&point->time, out);
	write_number_cell(point->cost.mean, point->cost.half_width, out);
	if (has_bands)
		write_band_cell(&point->cost, out);
	for (size_t i = 0; i < ARRAY_LEN(other_columns); i++)
		if (is_shown(state, other_columns[i].metric))
			write_number_cell(run_result_metric(&of->result, other_columns[i].metric)->mean, 0, out);
	buf_add(out, "</tr>\n");
}

void page_write_table(struct page_state *state, struct buf *out)
{
	if (state->count == 0)
		return;
	const char *what = state->page->names ? "plans" : "points";
	buf_printf(out,
		   "<section id=\"table\">\n<h2>All %s</h2>\n<p>\xc2\xb1 is half of the mean's 95 %% interval over "
		   "replications. A heading sorts.</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
		   "aria-label=\"All %s\">\n<table id=\"points\">\n",
		   what, what);
	write_headings(state, out);
	buf_add(out, "<tbody>\n");
	for (size_t i = 0; i < state->count; i++)
		write_row(state, i, out);
	buf_add(out, "</tbody>\n</table>\n</div>\n</section>\n");
}
