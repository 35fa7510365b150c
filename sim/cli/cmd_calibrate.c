/* `lamina calibrate LOGS...`: a user's own functions from their Lambda logs, as an overlay for --with. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/json.h"
#include "base/num.h"
#include "base/version.h"
#include "calibrate/calibration.h"
#include "calibrate/report_log.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/result_file.h"
#include "cli/validate_logs.h"
#include "scenario/function_name.h"

enum { IMAGES_MAX = 1000000000 };

/* One run of the command: what is read, and whose it is. */
struct calibrate {
	struct cli *cli;
	struct diag diag;
	struct log_samples samples;
	struct calibration_context context;
	struct calibration calibration;
	const char *const *names; /* of the experiment's functions */
	const char *const *deployed_names;
	size_t name_count;
	const char *file_function; /* of the file being read: by --function, else by its name */
	bool is_named;             /* by --function */
	int64_t file_images;       /* of a request in it, where rows do not say */
	struct report_counts counts;
};

static const struct table_column parameter_columns[] = {
	{.name = "function"},
	{.name = "parameter"},
	{.name = "value", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "standard_error", .heading = "± 1 s.e.", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "unit"},
	{.name = "note"},
};

/* The last one only where rows differ in their images. */
static const struct table_column size_columns[] = {
	LOGGED_SIZE_COLUMNS,
	{.name = "predicted_seconds", .heading = "predicted s", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "error_percent", .heading = "error %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "verdict"},
	{.name = "images", .align = TABLE_RIGHT},
};
enum { SIZE_COLUMNS = ARRAY_LEN(size_columns) };

/* How invocations ended, for JSON. */
static const struct table_column ending_columns[] = {
	{.name = "function"},
	{.name = "ending"},
	{.name = "invocations", .align = TABLE_RIGHT},
};

/* The experiment's function that a log's name means; NULL, with a warning, where there is none. */
static const char *known_name(struct calibrate *calibrate, const char *name)
{
	if (!calibrate->context.experiment)
		return name;
	int match = function_name_match(name, calibrate->deployed_names, calibrate->name_count);
	if (match < 0)
		match = function_name_match(name, calibrate->names, calibrate->name_count);
	if (match >= 0)
		return calibrate->names[match];
	struct buf all;
	buf_init(&all);
	for (size_t i = 0; i < calibrate->name_count && i < 8; i++)
		buf_printf(&all, "%s%s", i > 0 ? ", " : "", calibrate->names[i]);
	diag_warning(&calibrate->diag, (struct diag_place){0},
		     "the logs' '%s' is no function of '%s' (%s%s); left out. Name it with --function NAME=FILE", name,
		     calibrate->context.experiment->name, buf_text(&all), calibrate->name_count > 8 ? ", ..." : "");
	buf_release(&all);
	return NULL;
}

/* What --images says of the logs, or with NULL of all; 0 where it says nothing. */
static int64_t stated_images(const struct calibrate *calibrate, const char *path)
{
	size_t count;
	int64_t images = 0;
	const char *const *values = options_list(&calibrate->cli->options, "images", &count);
	for (size_t i = 0; i < count; i++) {
		const char *equals = strrchr(values[i], '=');
		size_t length = equals ? (size_t)(equals - values[i]) : 0;
		bool is_meant =
			path ? equals && strlen(path) == length && strncmp(values[i], path, length) == 0 : !equals;
		if (is_meant)
			CHECK(num_parse_int64(equals ? equals + 1 : values[i], &images));
	}
	return images;
}

static void take_row(void *context, const struct report_row *row)
{
	struct calibrate *calibrate = context;
	struct arena scratch;
	arena_init(&scratch);
	bool is_told = row->function[0] != '\0' && !calibrate->is_named;
	const char *given = is_told ? function_name_of_log_group(row->function, &scratch) : calibrate->file_function;
	const char *name = known_name(calibrate, given);
	struct report_row counted = *row;
	if (isnan(counted.images))
		counted.images = (double)calibrate->file_images;
	if (name)
		log_samples_add(&calibrate->samples, name, &counted, &calibrate->diag);
	arena_release(&scratch);
}

/* An enum cli_exit; mistakes go on to the diag, so that all files' are told at once. */
static int read_log(struct calibrate *calibrate, const char *path, const char *function)
{
	struct report_sink sink = {take_row, calibrate};
	struct report_counts counts;
	bool io_failed;
	calibrate->is_named = function != NULL;
	calibrate->file_images = stated_images(calibrate, path);
	if (calibrate->file_images == 0)
		calibrate->file_images = calibrate->context.images;
	calibrate->file_function = function ? function : function_name_of_file(path, &calibrate->cli->arena);
	bool ok = report_log_read(path, &sink, &calibrate->diag, &counts, &io_failed);
	calibrate->counts.rows += counts.rows;
	calibrate->counts.skipped += counts.skipped;
	return ok ? CLI_OK : io_failed ? CLI_FAILED : CLI_WRONG;
}

static int read_logs(struct calibrate *calibrate, int argc, char **argv)
{
	size_t pair_count;
	int worst = CLI_OK;
	const char *const *pairs = options_list(&calibrate->cli->options, "function", &pair_count);
	for (int i = 0; i < argc; i++) {
		int status = read_log(calibrate, argv[i], NULL);
		worst = worst == CLI_OK ? status : worst;
	}
	for (size_t i = 0; i < pair_count; i++) {
		const char *equals = strchr(pairs[i], '=');
		const char *name = arena_strndup(&calibrate->cli->arena, pairs[i], (size_t)(equals - pairs[i]));
		int status = read_log(calibrate, equals + 1, function_name_of_log_group(name, &calibrate->cli->arena));
		worst = worst == CLI_OK ? status : worst;
	}
	log_samples_finish(&calibrate->samples, &calibrate->context.platform->cpu);
	return worst;
}

static const char *note_of(const struct calibrate *calibrate, const struct calibrated_function *function,
			   enum work_parameter which)
{
	const struct fitted_parameter *parameter = &function->fit.parameters[which];
	if (parameter->state == PARAMETER_FITTED && which == FIT_PARALLEL)
		return arena_printf(&calibrate->cli->arena, "fitted, %lld threads",
				    (long long)function->fit.model.threads);
	bool is_by_cpu = !isnan(function->logged_cpu_seconds);
	if (parameter->state == PARAMETER_FITTED)
		return is_by_cpu && which != FIT_WAIT && which != FIT_COLD_WAIT ? "from the CPU time logged" : "fitted";
	if (parameter->state == PARAMETER_AT_ZERO)
		return "0 fits best";
	return arena_printf(&calibrate->cli->arena, "default: %s",
			    calibration_reason(which, function, &calibrate->cli->arena));
}

static void value_row(struct table *table, const char *function, const char *name, double value, const char *unit,
		      const char *note)
{
	table_text(table, function);
	table_text(table, name);
	table_double(table, value);
	table_missing(table);
	table_text(table, unit);
	table_text(table, note);
	table_end_row(table);
}

/* The table gets the scatter of calls on one sandbox, and that between sandboxes, where the log tells them apart. */
static void fill_sandboxes(struct table *table, const struct calibrate *calibrate,
			   const struct calibrated_function *function)
{
	const struct scatter *scatter = &function->samples->scatter;
	if (isnan(scatter->call_variance))
		return;
	const char *note = arena_printf(&calibrate->cli->arena, "of calls on one sandbox; %lld sandboxes made several",
					(long long)scatter->sandboxes);
	value_row(table, function->name, "variation in a sandbox", sqrt(scatter->call_variance), "", note);
}

/* Few rows that took far longer, apart from what the others vary by. */
static void fill_tail(struct table *table, const struct calibrate *calibrate,
		      const struct calibrated_function *function)
{
	const struct scatter *scatter = &function->samples->scatter;
	if (scatter->tail_rows == 0)
		return;
	const char *note =
		arena_printf(&calibrate->cli->arena, "%lld of %lld rows, from %.3g of their size's median on",
			     (long long)scatter->tail_rows, (long long)scatter->rows, scatter->tail_from);
	value_row(table, function->name, "tail", 100 * scatter->tail_share / (1 + scatter->tail_share), "% of time",
		  note);
}

static void fill_parameters(struct table *table, const struct calibrate *calibrate,
			    const struct calibrated_function *function)
{
	for (int i = 0; i < FIT_PARAMETERS; i++) {
		const struct fitted_parameter *parameter = &function->fit.parameters[i];
		if (!calibration_tells(function, (enum work_parameter)i))
			continue;
		table_text(table, function->name);
		table_text(table, work_parameter_names[i]);
		table_double(table, function->fit.model.seconds[i]);
		table_double(table, parameter->state == PARAMETER_FITTED ? parameter->standard_error : (double)NAN);
		table_text(table, "s");
		table_text(table, note_of(calibrate, function, (enum work_parameter)i));
		table_end_row(table);
	}
	if (function->fit.model.alternations > 1)
		value_row(table, function->name, "alternations", (double)function->fit.model.alternations, "",
			  "of waiting and CPU in a request, as fits best");
	double variation = function->fit.model.variation;
	bool has_scatter = function->fit.row_variance > 0;
	static const char *const names[VARYINGS] = {"variation", "variation of CPU", "variation of waiting"};
	enum work_varying varying = function->fit.model.varying;
	value_row(table, function->name, names[varying], has_scatter || variation > 0 ? variation : (double)NAN, "",
		  !has_scatter && variation > 0 ? "tried: as the steps between sizes are smoothed"
		  : !has_scatter                ? "default: needs several rows at a size"
		  : varying != VARYING_ALL      ? "alone, as scatter changes over sizes"
		  : variation == 0              ? "0: rows differ no more than sandboxes' speeds"
						: "of rows at one size, beyond sandboxes' speeds");
	fill_sandboxes(table, calibrate, function);
	fill_tail(table, calibrate, function);
	const struct histogram *init = &function->samples->init_ns;
	bool has_init = init->count > 0;
	const char *init_note = has_init
					? arena_printf(&calibrate->cli->arena, "median of %lld", (long long)init->count)
					: "default: needs rows of cold starts";
	value_row(table, function->name, "init",
		  has_init ? seconds_from_ns(histogram_quantile(init, 0.5)) : (double)NAN, "s", init_note);
	value_row(table, function->name, "peak memory", function->memory_mb > 0 ? function->memory_mb : (double)NAN,
		  "MB",
		  function->is_memory_at_least  ? "at least: it was used up"
		  : function->is_memory_at_most ? "at most: it completed with that"
		  : function->memory_mb > 0     ? "largest that was used"
						: "default: the logs do not say");
}

/* What logs of Lambda Insights tell of completed requests. */
static void fill_logged(struct table *table, const struct calibrated_function *function)
{
	const struct function_samples *samples = function->samples;
	double cpu_seconds = 0;
	int64_t count = 0;
	for (size_t i = 0; i < samples->group_count; i++) {
		const struct summary *cpu = &samples->groups[i].cpu_seconds;
		cpu_seconds += cpu->mean * (double)cpu->count;
		count += (int64_t)cpu->count;
	}
	if (count > 0)
		value_row(table, function->name, "logged CPU", cpu_seconds / (double)count, "s",
			  "mean of requests, all threads");
	if (samples->received_mb.count > 0)
		value_row(table, function->name, "received", samples->received_mb.mean, "MB", "mean of requests");
	if (samples->sent_mb.count > 0)
		value_row(table, function->name, "sent", samples->sent_mb.mean, "MB", "mean of requests");
}

static bool any_images(const struct calibration *calibration)
{
	for (size_t i = 0; i < calibration->function_count; i++)
		if (log_samples_have_images(calibration->functions[i].samples))
			return true;
	return false;
}

static void fill_sizes(struct table *table, const struct calibrated_function *function)
{
	for (size_t i = 0; i < function->samples->group_count; i++) {
		const struct sample_group *group = &function->samples->groups[i];
		double predicted = calibration_predict(function, group);
		logged_size_put(table, function->name, group);
		logged_size_put_prediction(table, predicted, group);
		table_text(table, work_fit_misses(&function->fit, group, predicted) ? "missed" : "held");
		if (table->column_count == SIZE_COLUMNS)
			table_int(table, group->images);
		table_end_row(table);
	}
}

/* What was read, and what was not used. */
static void describe(const struct calibrate *calibrate, const struct calibrated_function *function, struct buf *out)
{
	const struct function_samples *samples = function->samples;
	buf_printf(out, "%s: %lld completed invocations", function->name, (long long)samples->completed);
	if (samples->averages > 0)
		buf_printf(out, ", %lld of them averages", (long long)samples->averages);
	if (samples->at_ceiling > 0)
		buf_printf(out, ", %lld at the memory's ceiling", (long long)samples->at_ceiling);
	const char *endings = log_samples_endings(samples, &calibrate->cli->arena);
	if (endings[0])
		buf_printf(out, "; %s", endings);
	const char *separator = "; billed in ";
	for (int era = 0; era < BILLING_ERAS; era++) {
		if (samples->eras[era] == 0 || era == BILLING_UNKNOWN)
			continue;
		buf_printf(out, "%s%s (%lld)", separator, billing_era_names[era], (long long)samples->eras[era]);
		separator = ", ";
	}
	buf_add_char(out, '\n');
}

static void fill_endings(struct table *table, const struct calibrated_function *function)
{
	for (int i = 0; i < REPORT_STATUSES; i++) {
		if (function->samples->ended[i] == 0)
			continue;
		table_text(table, function->name);
		table_text(table, report_status_names[i]);
		table_int(table, function->samples->ended[i]);
		table_end_row(table);
	}
}

static void print_results(struct calibrate *calibrate)
{
	const struct calibration *calibration = &calibrate->calibration;
	struct table parameters;
	struct table sizes;
	struct table endings;
	struct buf out;
	struct json json;
	enum table_format format = cli_format(calibrate->cli);
	buf_init(&out);
	table_init(&parameters, parameter_columns, ARRAY_LEN(parameter_columns));
	table_init(&sizes, size_columns, any_images(calibration) ? SIZE_COLUMNS : SIZE_COLUMNS - 1);
	table_init(&endings, ending_columns, ARRAY_LEN(ending_columns));
	for (size_t i = 0; i < calibration->function_count; i++) {
		fill_parameters(&parameters, calibrate, &calibration->functions[i]);
		fill_logged(&parameters, &calibration->functions[i]);
		fill_sizes(&sizes, &calibration->functions[i]);
		fill_endings(&endings, &calibration->functions[i]);
		if (format == TABLE_TEXT)
			describe(calibrate, &calibration->functions[i], &out);
	}
	if (format == TABLE_JSON) {
		json_document_begin(&json, &out);
		experiment_options_write_head(NULL, calibrate->context.platform->name, &json);
		json_key(&json, "parameters");
		table_write_json(&parameters, &json);
		json_key(&json, "sizes");
		table_write_json(&sizes, &json);
		json_key(&json, "endings");
		table_write_json(&endings, &json);
		json_document_end(&json);
	} else if (format == TABLE_CSV) {
		table_render(&sizes, TABLE_CSV, &out);
	} else {
		buf_add_char(&out, '\n');
		table_render(&parameters, TABLE_TEXT, &out);
		buf_printf(&out, "\nMeasured and predicted on %s\n", calibrate->context.platform->name);
		table_render(&sizes, TABLE_TEXT, &out);
	}
	cli_print(&out);
	table_release(&parameters);
	table_release(&sizes);
	table_release(&endings);
	buf_release(&out);
}

/* The experiment whose functions the logs are of, or the platform by itself. */
static int choose_platform(struct calibrate *calibrate, struct study *study, struct library *library)
{
	struct cli *cli = calibrate->cli;
	const char *path = options_text(&cli->options, "experiment");
	const char *name = options_text(&cli->options, "platform");
	if (path) {
		int status = experiment_options_load_with_blanks(cli, path, study);
		if (status != CLI_OK)
			return status;
		const struct setting *setting = study->jobs[0].setting;
		const char **names = ARENA_ARRAY(&cli->arena, const char *, setting->function_count);
		const char **deployed_names = ARENA_ARRAY(&cli->arena, const char *, setting->function_count);
		for (size_t i = 0; i < setting->function_count; i++) {
			names[i] = setting->functions[i].name;
			deployed_names[i] = setting->functions[i].deployed_name;
		}
		calibrate->context.experiment = &study->experiment;
		calibrate->context.setting = setting;
		calibrate->names = names;
		calibrate->deployed_names = deployed_names;
		calibrate->name_count = setting->function_count;
		calibrate->context.platform = setting->platform;
	}
	if (!path || options_given(&cli->options, "platform")) {
		library_init(library, &cli->arena);
		calibrate->context.platform = library_platform(
			library, name, NULL, (struct diag_place){.file = "--platform"}, &calibrate->diag);
		if (!calibrate->context.platform)
			return CLI_WRONG;
	}
	if (calibrate->context.platform->kind != PLATFORM_FUNCTIONS)
		return cli_wrong_usage(cli, "%s is a machine, not a service of functions",
				       calibrate->context.platform->name);
	return CLI_OK;
}

static bool is_log(const struct calibrate *calibrate, int argc, char **argv, const char *name, size_t length)
{
	size_t pair_count;
	const char *const *pairs = options_list(&calibrate->cli->options, "function", &pair_count);
	for (size_t i = 0; i < (size_t)argc + pair_count; i++) {
		const char *log = i < (size_t)argc ? argv[i] : strchr(pairs[i - (size_t)argc], '=') + 1;
		if (strlen(log) == length && strncmp(log, name, length) == 0)
			return true;
	}
	return false;
}

/* Each value of --images is a number, or one of the logs and a number. */
static int check_images(struct calibrate *calibrate, int argc, char **argv)
{
	size_t count;
	const char *const *values = options_list(&calibrate->cli->options, "images", &count);
	for (size_t i = 0; i < count; i++) {
		const char *equals = strrchr(values[i], '=');
		int64_t images;
		if (!num_parse_int64(equals ? equals + 1 : values[i], &images) || images < 1 || images > IMAGES_MAX)
			return cli_wrong_usage(calibrate->cli,
					       "--images %s: give a whole number from 1 to %d, or LOGS=N", values[i],
					       IMAGES_MAX);
		if (equals && !is_log(calibrate, argc, argv, values[i], (size_t)(equals - values[i])))
			return cli_wrong_usage(calibrate->cli, "--images %s: '%.*s' is none of the logs that are given",
					       values[i], (int)(equals - values[i]), values[i]);
	}
	return CLI_OK;
}

static int64_t images_of(const struct calibrate *calibrate)
{
	int64_t stated = stated_images(calibrate, NULL);
	if (stated > 0)
		return stated;
	return calibrate->context.experiment ? calibrate->context.experiment->workload.images_per_record : 1;
}

/* 0: as fits best. */
static int64_t threads_of(const struct calibrate *calibrate)
{
	const struct options *given = &calibrate->cli->options;
	return options_given(given, "threads") ? options_int(given, "threads") : 0;
}

static int write_overlay(struct calibrate *calibrate, const char *path)
{
	struct buf text;
	buf_init(&text);
	calibration_write(&calibrate->calibration, lamina_version(), &calibrate->cli->arena, &text);
	int status = result_file_write(calibrate->cli, path, &text);
	buf_release(&text);
	return status;
}

static int run_calibrate(struct cli *cli, int argc, char **argv)
{
	struct study study;
	struct library library;
	struct calibrate calibrate = {.cli = cli};
	if (argc == 0 && !options_given(&cli->options, "function"))
		return cli_wrong_usage(cli, "give logs, or --function NAME=LOGS");
	diag_init(&calibrate.diag);
	log_samples_init(&calibrate.samples, &cli->arena);
	int status = choose_platform(&calibrate, &study, &library);
	const char *path = options_text(&cli->options, "output");
	if (status == CLI_OK)
		status = result_file_try(cli, path);
	if (status == CLI_OK)
		status = check_images(&calibrate, argc, argv);
	calibrate.context.images = images_of(&calibrate);
	bool is_chosen = status == CLI_OK;
	if (is_chosen)
		status = read_logs(&calibrate, argc, argv);
	calibrate.context.threads = threads_of(&calibrate);
	bool is_solved =
		status == CLI_OK && !diag_has_errors(&calibrate.diag) &&
		calibration_solve(&calibrate.samples, &calibrate.context, &calibrate.diag, &calibrate.calibration);
	int reported = cli_report(cli, &calibrate.diag);
	diag_release(&calibrate.diag);
	if (!is_solved)
		return status != CLI_OK ? status : reported;
	print_results(&calibrate);
	return path ? write_overlay(&calibrate, path) : CLI_OK;
}

static const struct option_row options[] = {
	OPTION_ROW_FORMAT,
	{.name = "experiment",
	 .letter = 'e',
	 .kind = OPTION_TEXT,
	 .metavar = "EXPERIMENT",
	 .help = "the experiment whose functions and platform the logs are of"},
	{.name = "function",
	 .kind = OPTION_PAIRS,
	 .metavar = "NAME=LOGS",
	 .help = "logs of one function, whatever name is in them"},
	{.name = "platform",
	 .letter = 'p',
	 .kind = OPTION_TEXT,
	 .metavar = "NAME",
	 .names = names_of_platforms,
	 .fallback = "aws-lambda",
	 .help = "the platform that the logs are of, by name or file; the experiment's where there is one"},
	{.name = "images",
	 .kind = OPTION_LIST,
	 .metavar = "N|LOGS=N",
	 .help = "images in each logged request, of all logs or of one; by default the experiment's "
		 "images_per_record, else 1. Logs of several numbers tell what comes with each call"},
	{.name = "threads",
	 .kind = OPTION_INT,
	 .metavar = "N",
	 .min = 1,
	 .max = 64,
	 .help = "threads of the parallel part; by default as many as fit best"},
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "write what was fitted as a file for --with"},
	OPTION_ROW_SET,
	OPTION_ROW_WITH,
	OPTION_ROW_REPLICATIONS,
	OPTION_ROW_SEED,
	OPTION_END,
};

const struct command cmd_calibrate = {
	.name = "calibrate",
	.summary = "fit functions to their own AWS Lambda logs",
	.operands = "LOGS...",
	.operands_min = 0,
	.operands_max = -1,
	.description =
		"Reads logs of invocations at several memory sizes, fits what each function does (CPU time of one "
		"thread, CPU time of all threads, waiting, initialising, peak memory), and prints it beside its "
		"standard errors, then each size as measured and as predicted. What the logs cannot tell stays at its "
		"default, with the reason.\n\n"
		"Logs are recognised by their content and may be compressed: text REPORT lines, JSON platform.report "
		"events, bare or wrapped by the AWS command line, CloudWatch Logs Insights results as CSV or JSON, "
		"performance events of Lambda Insights, and results or chart addresses of AWS Lambda Power Tuning. A "
		"row is of the function that its log group names, else of the one that its file is called after.\n\n"
		"A useful Logs Insights query is: filter @type = \"REPORT\" | fields @timestamp, @log, @logStream, "
		"@requestId, @duration, @billedDuration, @initDuration, @memorySize, @maxMemoryUsed | limit 10000",
	.examples = "lamina calibrate conv1.log --function fc=insights.csv -o mine.yaml\n"
		    "lamina run exp.yaml --with mine.yaml\n",
	.options = options,
	.run = run_calibrate,
};
