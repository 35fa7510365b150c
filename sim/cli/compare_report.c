#include "cli/compare_report.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/num.h"
#include "base/version.h"
#include "cli/experiment_options.h"
#include "cli/result_file.h"
#include "plan/provision.h"
#include "report/figure.h"
#include "report/gnuplot.h"

/* clang-format off */
static const struct table_column columns[] = {
	{.name = "platform"},
	{.name = "answer", .is_data_only = true},
	{.name = "setting"},
	{.name = "usd", .heading = "USD", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "usd_half_width", .heading = "± 95 %", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "usd_low_90", .heading = "from", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "usd_high_90", .heading = "to (90 %)", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "usd_per_1000", .heading = "per 1,000", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "usd_per_1000_half_width", .is_data_only = true},
	{.name = "usd_idle", .heading = "idle USD", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "seconds", .heading = "time s", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "seconds_half_width", .heading = "± 95 %", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "seconds_low_90", .is_data_only = true},
	{.name = "seconds_high_90", .is_data_only = true},
	{.name = "p50_seconds", .heading = "p50", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "p95_seconds", .heading = "p95", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "p99_seconds", .heading = "p99", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "cold_percent", .heading = "cold %", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "refused_percent", .heading = "refused %", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "lost_percent", .heading = "lost %", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "reason", .is_data_only = true},
};

static const struct table_column crossing_columns[] = {
	{.name = "load"},
	{.name = "load_low_95"},
	{.name = "load_high_95"},
	{.name = "cheaper_below"},
	{.name = "cheaper_above"},
	{.name = "is_of_cheapest"},
};

static const struct table_column load_columns[] = {
	{.name = "load"}, {.name = "platform"}, {.name = "usd"}, {.name = "seconds"}, {.name = "mark"},
};

static const struct table_column unknown_columns[] = {
	{.name = "platform"}, {.name = "key"}, {.name = "cheapest_up_to"}, {.name = "unit"},
};

static const struct table_column faster_columns[] = {
	{.name = "faster"}, {.name = "slower"}, {.name = "parallel_from"}, {.name = "parallel_of_sweep"},
};
/* clang-format on */

/* "1015 MB", "2048 MB for 8": requests at once on one; "2 provisioned". */
static void describe_setting(const struct setting *setting, struct buf *out)
{
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct setting_function *function = &setting->functions[i];
		buf_printf(out, "%s%lld MB", i > 0 ? ", " : "", (long long)function->memory_mb);
		if (function->sandbox.requests_max > 1)
			buf_printf(out, " for %lld", (long long)function->sandbox.requests_max);
	}
	if (setting->platform->kind == PLATFORM_FUNCTIONS && setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE)
		buf_printf(out, ", %lld at once", (long long)setting->parallel);
	if (provision_total(setting) > 0)
		buf_printf(out, ", %lld provisioned", (long long)provision_total(setting));
}

static void add_percent(struct table *table, double part, double whole)
{
	table_double(table, whole > 0 ? 100 * part / whole : (double)NAN);
}

static void add_missing(struct table *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		table_missing(table);
}

static void add_fates(struct table *table, const struct estimate *metrics)
{
	double calls = metrics[METRIC_INVOCATIONS].mean;
	double refused = metrics[METRIC_THROTTLES].mean;
	double lost = metrics[METRIC_FAILED_RECORDS].mean;
	add_percent(table, metrics[METRIC_COLD_STARTS].mean, calls);
	add_percent(table, refused, refused + calls);
	add_percent(table, lost, lost + metrics[METRIC_COMPLETED_RECORDS].mean);
}

static void add_figures(struct table *table, const struct compare_report *report, const struct contender *contender)
{
	const struct measurement *measured = &contender->measured;
	const struct estimate *metrics = measured->result.metrics;
	struct estimate seconds = {.mean = (double)NAN, .half_width = (double)NAN};
	bool has_bands = report->request->trust != NULL;
	for (int i = 0; i < METRICS; i++)
		if (measured->seconds == measured->result.samples[i])
			seconds = metrics[i];
	table_double(table, contender->usd.mean);
	table_double(table, contender->usd.half_width);
	table_double(table, has_bands ? contender->usd_band.low : (double)NAN);
	table_double(table, has_bands ? contender->usd_band.high : (double)NAN);
	table_double(table, contender->thousand.mean);
	table_double(table, contender->thousand.half_width);
	table_double(table, measured->idle_usd);
	table_double(table, seconds.mean);
	table_double(table, seconds.half_width);
	table_double(table, has_bands ? contender->seconds_band.low : (double)NAN);
	table_double(table, has_bands ? contender->seconds_band.high : (double)NAN);
	if (report->comparison->is_served) {
		table_double(table, metrics[METRIC_RECORD_P50_SECONDS].mean);
		table_double(table, metrics[METRIC_RECORD_P95_SECONDS].mean);
		table_double(table, metrics[METRIC_RECORD_P99_SECONDS].mean);
	} else {
		add_missing(table, 3);
	}
	add_fates(table, metrics);
}

/* Every platform; for people those only that are simulated. */
static void fill_platforms(struct table *table, const struct compare_report *report, bool with_refused)
{
	enum { FIGURES = 17, FATES = 3 };
	const struct comparison *comparison = report->comparison;
	table_init(table, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < comparison->count; i++) {
		const struct contender *contender = &comparison->contenders[i];
		bool has_figures = contender->measured.replications > 0;
		struct buf setting;
		if (!with_refused && !has_figures)
			continue;
		buf_init(&setting);
		if (contender->best)
			describe_setting(contender->best, &setting);
		table_text(table, contender->name);
		table_text(table, contender_end_names[contender->end]);
		if (setting.length > 0)
			table_text(table, buf_text(&setting));
		else
			table_missing(table);
		buf_release(&setting);
		bool is_stopped = contender->measured.is_stopped;
		if (has_figures && !is_stopped)
			add_figures(table, report, contender);
		else
			add_missing(table, has_figures ? FIGURES - FATES : FIGURES);
		if (has_figures && is_stopped)
			add_fates(table, contender->measured.result.metrics);
		table_text(table, contender->reason);
		table_end_row(table);
	}
}

static const char *unit_of_cost(const struct comparison *comparison)
{
	return comparison->is_served ? "USD a month" : "USD a run";
}

static const char *unit_of_load(const struct comparison *comparison)
{
	return comparison->is_served ? "requests a second" : "images a run";
}

static double seconds_of(const struct contender *contender)
{
	double sum = 0;
	for (int64_t i = 0; i < contender->measured.replications; i++)
		sum += contender->measured.seconds[i];
	return sum / (double)contender->measured.replications;
}

static void say_ties(const struct comparison *comparison, const bool *ties, struct buf *out)
{
	bool is_first = true;
	for (size_t i = 0; i < comparison->count; i++) {
		if (!ties[i])
			continue;
		buf_printf(out, "%s%s", is_first ? "; a toss-up with " : ", ", comparison->contenders[i].name);
		is_first = false;
	}
	if (!is_first)
		buf_add(out, " (each in the other's band)");
	buf_add(out, ".\n");
}

static void say_best(const struct compare_report *report, struct buf *out)
{
	const struct comparison *comparison = report->comparison;
	if (comparison->cheapest == comparison->count)
		return;
	const struct contender *cheapest = &comparison->contenders[comparison->cheapest];
	const struct contender *fastest = &comparison->contenders[comparison->fastest];
	buf_printf(out, "Cheapest%s: %s, %.4g %s",
		   !report->request->is_stated && report->request->wanted.strategy == STRATEGY_SPEED
			   ? " of these fastest settings"
			   : "",
		   cheapest->name, cheapest->usd.mean, unit_of_cost(comparison));
	say_ties(comparison, comparison->ties_cheapest, out);
	buf_printf(out, "Fastest: %s, %s of %.4g s", fastest->name, report->request->wanted.seconds_metric,
		   seconds_of(fastest));
	say_ties(comparison, comparison->ties_fastest, out);
}

/* Rows that stand at what nobody has published being at its best are no answer, even where they look like one. */
static void say_at_best(const struct compare_report *report, struct buf *out)
{
	const struct comparison *comparison = report->comparison;
	size_t named = 0;
	for (size_t i = 0; i < comparison->count; i++) {
		const struct contender *contender = &comparison->contenders[i];
		bool has_row = contender->unknown_count > 0 && contender->measured.replications > 0;
		if (!has_row)
			continue;
		buf_printf(out, "%s%s",
			   named == 0 ? "Cheapest and fastest leave out rows that stand on what is not published: "
				      : ", ",
			   contender->name);
		named++;
	}
	if (named > 0)
		buf_add(out, ".\n");
}

/* Whether the time of a function on the platform's device is stated of no device by name. */
static bool takes_any_device(const struct contender *contender, size_t function)
{
	const struct experiment *experiment = &contender->experiment;
	const struct function_entry *entries = experiment->functions.items;
	const char *device = contender->best->platform->device.name;
	bool is_named = false;
	if (function < experiment->functions.count && entries[function].has_work)
		return !work_device_time(&entries[function].work, device).name;
	framework_device_rate(&experiment->framework, device, &is_named);
	return !is_named;
}

static bool computes_on_any_device(const struct contender *contender)
{
	const struct setting *setting = contender->best;
	for (size_t i = 0; setting && setting->platform->device.name && i < setting->function_count; i++)
		if (setting->functions[i].work.phases[WORK_DEVICE].device_ns > 0 && takes_any_device(contender, i))
			return true;
	return false;
}

/* Warns that the one stated device time is used for all devices, where several are compared. */
static void say_devices(const struct comparison *comparison, struct buf *out)
{
	size_t devices = 0;
	for (size_t i = 0; i < comparison->count; i++)
		devices += comparison->contenders[i].measured.replications > 0 &&
			   computes_on_any_device(&comparison->contenders[i]);
	if (devices > 1)
		buf_printf(out,
			   "All %zu devices are taken to be as fast as the one that device_seconds was measured on; "
			   "'devices' states times by their names.\n",
			   devices);
}

/* To three digits, without an exponent: "8,000" images. */
static const char *load_text(double load, struct arena *arena)
{
	double rounded = num_rounded(load, 3);
	return rounded >= 1000 ? arena_printf(arena, "%.0f", rounded) : arena_printf(arena, "%.3g", load);
}

static void say_crossings(const struct compare_report *report, struct buf *out)
{
	const struct comparison *comparison = report->comparison;
	struct arena *arena = &report->cli->arena;
	for (size_t i = 0; i < comparison->crossing_count; i++) {
		const struct crossing *crossing = &comparison->crossings[i];
		buf_printf(out, "At %s %s (%s to %s) %s takes %s's place as the %s.\n",
			   load_text(crossing->load, arena), unit_of_load(comparison), load_text(crossing->low, arena),
			   load_text(crossing->high, arena), comparison->contenders[crossing->above].name,
			   comparison->contenders[crossing->below].name,
			   crossing->is_cheapest ? "cheapest" : "cheaper of the two");
	}
	if (comparison->load_count > 1 && comparison->crossing_count == 0)
		buf_printf(out, "From %s to %s %s the order of cost does not change.\n",
			   load_text(comparison->loads[0].load, arena),
			   load_text(comparison->loads[comparison->load_count - 1].load, arena),
			   unit_of_load(comparison));
	for (size_t i = 0; i < comparison->faster_count; i++) {
		const struct faster_from *from = &comparison->faster[i];
		const char *faster = comparison->contenders[from->faster].name;
		const char *slower = comparison->contenders[from->slower].name;
		if (from->parallel == 0) {
			buf_printf(out, "With no number of jobs at once %s is faster than %s.\n", faster, slower);
			continue;
		}
		buf_printf(out, "From %lld jobs at once %s is faster than %s", (long long)from->parallel, faster,
			   slower);
		if (from->of_sweep > 0)
			buf_printf(out, "; of the sweep's numbers of jobs, from %lld", (long long)from->of_sweep);
		buf_add(out, ".\n");
	}
}

static void say_solved(const struct unknown_value *unknown, struct buf *out)
{
	bool is_price = strcmp(unknown->unit, "USD") == 0;
	if (isinf(unknown->value))
		buf_printf(out, "%s %s whatever it may", unknown->what, is_price ? "costs" : "takes");
	else
		buf_printf(out, "%s %s less than %.3g %s", unknown->what, is_price ? "costs" : "takes", unknown->value,
			   unknown->unit);
}

static void say_unknowns(const struct compare_report *report, const struct contender *contender, struct buf *out)
{
	const struct comparison *comparison = report->comparison;
	if (contender->unknown_count == 0 || contender->end == CONTENDER_REFUSED)
		return;
	buf_printf(out, "%s: not published: ", contender->name);
	for (size_t i = 0; i < contender->unknown_count; i++)
		buf_printf(out, "%s%s", i > 0 ? ", " : "", contender->unknowns[i].key);
	buf_add(out, "; the row is what it would be at best.");
	bool is_any = false;
	for (size_t i = 0; i < contender->unknown_count; i++) {
		if (!contender->unknowns[i].is_solved)
			continue;
		buf_add(out, is_any ? ", " : " Cheapest if ");
		say_solved(&contender->unknowns[i], out);
		is_any = true;
	}
	if (is_any && contender->unknown_count > 1)
		buf_add(out, " (each with the others at their best)");
	bool is_ever = contender->measured.serves && comparison->cheapest < comparison->count &&
		       contender->usd.mean < comparison->contenders[comparison->cheapest].usd.mean;
	buf_add(out, is_any ? ".\n" : is_ever ? "\n" : " It is the cheapest with no value of them.\n");
}

static void say_fleet(const char *words, const struct fleet_figures *fleet, struct buf *out)
{
	buf_printf(out, "%s%lld: ", words, (long long)fleet->instances);
	if (fleet->is_stopped)
		buf_add(out, "the load is not carried");
	else
		buf_printf(out, "%.4g USD a month, %.4g s", fleet->usd, fleet->seconds);
	buf_printf(out, ", %.2g %% of calls refused", 100 * fleet->refused_share);
}

static void say_head_room(const struct contender *contender, struct buf *out)
{
	const struct head_room *room = &contender->head_room;
	const struct managed_capacity *capacity = &room->capacity;
	if (room->least.instances == 0)
		return;
	buf_printf(out,
		   "%s: for %.3g requests at once, each with %.2g of a vCPU, the provider's arithmetic has "
		   "environments: %lld, %lld to an instance; instances: %lld, %lld with its head room. Simulated, ",
		   contender->name, room->demand.requests, room->demand.cpu_share, (long long)capacity->environments,
		   (long long)capacity->environments_per_instance, (long long)capacity->instances,
		   (long long)capacity->with_head_room);
	say_fleet("", &room->least, out);
	say_fleet("; ", &room->with, out);
	if (room->needed.instances > 0)
		say_fleet("; the bounds need ", &room->needed, out);
	buf_add(out, ".\n");
}

static void say_rows(const struct compare_report *report, struct buf *out)
{
	const struct comparison *comparison = report->comparison;
	for (size_t i = 0; i < comparison->count; i++) {
		const struct contender *contender = &comparison->contenders[i];
		say_unknowns(report, contender, out);
		say_head_room(contender, out);
		if (contender->reason[0]) {
			bool has_end = contender->reason[strlen(contender->reason) - 1] == '?';
			buf_printf(out, "%s: %s%s\n", contender->name, contender->reason, has_end ? "" : ".");
		}
		if (contender->notes[0] && contender->end != CONTENDER_REFUSED)
			buf_printf(out, "%s: left out, as it has no word for it: %s.\n", contender->name,
				   contender->notes);
	}
}

/* Adds the first lines: the experiment, and what all rows have in common. */
static void say_heading(const struct compare_report *report, size_t rows, struct buf *out)
{
	const struct comparison *comparison = report->comparison;
	const struct compare_request *request = report->request;
	if (rows == 0) {
		bool is_refused = true;
		for (size_t i = 0; i < comparison->count; i++)
			is_refused = is_refused && comparison->contenders[i].end == CONTENDER_REFUSED;
		buf_printf(out, "%s: no platform of these %s\n", request->experiment->name,
			   is_refused ? "runs it" : "serves it");
		return;
	}
	const char *which = request->is_stated                           ? "stated setting"
			    : request->wanted.strategy == STRATEGY_SPEED ? "fastest setting within the budget"
									 : "cheapest setting";
	buf_printf(out, "%s: at %s %s, in %s; each platform at its %s%s\n\n", request->experiment->name,
		   load_text(comparison->load, &report->cli->arena), unit_of_load(comparison), unit_of_cost(comparison),
		   which,
		   request->experiment->workflow.steps ? ", as a workflow's memories are not searched for here" : "");
}

void compare_report_text(const struct compare_report *report, struct buf *out)
{
	const struct comparison *comparison = report->comparison;
	struct table table;
	fill_platforms(&table, report, false);
	say_heading(report, table_row_count(&table), out);
	if (table_row_count(&table) > 0)
		table_render(&table, TABLE_TEXT, out);
	table_release(&table);
	buf_add_char(out, '\n');
	say_best(report, out);
	say_at_best(report, out);
	say_devices(comparison, out);
	say_crossings(report, out);
	say_rows(report, out);
	printable_make(out->text, "\n");
}

static void fill_crossings(struct table *table, const struct comparison *comparison)
{
	table_init(table, crossing_columns, ARRAY_LEN(crossing_columns));
	for (size_t i = 0; i < comparison->crossing_count; i++) {
		const struct crossing *crossing = &comparison->crossings[i];
		table_double(table, crossing->load);
		table_double(table, crossing->low);
		table_double(table, crossing->high);
		table_text(table, comparison->contenders[crossing->below].name);
		table_text(table, comparison->contenders[crossing->above].name);
		table_bool(table, crossing->is_cheapest);
		table_end_row(table);
	}
}

static void fill_unknowns(struct table *table, const struct comparison *comparison)
{
	table_init(table, unknown_columns, ARRAY_LEN(unknown_columns));
	for (size_t i = 0; i < comparison->count; i++) {
		const struct contender *contender = &comparison->contenders[i];
		for (size_t k = 0; k < contender->unknown_count; k++) {
			const struct unknown_value *unknown = &contender->unknowns[k];
			table_text(table, contender->name);
			table_text(table, unknown->key);
			table_double(table, unknown->is_solved ? unknown->value : (double)NAN);
			table_text(table, unknown->unit);
			table_end_row(table);
		}
	}
}

static void fill_faster(struct table *table, const struct comparison *comparison)
{
	table_init(table, faster_columns, ARRAY_LEN(faster_columns));
	for (size_t i = 0; i < comparison->faster_count; i++) {
		const struct faster_from *from = &comparison->faster[i];
		table_text(table, comparison->contenders[from->faster].name);
		table_text(table, comparison->contenders[from->slower].name);
		if (from->parallel > 0)
			table_int(table, from->parallel);
		else
			table_missing(table);
		if (from->of_sweep > 0)
			table_int(table, from->of_sweep);
		else
			table_missing(table);
		table_end_row(table);
	}
}

static void add_point(struct table *table, double load, const char *platform, double usd, double seconds,
		      const char *mark)
{
	table_double(table, load);
	table_text(table, platform);
	table_double(table, usd);
	table_double(table, seconds);
	table_text(table, mark);
	table_end_row(table);
}

static void fill_loads(struct table *table, const struct comparison *comparison, bool with_marks)
{
	table_init(table, load_columns, ARRAY_LEN(load_columns));
	for (size_t which = 0; which < comparison->count; which++) {
		const struct contender *contender = &comparison->contenders[which];
		for (size_t i = 0; i < comparison->load_count; i++) {
			const struct load_point *point = &comparison->loads[i];
			/* Figures of a load that is not served say nothing of what serving it costs. */
			bool is_there = contender->best && contender->end == CONTENDER_ANSWERS;
			if (point->serves[which])
				add_point(table, point->load, contender->name, point->usd[which], point->seconds[which],
					  "curve");
			else if (is_there)
				add_point(table, point->load, contender->name, (double)NAN, (double)NAN, "not served");
		}
		for (size_t i = 0; i < comparison->crossing_count && with_marks; i++) {
			const struct crossing *crossing = &comparison->crossings[i];
			if (crossing->is_cheapest && (crossing->below == which || crossing->above == which))
				add_point(table, crossing->load, contender->name, crossing->usd, (double)NAN, "curve");
		}
		bool has_figures = contender->measured.replications > 0 && contender->end == CONTENDER_ANSWERS;
		if (with_marks && has_figures)
			add_point(table, comparison->load, contender->name, contender->usd.mean, seconds_of(contender),
				  "own");
	}
	for (size_t i = 0; i < comparison->crossing_count && with_marks; i++) {
		const struct crossing *crossing = &comparison->crossings[i];
		if (crossing->is_cheapest)
			add_point(table, crossing->load, comparison->contenders[crossing->above].name, crossing->usd,
				  (double)NAN, "crossing");
	}
}

static void write_table(struct json *json, const char *key, struct table *table)
{
	json_key(json, key);
	table_write_json(table, json);
	table_release(table);
}

static void write_best(struct json *json, const struct comparison *comparison)
{
	const struct {
		const char *key;
		const char *ties_key;
		size_t best;
		const bool *ties;
	} rows[] = {
		{"cheapest", "cheapest_toss_up_with", comparison->cheapest, comparison->ties_cheapest},
		{"fastest", "fastest_toss_up_with", comparison->fastest, comparison->ties_fastest},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		json_key(json, rows[i].key);
		if (rows[i].best < comparison->count)
			json_text(json, comparison->contenders[rows[i].best].name);
		else
			json_none(json);
		json_key(json, rows[i].ties_key);
		json_array_begin(json);
		for (size_t k = 0; k < comparison->count; k++)
			if (rows[i].ties[k])
				json_text(json, comparison->contenders[k].name);
		json_array_end(json);
	}
}

void compare_report_json(const struct compare_report *report, struct buf *out)
{
	const struct comparison *comparison = report->comparison;
	struct json json;
	struct table table;
	json_document_begin(&json, out);
	json_field_text(&json, "experiment", report->request->experiment->name);
	json_field_text(&json, "lamina_version", lamina_version());
	json_field_int(&json, "seed", (int64_t)report->request->wanted.seed);
	json_field_double(&json, "load", comparison->load);
	json_field_text(&json, "load_unit", unit_of_load(comparison));
	json_field_text(&json, "usd_unit", unit_of_cost(comparison));
	json_field_text(&json, "seconds_metric", report->request->wanted.seconds_metric);
	fill_platforms(&table, report, true);
	write_table(&json, "platforms", &table);
	write_best(&json, comparison);
	fill_crossings(&table, comparison);
	write_table(&json, "break_even", &table);
	fill_faster(&table, comparison);
	write_table(&json, "faster_from", &table);
	fill_unknowns(&table, comparison);
	write_table(&json, "unknown", &table);
	fill_loads(&table, comparison, false);
	write_table(&json, "loads", &table);
	json_document_end(&json);
}

void compare_report_csv(const struct compare_report *report, struct buf *out)
{
	struct table table;
	fill_platforms(&table, report, true);
	table_render(&table, TABLE_CSV, out);
	table_release(&table);
}

/* A curve of each platform that has one, from the CSV beside the script. */
static void write_curves(const struct comparison *comparison, const char *csv, const char *using, const char *mark,
			 const char *style, struct buf *out)
{
	enum { STYLES = 8 };
	int drawn = 0;
	for (size_t i = 0; i < comparison->count; i++) {
		const struct contender *contender = &comparison->contenders[i];
		if (contender->end != CONTENDER_ANSWERS)
			continue;
		buf_add(out, drawn++ > 0 ? ", \\\n  " : " \\\n  ");
		gnuplot_quote(csv, out);
		buf_printf(out, " using (strcol('mark') eq '%s' && strcol('platform') eq ", mark);
		gnuplot_quote(contender->name, out);
		buf_printf(out, " ? %s %s linestyle %d title ", using, style, (drawn - 1) % STYLES + 1);
		gnuplot_quote(contender->name, out);
	}
}

static bool changes_cheapest(const struct comparison *comparison)
{
	bool changes = false;
	for (size_t i = 0; i < comparison->crossing_count; i++)
		changes = changes || comparison->crossings[i].is_cheapest;
	return changes;
}

/* False where the style that comes with the program is missing. */
static bool write_script(const struct compare_report *report, const char *name, struct buf *out, struct err *err)
{
	const struct comparison *comparison = report->comparison;
	struct arena *arena = &report->cli->arena;
	const char *csv = arena_printf(arena, "./%s.csv", name);
	buf_add(out, "figure = 'compare'\n");
	if (!figure_add_style(out, err))
		return false;
	buf_add(out, "eval terminal('svg', 1200, 520)\nset output ");
	gnuplot_quote(arena_printf(arena, "./%s.svg", name), out);
	buf_add(out, "\nset key inside bottom right vertical\nset logscale xy\nset multiplot layout 1,2 title ");
	gnuplot_quote(report->request->experiment->name, out);
	buf_printf(out, "\nset xlabel '%s'\nset ylabel '%s'\nplot", unit_of_load(comparison), unit_of_cost(comparison));
	write_curves(comparison, csv, "column('load') : NaN):'usd'", "curve", "smooth unique with linespoints", out);
	if (changes_cheapest(comparison)) {
		buf_add(out, ", \\\n  ");
		gnuplot_quote(csv, out);
		buf_add(out, " using (strcol('mark') eq 'crossing' ? column('load') : NaN):'usd' with points "
			     "pointtype 6 pointsize 1.8 linecolor 'black' title 'another is cheapest'");
	}
	buf_printf(out, "\nset xlabel '%s'\nplot", report->request->wanted.seconds_metric);
	write_curves(comparison, csv, "column('seconds') : NaN):'usd'", "own", "with points", out);
	buf_add(out, "\nunset multiplot\n");
	return true;
}

int compare_report_figure(const struct compare_report *report, const char *name)
{
	struct cli *cli = report->cli;
	const char *folder = file_directory(name, &cli->arena);
	const char *base = name + strlen(folder);
	const char *script = arena_printf(&cli->arena, "%s.gp", base);
	struct table table;
	struct buf text;
	buf_init(&text);
	fill_loads(&table, report->comparison, true);
	table_render(&table, TABLE_CSV, &text);
	table_release(&table);
	int status = result_file_write(cli, arena_printf(&cli->arena, "%s.csv", name), &text);
	buf_clear(&text);
	struct err err;
	if (status == CLI_OK && !write_script(report, base, &text, &err))
		status = cli_failed(cli, &err);
	if (status == CLI_OK)
		status = result_file_write(cli, arena_printf(&cli->arena, "%s.gp", name), &text);
	buf_release(&text);
	bool has_answer = report->comparison->cheapest < report->comparison->count;
	if (status == CLI_OK && has_answer && !gnuplot_run(folder[0] ? folder : ".", script, name, &err))
		fprintf(stderr, "%s: warning: %s\n", cli->name, err.text);
	return status;
}
