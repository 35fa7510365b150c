/* `lamina run EXPERIMENT`: one setting with replications, its bill line by line and its functions. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/json.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/interrupt.h"
#include "cli/outlook.h"
#include "cli/request_rows.h"
#include "cli/result_file.h"
#include "cli/table.h"
#include "experiment/record_times.h"
#include "report/timeline.h"

static const struct table_column metric_columns[] = {
	{.name = "scope", .is_data_only = true},
	{.name = "metric"},
	{.name = "mean", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "half_width_95", .heading = "± 95 %", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "min", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "max", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
};

static const struct table_column bill_columns[] = {
	{.name = "item"},
	{.name = "quantity", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "unit"},
	{.name = "usd", .heading = "USD", .align = TABLE_RIGHT, .decimals = 6},
	{.name = "share", .align = TABLE_RIGHT, .decimals = 3},
};

static const struct table_column function_columns[] = {
	{.name = "function"},
	{.name = "memory_mb", .heading = "memory MB", .align = TABLE_RIGHT},
	{.name = "peak_memory_mb", .heading = "needs MB", .align = TABLE_RIGHT, .decimals = 0},
	{.name = "invocations", .heading = "calls", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "cold_starts", .heading = "cold", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "init_mean_seconds", .heading = "cold start s", .align = TABLE_RIGHT, .decimals = 2},
	{.name = "duration_mean_seconds", .heading = "handler s", .align = TABLE_RIGHT, .decimals = 2},
	{.name = "billed_mean_seconds", .heading = "billed s", .align = TABLE_RIGHT, .decimals = 2},
	{.name = "gb_seconds", .heading = "GB-s", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "idle_memory_share", .heading = "memory idle", .align = TABLE_RIGHT, .decimals = 2},
};

static const struct table_column step_columns[] = {
	{.name = "step"},
	{.name = "kind"},
	{.name = "entered", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "failed", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "mean_seconds", .heading = "seconds", .align = TABLE_RIGHT, .decimals = 3},
	{.name = "critical_seconds", .heading = "on critical path", .align = TABLE_RIGHT, .decimals = 3},
	{.name = "critical_share", .heading = "share of it", .align = TABLE_RIGHT, .decimals = 3},
	{.name = "slack_seconds", .heading = "slack s", .align = TABLE_RIGHT, .decimals = 3},
	{.name = "transitions", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
};

static const struct table_column record_columns[] = {
	{.name = "record_time", .heading = "record time"},
	{.name = "seconds", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "low_95", .heading = "from", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "high_95", .heading = "to (95 %)", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
};

static void estimate_row(struct table *table, const char *scope, const char *name, const struct estimate *estimate)
{
	table_text(table, scope);
	table_text(table, name);
	table_double(table, estimate->mean);
	table_double(table, estimate->half_width);
	table_double(table, estimate->min);
	table_double(table, estimate->max);
	table_end_row(table);
}

/* People are not shown what only a source of events has. */
static void fill_metrics(struct table *table, const struct run_result *result, bool has_source, bool with_functions)
{
	for (int i = 0; i < METRICS; i++)
		if (has_source || !outcome_metrics[i].is_of_source)
			estimate_row(table, "run", outcome_metrics[i].name, &result->metrics[i]);
	for (size_t f = 0; with_functions && f < result->function_count; f++)
		for (int i = 0; i < FUNCTION_METRICS; i++)
			estimate_row(table, result->functions[f].name, function_metrics[i].name,
				     &result->functions[f].metrics[i]);
	for (size_t s = 0; with_functions && s < result->step_count; s++)
		for (int i = 0; i < STEP_METRICS; i++)
			estimate_row(table, result->steps[s].step->name, step_metrics[i].name,
				     &result->steps[s].metrics[i]);
}

static void fill_steps(struct table *table, const struct run_result *result)
{
	for (size_t i = 0; i < result->step_count; i++) {
		const struct step_result *step = &result->steps[i];
		table_text(table, step->step->name);
		table_text(table, step_kind_names[step->step->kind]);
		for (int metric = 0; metric < STEP_METRICS; metric++)
			table_double(table, step->metrics[metric].mean);
		table_end_row(table);
	}
}

static void record_row(struct table *table, const char *name, const struct steady_estimate *estimate)
{
	table_text(table, name);
	table_double(table, estimate->value);
	table_double(table, estimate->low);
	table_double(table, estimate->high);
	table_end_row(table);
}

static void fill_records(struct table *table, const struct record_times *times)
{
	record_row(table, "mean", &times->mean);
	for (int i = 0; i < RECORD_QUANTILES; i++) {
		char name[16];
		record_quantile_name(i, name);
		record_row(table, name, &times->quantiles[i]);
	}
}

static void fill_bill(struct table *table, const struct bill *bill)
{
	for (int i = 0; i < BILL_ITEMS; i++) {
		if (bill->lines[i].quantity == 0)
			continue;
		table_text(table, bill_rows[i].name);
		table_double(table, bill->lines[i].quantity);
		table_text(table, bill_rows[i].unit);
		table_double(table, bill->lines[i].usd);
		table_double(table, bill->total_usd > 0 ? bill->lines[i].usd / bill->total_usd : 0);
		table_end_row(table);
	}
	table_text(table, "total");
	table_missing(table);
	table_missing(table);
	table_double(table, bill->total_usd);
	table_missing(table);
	table_end_row(table);
}

/* What is paid for is its host's: a guest has no memory of its own that could be idle. */
static bool is_of_host(int metric)
{
	return metric == FUNCTION_METRIC_IDLE_MEMORY_SHARE || metric == FUNCTION_METRIC_BILLED_MEAN_SECONDS ||
	       metric == FUNCTION_METRIC_GB_SECONDS;
}

static void fill_functions(struct table *table, const struct run_job *job)
{
	const struct run_result *result = &job->result;
	for (size_t f = 0; f < result->function_count; f++) {
		const struct function_result *function = &result->functions[f];
		bool is_guest = setting_home(job->setting, f) != f;
		table_text(table, function->name);
		table_int(table, function->memory_mb);
		table_double(table, function->peak_memory_mb);
		for (size_t c = 3; c < ARRAY_LEN(function_columns); c++) {
			int metric = function_find_metric(function_columns[c].name);
			table_double(table,
				     is_guest && is_of_host(metric) ? (double)NAN : function->metrics[metric].mean);
		}
		table_end_row(table);
	}
}

/* Seconds per call in every phase that takes any: where a function's time goes. */
static void fill_phases(struct table *table, struct table_column columns[WORK_PHASES + 1], const struct run_job *job)
{
	const struct run_result *result = &job->result;
	int shown[WORK_PHASES];
	size_t count = 0;
	columns[0] = (struct table_column){.name = "function"};
	for (int phase = 0; phase < WORK_PHASES; phase++) {
		double seconds = 0;
		bool is_stated = true;
		for (size_t f = 0; f < result->function_count; f++) {
			seconds += result->functions[f].phase_seconds[phase];
			is_stated = is_stated && job->setting->functions[f].work.is_stated;
		}
		if (seconds == 0)
			continue;
		shown[count++] = phase;
		columns[count] = (struct table_column){
			.name = work_phase_label(is_stated, phase), .align = TABLE_RIGHT, .decimals = 3};
	}
	table_init(table, columns, count + 1);
	for (size_t f = 0; f < result->function_count; f++) {
		table_text(table, result->functions[f].name);
		for (size_t i = 0; i < count; i++)
			table_double(table, result->functions[f].phase_seconds[shown[i]]);
		table_end_row(table);
	}
}

#define COLUMNS(array) (array), ARRAY_LEN(array)

/* The tables of a result, filled. */
struct run_tables {
	struct table metrics;
	struct table bill;
	struct table functions;
	struct table phases;
	struct table steps;   /* of a workflow */
	struct table records; /* only where has_records */
	struct record_times record_times;
	bool has_records;
	struct table outlook; /* only where has_outlook */
	struct buf rests_on;
	bool has_outlook;
	struct table_column phase_columns[WORK_PHASES + 1];
};

static void run_tables_init(struct run_tables *tables, const struct run_job *job, enum table_format format)
{
	const struct run_result *result = &job->result;
	bool has_source = format != TABLE_TEXT || job->setting->source.kind != SOURCE_DIRECT;
	table_init(&tables->metrics, COLUMNS(metric_columns));
	table_init(&tables->bill, COLUMNS(bill_columns));
	table_init(&tables->functions, COLUMNS(function_columns));
	fill_metrics(&tables->metrics, result, has_source, format == TABLE_CSV);
	fill_bill(&tables->bill, &result->bill);
	table_init(&tables->steps, COLUMNS(step_columns));
	fill_functions(&tables->functions, job);
	fill_steps(&tables->steps, result);
	fill_phases(&tables->phases, tables->phase_columns, job);
}

static void run_tables_add_records(struct run_tables *tables, const struct run_job *job, struct arena *arena)
{
	tables->has_records = record_times_apply(job->setting);
	table_init(&tables->records, COLUMNS(record_columns));
	if (!tables->has_records)
		return;
	record_times_analyse(job, interrupt_flag(), arena, &tables->record_times);
	fill_records(&tables->records, &tables->record_times);
}

static void run_tables_add_outlook(struct run_tables *tables, struct cli *cli, const struct run_job *job)
{
	struct outlook outlook;
	outlook_init(&outlook, cli);
	buf_init(&tables->rests_on);
	tables->has_outlook = outlook.is_known;
	if (outlook.is_known)
		outlook_fill(&outlook, job, tables->has_records ? &tables->record_times : NULL, &tables->outlook,
			     &tables->rests_on);
}

static void run_tables_release(struct run_tables *tables)
{
	if (tables->has_outlook)
		table_release(&tables->outlook);
	buf_release(&tables->rests_on);
	table_release(&tables->records);
	table_release(&tables->metrics);
	table_release(&tables->bill);
	table_release(&tables->functions);
	table_release(&tables->phases);
	table_release(&tables->steps);
}

/* Whose prices the bill is at; "" where the platform does not say. */
static const char *price_region(const struct platform *platform)
{
	return platform->region ? platform->region : platform->price_region;
}

static void say_left_out(const struct setting *setting, struct buf *out)
{
	const char *names[SETTING_LEFT_OUT_MAX];
	size_t count = setting_left_out(setting, names);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%s", i == 0 ? "Not on it: " : ", ", names[i]);
	if (count > 0)
		buf_add(out, ".\n");
}

static void write_left_out(const struct setting *setting, struct json *json)
{
	const char *names[SETTING_LEFT_OUT_MAX];
	size_t count = setting_left_out(setting, names);
	json_array_begin(json);
	for (size_t i = 0; i < count; i++)
		json_text(json, names[i]);
	json_array_end(json);
}

static void render_text(const struct run_tables *tables, const struct study *study, struct buf *out)
{
	const struct run_job *job = &study->jobs[0];
	experiment_options_describe(study, job->setting, out);
	buf_printf(out, "%lld replication%s, seed %llu, lamina %s\n\n", (long long)job->result.replications,
		   job->result.replications == 1 ? "" : "s", (unsigned long long)job->seed, lamina_version());
	table_render(&tables->metrics, TABLE_TEXT, out);
	if (tables->has_outlook) {
		buf_printf(out, "\nWhere 90 %% of single runs are, with the model's own error (%s)\n",
			   buf_text(&tables->rests_on));
		table_render(&tables->outlook, TABLE_TEXT, out);
	}
	const char *region = price_region(job->setting->platform);
	buf_printf(out, "\nThe bill, mean of a run%s%s\n", region[0] ? ", at prices of " : "", region);
	table_render(&tables->bill, TABLE_TEXT, out);
	say_left_out(job->setting, out);
	if (job->result.function_count == 0)
		return;
	buf_add(out, "\nFunctions, mean of a call\n");
	table_render(&tables->functions, TABLE_TEXT, out);
	buf_add(out, "\nSeconds of a call by phase\n");
	table_render(&tables->phases, TABLE_TEXT, out);
	if (job->result.step_count > 0) {
		buf_add(out, "\nSteps of the workflow: time of one, and its part of a record's critical path\n");
		table_render(&tables->steps, TABLE_TEXT, out);
	}
	if (!tables->has_records)
		return;
	buf_printf(out, "\nOne run in its steady state, %zu records; the first %zu are its warm-up and left out\n",
		   tables->record_times.count, tables->record_times.discarded);
	table_render(&tables->records, TABLE_TEXT, out);
}

static void render_json(const struct run_tables *tables, const struct study *study, struct buf *out)
{
	const struct run_job *job = &study->jobs[0];
	struct json json;
	json_document_begin(&json, out);
	experiment_options_write_job_head(study, job, &json);
	json_key(&json, "metrics");
	table_write_json(&tables->metrics, &json);
	if (tables->has_outlook) {
		json_field_text(&json, "outlook_rests_on", buf_text(&tables->rests_on));
		json_key(&json, "outlook");
		table_write_json(&tables->outlook, &json);
	}
	json_field_text(&json, "price_region", price_region(job->setting->platform));
	json_key(&json, "bill");
	table_write_json(&tables->bill, &json);
	json_key(&json, "bill_leaves_out");
	write_left_out(job->setting, &json);
	json_key(&json, "functions");
	table_write_json(&tables->functions, &json);
	json_key(&json, "phases");
	table_write_json(&tables->phases, &json);
	if (job->result.step_count > 0) {
		json_key(&json, "steps");
		table_write_json(&tables->steps, &json);
	}
	if (tables->has_records) {
		json_key(&json, "steady_state");
		json_object_begin(&json);
		json_field_int(&json, "records", (int64_t)tables->record_times.count);
		json_field_int(&json, "warm_up_records", (int64_t)tables->record_times.discarded);
		json_key(&json, "times");
		table_write_json(&tables->records, &json);
		json_object_end(&json);
	}
	json_document_end(&json);
}

static void say_doubt(const struct cli *cli, const struct run_tables *tables)
{
	struct buf doubt;
	buf_init(&doubt);
	if (tables->has_records)
		record_times_doubt(&tables->record_times, &doubt);
	if (doubt.length > 0)
		fprintf(stderr, "%s: warning: steady state: %s\n", cli->name, buf_text(&doubt));
	buf_release(&doubt);
}

static int write_timeline(struct cli *cli, const struct run_job *job, const char *path)
{
	struct buf text;
	struct timeline timeline;
	struct outcome outcome;
	buf_init(&text);
	timeline_init(&timeline, job->setting);
	struct span_sink sink = timeline_sink(&timeline);
	struct simulate_options options = {.seed = job->seed, .sink = &sink, .interrupt = interrupt_flag()};
	simulate(job->setting, &options, &cli->arena, &outcome);
	bool is_whole = outcome.end != OUTCOME_INTERRUPTED &&
			timeline_write(&timeline, &outcome, path, interrupt_flag(), &text);
	timeline_release(&timeline);
	int status = CLI_FAILED;
	if (is_whole)
		status = result_file_write(cli, path, &text);
	else
		fprintf(stderr, "%s: interrupted; '%s' stays as it was\n", cli->name, path);
	buf_release(&text);
	return status;
}

static int try_requests(struct cli *cli, const struct study *study, const char *path)
{
	const struct platform *platform = study->jobs[0].setting->platform;
	if (path && platform->kind == PLATFORM_MACHINE) {
		fprintf(stderr, "%s: --requests: platform '%s' is one machine, which no function is called on\n",
			cli->name, platform->name);
		return CLI_WRONG;
	}
	return result_file_try(cli, path);
}

static int run_experiment(struct cli *cli, int argc, char **argv)
{
	struct study study;
	const char *timeline_path = options_text(&cli->options, "timeline");
	const char *requests_path = options_text(&cli->options, "requests");
	int status = experiment_options_load(cli, argv[0], false, &study);
	if (status == CLI_OK)
		status = result_file_try(cli, timeline_path);
	if (status == CLI_OK)
		status = try_requests(cli, &study, requests_path);
	if (status != CLI_OK)
		return status;
	bool finished = experiment_options_replicate(cli, &study);
	const struct run_job *job = &study.jobs[0];
	if (job->result.replications == 0)
		return CLI_FAILED;

	enum table_format format = cli_format(cli);
	struct run_tables tables;
	struct buf out;
	buf_init(&out);
	run_tables_init(&tables, job, format);
	run_tables_add_records(&tables, job, &cli->arena);
	run_tables_add_outlook(&tables, cli, job);
	if (format == TABLE_TEXT)
		render_text(&tables, &study, &out);
	else if (format == TABLE_JSON)
		render_json(&tables, &study, &out);
	else
		table_render(&tables.metrics, TABLE_CSV, &out);
	cli_print(&out);
	say_doubt(cli, &tables);
	run_tables_release(&tables);
	buf_release(&out);
	status = experiment_options_judge(cli, &study);
	if (timeline_path && write_timeline(cli, job, timeline_path) != CLI_OK)
		status = CLI_FAILED;
	if (requests_path && finished && request_rows_write(cli, job, requests_path) != CLI_OK)
		status = CLI_FAILED;
	return finished ? status : CLI_FAILED;
}

static const struct option_row options[] = {
	OPTION_ROWS_EXPERIMENT,
	{.name = "timeline",
	 .letter = 't',
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "write the first replication as a trace that Perfetto opens: JSON, or, where FILE ends in .pftrace, "
		 "Perfetto's own format"},
	{.name = "requests",
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "write a row for every call of every replication: .csv, .json, .jsonl or .md"},
	OPTION_END,
};

const struct command cmd_run = {
	.name = "run",
	.summary = "simulate one setting with replications",
	.operands = "EXPERIMENT",
	.operands_min = 1,
	.operands_max = 1,
	.description =
		"Simulates the experiment (its sweep is left aside) and prints its figures with 95 % intervals over "
		"replications, the bill line by line, and for every function its memory, calls, cold starts, time and "
		"where that time went. Where requests arrive over time, one run is also shown in its steady state: its "
		"warm-up is left out, and mean and quantiles have intervals that hold for requests that depend on each "
		"other. Where the run is too short for one, the interval stays empty and a warning says how much "
		"longer it takes.\n\n"
		"Beside the means stands where 90 % of single runs are: luck as replications differ, and the model's "
		"own error, as `lamina validate` finds it for the mechanisms that the setting's time rests on.\n\n"
		"With --timeline the first replication is written as a trace that Perfetto (ui.perfetto.dev) and the "
		"Performance panel of Chromium's DevTools open: a process for each function, in it a track for each "
		"sandbox with its start and its calls, in each call its phases (import, weights, record get, compute, "
		"record put), and in these what their time went to, such as CPU throttled or store latency. Counters "
		"show concurrency and cost as they grow.\n\n"
		"Exit status 1 says that records failed (out of memory, out of time) or that a bound stopped the "
		"simulation; what happened is on standard error.",
	.examples = "lamina run configs/paper/table2.yaml\n"
		    "lamina run exp.yaml --set functions.conv1.memory_mb=2048 --timeline trace.pftrace\n"
		    "lamina run exp.yaml --requests calls.csv\n",
	.options = options,
	.run = run_experiment,
};
