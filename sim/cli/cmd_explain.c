/* `lamina explain`: what results and platforms are made of. */
#include "base/check.h"
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/num.h"
#include "base/version.h"
#include "cli/experiment_options.h"
#include "doc/yaml.h"
#include "report/advice.h"
#include "scenario/platform_file.h"

/* `lamina explain run EXPERIMENT`: where the time and the money of every function went, and what would help. */

static const struct table_column cause_columns[] = {
	{.name = "function", .is_data_only = true},
	{.name = "cause", .heading = ""},
	{.name = "seconds_per_call", .heading = "s a call", .align = TABLE_RIGHT, .decimals = 4},
	{.name = "time_percent", .heading = "time %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "usd_per_run", .heading = "USD a run", .align = TABLE_RIGHT, .decimals = 8},
	{.name = "cost_percent", .heading = "cost %", .align = TABLE_RIGHT, .decimals = 1},
};

static double percent(double part, double whole)
{
	return whole > 0 ? 100 * part / whole : 0;
}

/* Data has percentages in full; people see tenths that add up. */
static void find_percentages(const double parts[CAUSES], bool is_text, double percentages[CAUSES])
{
	if (is_text) {
		advice_percentages(parts, percentages);
		return;
	}
	double total = cause_sum(parts);
	for (int cause = 0; cause < CAUSES; cause++)
		percentages[cause] = percent(parts[cause], total);
}

static void put_cause_row(struct table *table, const char *function, const char *cause, const double figures[4])
{
	table_text(table, function);
	table_text(table, cause);
	for (int i = 0; i < 4; i++)
		table_double(table, figures[i]);
	table_end_row(table);
}

static void put_causes_of_function(struct table *table, const struct function_result *function, bool is_text)
{
	double time_percent[CAUSES];
	double cost_percent[CAUSES];
	find_percentages(function->cause_seconds, is_text, time_percent);
	find_percentages(function->cause_usd, is_text, cost_percent);
	for (int cause = 0; cause < CAUSES; cause++) {
		double seconds = function->cause_seconds[cause];
		double usd = function->cause_usd[cause];
		if (seconds > 0 || usd > 0)
			put_cause_row(table, function->name, cause_names[cause],
				      (double[]){seconds, time_percent[cause], usd, cost_percent[cause]});
	}
	if (is_text)
		put_cause_row(table, function->name, "total",
			      (double[]){cause_sum(function->cause_seconds), cause_sum(time_percent),
					 cause_sum(function->cause_usd), cause_sum(cost_percent)});
}

static double run_seconds(const struct function_result *function)
{
	return cause_sum(function->cause_seconds) * function_result_metric(function, FUNCTION_METRIC_INVOCATIONS)->mean;
}

/* What the function is and how much of the run it has. */
static void write_heading(const struct run_job *job, size_t index, struct buf *out)
{
	const struct run_result *result = &job->result;
	const struct function_result *function = &result->functions[index];
	double all_seconds = 0;
	for (size_t f = 0; f < result->function_count; f++)
		all_seconds += run_seconds(&result->functions[f]);
	const struct platform_cpu cpu =
		cpu_of_architecture(&job->setting->platform->cpu, job->setting->functions[index].sandbox.is_arm64);
	buf_printf(out, "\n%s, %lld MB, %.2f vCPU: %.6g calls", function->name, (long long)function->memory_mb,
		   cpu_share(&cpu, function->memory_mb),
		   function_result_metric(function, FUNCTION_METRIC_INVOCATIONS)->mean);
	if (result->function_count > 1)
		buf_printf(out, ", %.1f %% of the time and %.1f %% of the cost of all functions",
			   percent(run_seconds(function), all_seconds),
			   percent(cause_sum(function->cause_usd), result->bill.total_usd));
	buf_add_char(out, '\n');
}

static void render_text(const struct study *study, struct buf *out)
{
	const struct run_job *job = &study->jobs[0];
	experiment_options_describe(study, job->setting, out);
	buf_printf(out, "%lld replication%s, seed %llu, lamina %s\n", (long long)job->result.replications,
		   job->result.replications == 1 ? "" : "s", (unsigned long long)job->seed, lamina_version());
	for (size_t f = 0; f < job->result.function_count; f++) {
		struct table table;
		write_heading(job, f, out);
		table_init(&table, cause_columns, ARRAY_LEN(cause_columns));
		put_causes_of_function(&table, &job->result.functions[f], true);
		table_render(&table, TABLE_TEXT, out);
		table_release(&table);
		for (int cause = 0; cause < CAUSES; cause++) {
			if (!advice_is_due(job, f, (enum cause)cause))
				continue;
			buf_add(out, "- ");
			advice_write(job, f, (enum cause)cause, out);
			buf_add_char(out, '\n');
		}
	}
	workflow_describe(job, out);
	critical_path_describe(job, out);
}

static void write_advice(const struct run_job *job, struct json *json)
{
	struct buf text;
	buf_init(&text);
	json_array_begin(json);
	for (size_t f = 0; f < job->result.function_count; f++) {
		for (int cause = 0; cause < CAUSES; cause++) {
			if (!advice_is_due(job, f, (enum cause)cause))
				continue;
			buf_clear(&text);
			advice_write(job, f, (enum cause)cause, &text);
			json_object_begin(json);
			json_field_text(json, "function", job->result.functions[f].name);
			json_field_text(json, "cause", cause_names[cause]);
			json_field_text(json, "text", buf_text(&text));
			json_object_end(json);
		}
	}
	json_array_end(json);
	buf_release(&text);
}

static void render_json(const struct study *study, const struct table *table, struct buf *out)
{
	const struct run_job *job = &study->jobs[0];
	struct json json;
	json_document_begin(&json, out);
	experiment_options_write_job_head(study, job, &json);
	json_key(&json, "causes");
	table_write_json(table, &json);
	json_key(&json, "advice");
	write_advice(job, &json);
	json_document_end(&json);
}

static void render_data(const struct study *study, enum table_format format, struct buf *out)
{
	const struct run_result *result = &study->jobs[0].result;
	struct table table;
	table_init(&table, cause_columns, ARRAY_LEN(cause_columns));
	for (size_t f = 0; f < result->function_count; f++)
		put_causes_of_function(&table, &result->functions[f], false);
	double usd = workflow_usd(result);
	if (usd > 0)
		put_cause_row(&table, "workflow", cause_names[CAUSE_INVOKING], (double[]){0, 0, usd, 100});
	if (format == TABLE_JSON)
		render_json(study, &table, out);
	else
		table_render(&table, TABLE_CSV, out);
	table_release(&table);
}

static int explain_run(struct cli *cli, int argc, char **argv)
{
	struct study study;
	int status = experiment_options_load(cli, argv[0], false, &study);
	if (status != CLI_OK)
		return status;
	if (study.jobs[0].setting->platform->kind == PLATFORM_MACHINE)
		return cli_wrong_usage(cli, "'%s' is a machine: it has no functions to explain; see 'lamina run'",
				       study.jobs[0].setting->platform->name);
	bool finished = experiment_options_replicate(cli, &study);
	if (study.jobs[0].result.replications == 0)
		return CLI_FAILED;
	enum table_format format = cli_format(cli);
	struct buf out;
	buf_init(&out);
	if (format == TABLE_TEXT)
		render_text(&study, &out);
	else
		render_data(&study, format, &out);
	cli_print(&out);
	buf_release(&out);
	status = experiment_options_judge(cli, &study);
	return finished ? status : CLI_FAILED;
}

static const struct option_row run_options[] = {OPTION_ROWS_EXPERIMENT, OPTION_END};

static const struct command run_command = {
	.name = "run",
	.summary = "say in words where a run's time and money went",
	.operands = "EXPERIMENT",
	.operands_min = 1,
	.operands_max = 1,
	.description =
		"Simulates the experiment (its sweep is left aside) and divides the time and the bill of every "
		"function by cause: waiting for a place, starting and loading a new sandbox, the store's latency and "
		"streams, the network, computing, what the CPU quota adds to that, rounding of the bill, fees. Every "
		"nanosecond and every cent has one cause, so that shares add up to 100 %. Below, a sentence on each "
		"cause that has 5 % of a function's time or cost and 2 % of all functions': what would help. Of a "
		"workflow, last, what a record's critical path is made of, and which tasks have slack.",
	.examples = "lamina explain run configs/paper/table2.yaml\n"
		    "lamina explain run exp.yaml --set functions.conv1.memory_mb=2048 --format json\n",
	.options = run_options,
	.run = explain_run,
};

/* `lamina explain platform NAME`: every value of a platform with its source. */

static const struct table_column source_columns[] = {
	{.name = "key"},
	{.name = "value"},
	{.name = "source"},
};

static void print_sources(const char *text, enum table_format format, struct arena *arena)
{
	size_t count;
	const struct platform_source *sources = platform_sources(text, arena, &count);
	struct table table;
	double number;
	struct buf out;
	buf_init(&out);
	table_init(&table, source_columns, ARRAY_LEN(source_columns));
	for (size_t i = 0; i < count; i++) {
		table_text(&table, sources[i].key);
		if (num_parse_double(sources[i].value, &number))
			table_numbers(&table, sources[i].value);
		else
			table_text(&table, sources[i].value);
		if (sources[i].source[0] != '\0')
			table_text(&table, sources[i].source);
		else if (strcmp(sources[i].value, "unknown") == 0)
			table_text(&table, "nobody has published it");
		else
			table_missing(&table);
		table_end_row(&table);
	}
	table_render(&table, format, &out);
	cli_print(&out);
	table_release(&table);
	buf_release(&out);
}

static int no_such_platform(const struct cli *cli, const char *name, struct arena *arena)
{
	size_t count;
	char **names = data_file_list("configs/platforms", ".yaml", arena, &count);
	const char *meant = did_you_mean(name, (const char *const *)names, count);
	if (meant)
		return cli_wrong_usage(cli, "there is no platform '%s'; did you mean '%s'?", name, meant);
	return cli_wrong_usage(cli, "there is no platform '%s'; without NAME they are listed", name);
}

static int explain_platform(struct cli *cli, int argc, char **argv)
{
	if (argc == 0) {
		size_t count;
		char **names = data_file_list("configs/platforms", ".yaml", &cli->arena, &count);
		for (size_t i = 0; i < count; i++)
			puts(names[i]);
		return CLI_OK;
	}
	const char *path = argv[0];
	if (!strchr(path, '/'))
		path = data_file_find(arena_printf(&cli->arena, "configs/platforms/%s.yaml", path), &cli->arena);
	if (!path)
		return no_such_platform(cli, argv[0], &cli->arena);
	struct err err;
	char *text;
	size_t length;
	if (!file_read(path, YAML_BYTES_MAX, &cli->arena, &text, &length, &err))
		return cli_failed(cli, &err);
	struct platform platform;
	struct diag diag;
	diag_init(&diag);
	platform_parse(path, text, length, NULL, &cli->arena, &diag, &platform);
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	if (status == CLI_OK)
		print_sources(text, cli_format(cli), &cli->arena);
	return status;
}

static const struct option_row platform_options[] = {OPTION_ROW_FORMAT, OPTION_END};

static const struct command platform_command = {
	.name = "platform",
	.summary = "print a platform's values, each with its source",
	.operands = "[NAME]",
	.operand_names = names_of_platforms,
	.operands_max = 1,
	.description = "Prints every value of a platform (a name from configs/platforms, or a path to a file) with "
		       "what its file says about its source: D documented by the provider, M measured, by whom, "
		       "I inferred, and how. Without NAME, the platforms that come with Lamina.",
	.examples = "lamina explain platform aws-lambda\n"
		    "lamina explain platform aws-lambda-2019 --format csv\n",
	.options = platform_options,
	.run = explain_platform,
};

static const struct command *const subcommands[] = {&run_command, &platform_command, NULL};

const struct command cmd_explain = {
	.name = "explain",
	.summary = "say where time and money went, and where numbers come from",
	.description =
		"Every result of a simulation has its causes, and every number that it starts from has a source.",
	.subcommands = subcommands,
};
