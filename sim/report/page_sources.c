/* What the results rest on: the bill, the errors of the mechanisms, the files behind it all, and how to repeat it. */
#include <math.h>
#include <string.h>

#include "report/page_parts.h"
#include "scenario/platform_file.h"

/* --- the bill ------------------------------------------------------------------------------------------------- */

static void begin_table(const char *label, struct buf *out)
{
	buf_add(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
	html_text(out, label);
	buf_add(out, "\">\n<table>\n");
}

static void end_table(struct buf *out)
{
	buf_add(out, "</table>\n</div>\n");
}

static const struct bill *bill_of(const struct page_state *state, enum page_choice choice)
{
	return &state->page->data->points[state->chosen[choice]].result.bill;
}

static bool is_on_a_bill(const struct page_state *state, int item)
{
	for (int choice = 0; choice < CHOICES; choice++)
		if (state->chosen[choice] != PAGE_NONE &&
		    bill_of(state, (enum page_choice)choice)->lines[item].quantity > 0)
			return true;
	return false;
}

static void write_bill_cells(const struct bill *bill, double quantity, double usd, struct buf *out)
{
	char text[HTML_NUMBER_BYTES];
	buf_printf(out, "<td>%s</td>", isnan(quantity) ? "" : html_number(quantity, text));
	buf_printf(out, "<td>%s", html_number(usd, text));
	if (bill->total_usd > 0 && !isnan(quantity))
		buf_printf(out, " <small>%.3g %%</small>", 100 * usd / bill->total_usd);
	buf_add(out, "</td>");
}

static void write_bill_row(struct page_state *state, int item, struct buf *out)
{
	bool is_total = item == BILL_ITEMS;
	buf_printf(out, "<tr%s><th scope=\"row\">%s</th><td class=\"text\">%s</td>", is_total ? " class=\"total\"" : "",
		   is_total ? "total" : bill_rows[item].name, is_total ? "" : bill_rows[item].unit);
	for (int choice = 0; choice < CHOICES; choice++) {
		if (page_is_chosen_before(state, (enum page_choice)choice))
			continue;
		const struct bill *bill = bill_of(state, (enum page_choice)choice);
		if (is_total)
			write_bill_cells(bill, (double)NAN, bill->total_usd, out);
		else
			write_bill_cells(bill, bill->lines[item].quantity, bill->lines[item].usd, out);
	}
	buf_add(out, "</tr>\n");
}

static void write_left_out(struct page_state *state, size_t point, struct buf *out)
{
	const struct page *page = state->page;
	const char *names[SETTING_LEFT_OUT_MAX];
	struct run_job job;
	if (!page->resolve || !page->resolve(page->resolve_context, point, &state->arena, &job))
		return;
	size_t count = setting_left_out(job.setting, names);
	if (count == 0)
		return;
	buf_add(out, "<p>Not on it: ");
	for (size_t i = 0; i < count; i++)
		html_printf(out, "%s%s", i > 0 ? ", " : "", names[i]);
	buf_add(out, ".</p>\n");
}

void page_write_bill(struct page_state *state, struct buf *out)
{
	if (state->chosen[CHOICE_CHEAPEST] == PAGE_NONE)
		return;
	size_t cheapest = (size_t)state->chosen[CHOICE_CHEAPEST];
	const struct platform *platform = state->page->bases ? state->page->bases[cheapest].platform : NULL;
	buf_add(out, "<section id=\"bill\">\n<h2>The bill of a run</h2>\n");
	if (platform && (platform->region || platform->price_region[0])) {
		buf_add(out, "<p>At prices of ");
		html_text(out, platform->region ? platform->region : platform->price_region);
		buf_add(out, ".</p>\n");
	}
	begin_table("The bill of a run", out);
	buf_add(out, "<thead><tr><th scope=\"col\">item</th><th scope=\"col\" class=\"text\">unit</th>");
	for (int choice = 0; choice < CHOICES; choice++) {
		if (page_is_chosen_before(state, (enum page_choice)choice))
			continue;
		buf_add(out, "<th scope=\"col\">quantity</th><th scope=\"col\">USD");
		if (state->count > 1)
			buf_printf(out, ", %s", page_choice_words(state, (enum page_choice)choice));
		buf_add(out, "</th>");
	}
	buf_add(out, "</tr></thead>\n<tbody>\n");
	for (int item = 0; item <= BILL_ITEMS; item++)
		if (item == BILL_ITEMS || is_on_a_bill(state, item))
			write_bill_row(state, item, out);
	buf_add(out, "</tbody>\n");
	end_table(out);
	write_left_out(state, cheapest, out);
	buf_add(out, "</section>\n");
}

/* --- functions ------------------------------------------------------------------------------------------------ */

static const struct {
	enum function_metric_id metric;
	const char *heading;
} function_columns[] = {
	{FUNCTION_METRIC_INVOCATIONS, "calls"},
	{FUNCTION_METRIC_COLD_STARTS, "cold starts"},
	{FUNCTION_METRIC_INIT_MEAN_SECONDS, "cold start, s"},
	{FUNCTION_METRIC_DURATION_MEAN_SECONDS, "handler, s"},
	{FUNCTION_METRIC_BILLED_MEAN_SECONDS, "billed, s"},
	{FUNCTION_METRIC_GB_SECONDS, "GB-s"},
};

static void write_cell(double value, struct buf *out)
{
	char text[HTML_NUMBER_BYTES];
	buf_printf(out, "<td>%s</td>", html_number(value, text));
}

void page_write_functions(struct page_state *state, struct buf *out)
{
	int64_t chosen = page_focus(state) != PAGE_NONE ? page_focus(state) : 0;
	if (state->count == 0 || state->page->data->points[chosen].result.function_count == 0)
		return;
	const struct run_result *result = &state->page->data->points[chosen].result;
	buf_add(out, "<section id=\"functions\">\n<h2>Functions</h2>\n<p>Means of a call at ");
	html_text(out, page_point_name(state, (size_t)chosen));
	buf_add(out, "; calls, cold starts and GB-s are of a run.</p>\n");
	begin_table("Functions", out);
	buf_add(out,
		"<thead><tr><th scope=\"col\">function</th><th scope=\"col\">memory, MB</th><th scope=\"col\">needs, "
		"MB</th>");
	for (size_t i = 0; i < ARRAY_LEN(function_columns); i++)
		buf_printf(out, "<th scope=\"col\">%s</th>", function_columns[i].heading);
	buf_add(out, "</tr></thead>\n<tbody>\n");
	for (size_t f = 0; f < result->function_count; f++) {
		const struct function_result *function = &result->functions[f];
		buf_add(out, "<tr><th scope=\"row\">");
		html_name(out, function->name);
		buf_add(out, "</th>");
		write_cell((double)function->memory_mb, out);
		write_cell(ceil(function->peak_memory_mb), out);
		for (size_t i = 0; i < ARRAY_LEN(function_columns); i++)
			write_cell(function_result_metric(function, function_columns[i].metric)->mean, out);
		buf_add(out, "</tr>\n");
	}
	buf_add(out, "</tbody>\n");
	end_table(out);
	buf_add(out, "</section>\n");
}

/* --- steps ---------------------------------------------------------------------------------------------------- */

static const struct {
	enum step_metric_id metric;
	const char *heading;
} step_columns[] = {
	{STEP_METRIC_ENTERED, "entered"},
	{STEP_METRIC_FAILED, "failed"},
	{STEP_METRIC_MEAN_SECONDS, "time, s"},
	{STEP_METRIC_CRITICAL_SECONDS, "on the critical path, s"},
	{STEP_METRIC_CRITICAL_SHARE, "share of it, %"},
	{STEP_METRIC_SLACK_SECONDS, "slack, s"},
};

static void write_step(const struct step_result *step, struct buf *out)
{
	buf_add(out, "<tr><th scope=\"row\">");
	html_name(out, step->step->name);
	buf_printf(out, "</th><td class=\"text\">%s</td>", step_kind_names[step->step->kind]);
	for (size_t i = 0; i < ARRAY_LEN(step_columns); i++) {
		double value = step->metrics[step_columns[i].metric].mean;
		write_cell(step_columns[i].metric == STEP_METRIC_CRITICAL_SHARE ? 100 * value : value, out);
	}
	buf_add(out, "</tr>\n");
}

/* Of a workflow: where its time goes by step. A file of results does not hold them. */
void page_write_steps(struct page_state *state, struct buf *out)
{
	struct run_job job;
	const struct page *page = state->page;
	int64_t chosen = page_focus(state) != PAGE_NONE ? page_focus(state) : 0;
	if (state->count == 0)
		return;
	const struct run_result *result = &page->data->points[chosen].result;
	bool is_known = page->resolve && page->resolve(page->resolve_context, (size_t)chosen, &state->arena, &job);
	if (result->step_count == 0 && !(is_known && job.setting->graph))
		return;
	buf_add(out, "<section id=\"steps\">\n<h2>Steps of the workflow</h2>\n");
	if (result->step_count == 0) {
		buf_add(out, "<p>A file of results does not hold them: a report of the experiment itself does.</p>\n"
			     "</section>\n");
		return;
	}
	buf_add(out, "<p>Means at ");
	html_text(out, page_point_name(state, (size_t)chosen));
	buf_add(out, ": counts of a run, times of a step from its begin to its end, the critical path of a record. "
		     "Slack is how much earlier a step ends than others wait for.</p>\n");
	begin_table("Steps of the workflow", out);
	buf_add(out, "<thead><tr><th scope=\"col\">step</th><th scope=\"col\" class=\"text\">kind</th>");
	for (size_t i = 0; i < ARRAY_LEN(step_columns); i++)
		buf_printf(out, "<th scope=\"col\">%s</th>", step_columns[i].heading);
	buf_add(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < result->step_count; i++)
		write_step(&result->steps[i], out);
	buf_add(out, "</tbody>\n");
	end_table(out);
	buf_add(out, "</section>\n");
}

/* --- errors --------------------------------------------------------------------------------------------------- */

static double share_of(const struct trust_band *band, const char *mechanism)
{
	for (size_t i = 0; i < band->part_count; i++)
		if (strcmp(band->parts[i].mechanism, mechanism) == 0)
			return band->parts[i].share;
	return 0;
}

static void write_mechanism(const struct page_point *point, const struct trust_mechanism *mechanism, struct buf *out)
{
	double of_time = share_of(&point->time.band, mechanism->name);
	double of_cost = share_of(&point->cost.band, mechanism->name);
	if (of_time == 0 && of_cost == 0)
		return;
	buf_add(out, "<tr><th scope=\"row\">");
	html_text(out, mechanism->name);
	buf_printf(out, "</th><td>%.3g %%</td><td>%lld</td><td>%.3g %%</td><td>%.3g %%</td></tr>\n",
		   mechanism->error_percent, (long long)mechanism->rows, 100 * of_time, 100 * of_cost);
}

void page_write_errors(struct page_state *state, struct buf *out)
{
	int64_t chosen = page_focus(state);
	if (chosen == PAGE_NONE || !state->points[chosen].time.has_band)
		return;
	const struct page_point *point = &state->points[chosen];
	const struct trust *trust = state->page->trust;
	const struct trust_mechanism *mechanisms = trust->mechanisms.items;
	buf_add(out,
		"<section id=\"errors\">\n<h2>How far to trust it</h2>\n<p>Bands hold 90 % of single runs: luck, as "
		"replications differ, and the model's own error, as measurements that took no part in fitting "
		"differ from its predictions. These mechanisms have a part in ");
	html_text(out, page_point_name(state, (size_t)chosen));
	buf_add(out, "; what has no row here is stated, or has not been measured against.</p>\n");
	begin_table("Errors by mechanism", out);
	buf_add(out, "<thead><tr><th scope=\"col\">mechanism</th><th scope=\"col\">error (RMS)</th>"
		     "<th scope=\"col\">measurements</th><th scope=\"col\">part of the time</th>"
		     "<th scope=\"col\">part of the cost</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < trust->mechanisms.count; i++)
		write_mechanism(point, &mechanisms[i], out);
	buf_add(out, "</tbody>\n");
	end_table(out);
	buf_add(out, "</section>\n");
}

/* --- assumptions ---------------------------------------------------------------------------------------------- */

static bool is_meant(const struct page_source *source, const char *key)
{
	return !source->only || strncmp(key, source->only, strlen(source->only)) == 0;
}

static void write_values(const struct page_source *source, struct arena *arena, struct buf *out)
{
	size_t count;
	const struct platform_source *values = platform_sources(source->text, arena, &count);
	begin_table(source->kind, out);
	buf_add(out, "<thead><tr><th scope=\"col\">key</th><th scope=\"col\" class=\"text\">value</th>"
		     "<th scope=\"col\" class=\"text\">source</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < count; i++) {
		if (!is_meant(source, values[i].key))
			continue;
		buf_add(out, "<tr><th scope=\"row\">");
		html_name(out, values[i].key);
		buf_add(out, "</th><td class=\"text\"><bdi>");
		html_text(out, values[i].value);
		buf_add(out, "</bdi></td><td class=\"source\">");
		html_text(out, values[i].source);
		buf_add(out, "</td></tr>\n");
	}
	buf_add(out, "</tbody>\n");
	end_table(out);
}

void page_write_sources(struct page_state *state, struct buf *out)
{
	const struct page *page = state->page;
	if (page->source_count == 0)
		return;
	buf_add(out, "<section id=\"sources\">\n<h2>What was assumed, and on whose word</h2>\n<p>Letters in front of a "
		     "source: D documented by the provider, M measured, by whom, I inferred, and how.</p>\n");
	for (size_t i = 0; i < page->source_count; i++) {
		const struct page_source *source = &page->sources[i];
		if (!source->text)
			continue;
		buf_add(out, "<details>\n<summary>");
		html_text(out, source->kind);
		buf_add(out, ": <bdi>");
		html_text(out, source->title);
		buf_add(out, "</bdi></summary>\n");
		write_values(source, &state->arena, out);
		buf_add(out, "</details>\n");
	}
	buf_add(out, "</section>\n");
}

/* --- how to have it again -------------------------------------------------------------------------------------- */

static void write_fact(const char *name, const char *value, bool is_code, struct buf *out)
{
	buf_add(out, "<dt>");
	html_text(out, name);
	buf_add(out, is_code ? "</dt><dd><code><bdi>" : "</dt><dd><bdi>");
	html_text(out, value);
	buf_add(out, is_code ? "</bdi></code></dd>\n" : "</bdi></dd>\n");
}

static const char *replications_text(struct page_state *state)
{
	const struct figure_data *data = state->page->data;
	int64_t least = INT64_MAX;
	int64_t most = 0;
	for (size_t i = 0; i < data->point_count; i++) {
		least = min_int64(least, data->points[i].result.replications);
		most = max_int64(most, data->points[i].result.replications);
	}
	if (most == 0)
		return "none";
	if (least == most)
		return arena_printf(&state->arena, "%lld of every point", (long long)most);
	return arena_printf(&state->arena, "%lld to %lld, as long as intervals need", (long long)least,
			    (long long)most);
}

void page_write_origin(struct page_state *state, struct buf *out)
{
	const struct page *page = state->page;
	struct arena *arena = &state->arena;
	buf_add(out,
		"<section id=\"origin\">\n<h2>To have it again</h2>\n<p>The same command with the same files gives the "
		"same figures, bit for bit, on any machine.</p>\n<dl>\n");
	write_fact("command", page->command, true, out);
	write_fact("Lamina", page->version, false, out);
	write_fact("seed", arena_printf(arena, "%lld", (long long)page->seed), false, out);
	write_fact("replications", replications_text(state), false, out);
	for (size_t i = 0; i < page->source_count; i++) {
		const struct page_source *source = &page->sources[i];
		if (source->digest[0])
			write_fact(arena_printf(arena, "%s %s", source->kind, source->name), source->digest, true, out);
	}
	buf_add(out, "</dl>\n<details>\n<summary>the experiment</summary>\n<pre><code>");
	html_text(out, page->yaml);
	buf_add(out, "</code></pre>\n</details>\n</section>\n");
}
