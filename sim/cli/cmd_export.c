/* `lamina export FILE`: rows of a file of results, for every program that reads CSV, JSON or Markdown. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/result_file.h"
#include "cli/rows.h"
#include "results/results.h"

/* READ_AT_ONCE: so many points at a time a sweep that writes waits for. */
enum { COLUMNS_MAX = 4096, READ_AT_ONCE = 256 };

struct export
{
	struct cli *cli;
	struct results *results;
	const struct results_experiment *experiment;
	struct arena arena;     /* of one point */
	const char **functions; /* whose columns a point's row has; NULL: none */
	size_t function_count;
	const char **columns;
	size_t column_count;
	struct rows_writer rows;
	int64_t complete; /* points that have all that was wanted of them */
	int64_t failed;
};

static void add_column(struct export *export, const char *name)
{
	CHECK(export->column_count < COLUMNS_MAX);
	export->columns[export->column_count++] = name;
}

static void add_columns(struct export *export, const char *const *names)
{
	for (; *names; names++)
		add_column(export, *names);
}

static void add_metric_columns(struct export *export, bool with_half_widths)
{
	for (int i = 0; i < METRICS; i++) {
		add_column(export, outcome_metrics[i].name);
		if (with_half_widths)
			add_column(export,
				   arena_printf(&export->cli->arena, "%s_half_width_95", outcome_metrics[i].name));
	}
}

/* "front.duration_mean_seconds" */
static void add_function_columns(struct export *export, const char *function)
{
	struct arena *arena = &export->cli->arena;
	add_column(export, arena_printf(arena, "%s.memory_mb", function));
	for (int i = 0; i < FUNCTION_METRICS; i++) {
		const char *name = arena_printf(arena, "%s.%s", function, function_metrics[i].name);
		add_column(export, name);
		add_column(export, arena_printf(arena, "%s_half_width_95", name));
	}
}

static void put_estimate(struct export *export, const struct estimate *estimate)
{
	rows_double(&export->rows, estimate->mean);
	rows_double(&export->rows, estimate->half_width);
}

/* The number of the point and its swept values: what every row begins with. */
static void put_setting(struct export *export, const struct results_point *point)
{
	struct rows_writer *rows = &export->rows;
	if (point->ordinal >= 0)
		rows_int(rows, point->ordinal + 1);
	else
		rows_missing(rows);
	for (size_t i = 0; i < export->experiment->key_count; i++) {
		const struct swept_value *value = &point->values[i];
		if (value->kind == VALUE_INT)
			rows_int(rows, value->integer);
		else if (value->kind == VALUE_DOUBLE)
			rows_double(rows, value->number);
		else if (value->kind == VALUE_TEXT)
			rows_text(rows, value->text);
		else
			rows_missing(rows);
	}
}

/* The result of the first `count` replications. */
static struct run_result result_of(struct export *export, const struct results_content *content, int64_t count)
{
	struct run_result result;
	samples_gather(content->samples, count, content->point.functions, content->point.function_count, &export->arena,
		       &result);
	return result;
}

static const struct function_result *find_function(const struct run_result *result, const char *name)
{
	for (size_t i = 0; i < result->function_count; i++)
		if (strcmp(result->functions[i].name, name) == 0)
			return &result->functions[i];
	return NULL;
}

static void put_function(struct export *export, const struct function_result *function)
{
	if (function)
		rows_int(&export->rows, function->memory_mb);
	else
		rows_missing(&export->rows);
	for (int i = 0; i < FUNCTION_METRICS; i++) {
		if (function) {
			put_estimate(export, &function->metrics[i]);
			continue;
		}
		rows_missing(&export->rows);
		rows_missing(&export->rows);
	}
}

/* --- kinds of rows -------------------------------------------------------------------------------------------- */

static void point_columns(struct export *export)
{
	static const char *const first[] = {"replications", NULL};
	static const char *const last[] = {"random_seed", "lamina_version", NULL};
	add_columns(export, first);
	add_metric_columns(export, true);
	for (size_t i = 0; i < export->function_count; i++)
		add_function_columns(export, export->functions[i]);
	add_columns(export, last);
}

static void put_point(struct export *export, const struct results_content *content, int64_t count)
{
	if (count == 0)
		return;
	struct run_result result = result_of(export, content, count);
	put_setting(export, &content->point);
	rows_int(&export->rows, result.replications);
	for (int i = 0; i < METRICS; i++)
		put_estimate(export, &result.metrics[i]);
	for (size_t i = 0; i < export->function_count; i++)
		put_function(export, find_function(&result, export->functions[i]));
	rows_int(&export->rows, content->point.seed);
	rows_text(&export->rows, content->versions[0]);
}

static void replication_columns(struct export *export)
{
	static const char *const first[] = {"replication", NULL};
	static const char *const last[] = {"bytes_in", "bytes_out", "random_seed", "lamina_version", NULL};
	add_columns(export, first);
	add_metric_columns(export, false);
	add_columns(export, last);
}

static void put_replications(struct export *export, const struct results_content *content, int64_t count)
{
	for (int64_t i = 0; i < count; i++) {
		const struct sample *sample = &content->samples[i];
		put_setting(export, &content->point);
		rows_int(&export->rows, i);
		for (int m = 0; m < METRICS; m++)
			rows_double(&export->rows, sample->metrics[m]);
		rows_double(&export->rows, sample->bytes_in);
		rows_double(&export->rows, sample->bytes_out);
		rows_int(&export->rows, content->point.seed);
		rows_text(&export->rows, content->versions[i]);
	}
}

static void function_columns(struct export *export)
{
	static const char *const first[] = {"function", "memory_mb", "peak_memory_mb", NULL};
	add_columns(export, first);
	for (int i = 0; i < FUNCTION_METRICS; i++) {
		const char *name = function_metrics[i].name;
		add_column(export, name);
		add_column(export, arena_printf(&export->cli->arena, "%s_half_width_95", name));
	}
}

static void put_functions(struct export *export, const struct results_content *content, int64_t count)
{
	if (count == 0)
		return;
	struct run_result result = result_of(export, content, count);
	for (size_t i = 0; i < result.function_count; i++) {
		const struct function_result *function = &result.functions[i];
		put_setting(export, &content->point);
		rows_text(&export->rows, function->name);
		rows_int(&export->rows, function->memory_mb);
		rows_double(&export->rows, function->peak_memory_mb);
		for (int m = 0; m < FUNCTION_METRICS; m++)
			put_estimate(export, &function->metrics[m]);
	}
}

static void bill_columns(struct export *export)
{
	static const char *const all[] = {"item", "unit", "quantity", "usd", NULL};
	add_columns(export, all);
}

static void put_bill(struct export *export, const struct results_content *content, int64_t count)
{
	if (count == 0)
		return;
	struct run_result result = result_of(export, content, count);
	for (int i = 0; i < BILL_ITEMS; i++) {
		const struct bill_line *line = &result.bill.lines[i];
		if (line->quantity == 0 && line->usd == 0)
			continue;
		put_setting(export, &content->point);
		rows_text(&export->rows, bill_rows[i].name);
		rows_text(&export->rows, bill_rows[i].unit);
		rows_double(&export->rows, line->quantity);
		rows_double(&export->rows, line->usd);
	}
}

static void stage_columns(struct export *export)
{
	static const char *const all[] = {"function", "memory_mb", "stage", "seconds", "usd", NULL};
	add_columns(export, all);
}

static void put_stages(struct export *export, const struct results_content *content, int64_t count)
{
	if (count == 0)
		return;
	struct run_result result = result_of(export, content, count);
	for (size_t i = 0; i < result.function_count; i++) {
		const struct function_result *function = &result.functions[i];
		for (int cause = 0; cause < CAUSES; cause++) {
			if (function->cause_seconds[cause] == 0 && function->cause_usd[cause] == 0)
				continue;
			put_setting(export, &content->point);
			rows_text(&export->rows, function->name);
			rows_int(&export->rows, function->memory_mb);
			rows_text(&export->rows, cause_names[cause]);
			rows_double(&export->rows, function->cause_seconds[cause]);
			rows_double(&export->rows, function->cause_usd[cause]);
		}
	}
}

static void failure_columns(struct export *export)
{
	static const char *const all[] = {"replication", "reason", NULL};
	add_columns(export, all);
}

static void put_failures(struct export *export, const struct results_content *content, int64_t count)
{
	for (size_t i = 0; i < content->failure_count; i++) {
		put_setting(export, &content->point);
		rows_int(&export->rows, content->failures[i].replication);
		rows_text(&export->rows, content->failures[i].reason);
	}
}

static const char *const kind_names[] = {"points", "replications", "functions", "bill", "stages", "failures", NULL};

static const struct kind {
	void (*columns)(struct export *export);
	void (*put)(struct export *export, const struct results_content *content, int64_t count);
	bool of_failures; /* points that failed have rows; of the other kinds, they have none */
} kinds[] = {
	{point_columns, put_point, false},        {replication_columns, put_replications, false},
	{function_columns, put_functions, false}, {bill_columns, put_bill, false},
	{stage_columns, put_stages, false},       {failure_columns, put_failures, true},
};

/* --- the file ------------------------------------------------------------------------------------------------- */

static bool export_point(struct export *export, int64_t id, const struct kind *kind, struct err *err)
{
	struct results_content content;
	if (!results_read(export->results, id, &export->arena, &content, err))
		return false;
	if (content.is_point_damaged || content.damaged > 0)
		return err_set(err, "the file is damaged at point %lld: lamina sweep simulates again what is lost",
			       (long long)content.point.ordinal + 1);
	bool has_failed = content.failure_count > 0;
	int64_t count = results_finished_prefix(&content);
	bool has_place = content.point.ordinal >= 0;
	export->failed += has_place && has_failed;
	export->complete += has_place && !has_failed && count >= content.point.replications;
	if (has_failed == kind->of_failures)
		kind->put(export, &content, count);
	return true;
}

static bool export_points(struct export *export, const struct kind *kind, struct err *err)
{
	int64_t *ids;
	size_t count;
	bool with_others = options_flag(&export->cli->options, "all");
	bool ok = results_list(export->results, with_others, &export->cli->arena, &ids, &count, err);
	for (size_t first = 0; ok && first < count && !ferror(export->rows.stream); first += READ_AT_ONCE) {
		ok = results_begin_reading(export->results, err);
		for (size_t i = first; ok && i < count && i < first + READ_AT_ONCE; i++) {
			ok = export_point(export, ids[i], kind, err);
			arena_release(&export->arena);
		}
		results_end_reading(export->results);
	}
	return ok;
}

static void make_columns(struct export *export, const struct kind *kind)
{
	export->columns = ARENA_ARRAY(&export->cli->arena, const char *, COLUMNS_MAX);
	add_column(export, "point");
	for (size_t i = 0; i < export->experiment->key_count; i++)
		add_column(export, export->experiment->keys[i]);
	kind->columns(export);
}

/* Points that are missing or failed are warned of, since exported rows do not show them; returns the exit status. */
static int warn_of_gaps(const struct export *export)
{
	const char *name = export->cli->name;
	int64_t points = export->experiment->points;
	int64_t missing = points - export->complete - export->failed;
	if (missing > 0)
		fprintf(stderr, "%s: of %lld points, %lld are not complete; lamina sweep goes on where it stopped\n",
			name, (long long)points, (long long)missing);
	if (export->failed > 0)
		fprintf(stderr, "%s: of %lld points, %lld failed; --rows failures says why\n", name, (long long)points,
			(long long)export->failed);
	return missing > 0 || export->failed > 0 ? CLI_FAILED : CLI_OK;
}

static int write_rows(struct export *export, const struct kind *kind, const char *path)
{
	struct cli *cli = export->cli;
	struct file_out out;
	struct err err;
	enum rows_format format = options_given(&cli->options, "format")
					  ? (enum rows_format)options_choice(&cli->options, "format")
					  : rows_format_of(path);
	if (!file_out_open(&out, path ? path : "-", &err))
		return cli_failed(cli, &err);
	rows_begin(&export->rows, format, out.stream, export->columns, export->column_count);
	bool ok = export_points(export, kind, &err);
	rows_end(&export->rows);
	if (!ok) {
		file_out_discard(&out);
		return cli_failed(cli, &err);
	}
	/* What is wrong with standard output, or that nobody reads it any more, is told where it is closed. */
	bool is_unwritten = !path && ferror(stdout);
	if (is_unwritten)
		file_out_discard(&out);
	else if (!file_out_commit(&out, &err))
		return cli_failed(cli, &err);
	if (is_unwritten)
		return CLI_FAILED;
	return warn_of_gaps(export);
}

static int run_export(struct cli *cli, int argc, char **argv)
{
	struct err err;
	struct export export = {.cli = cli};
	const char *path = options_text(&cli->options, "output");
	const struct kind *kind = &kinds[options_choice(&cli->options, "rows")];
	if (path && result_file_try(cli, path) != CLI_OK)
		return CLI_FAILED;
	export.results = results_open(argv[0], &err);
	if (!export.results)
		return cli_failed(cli, &err);
	export.experiment = results_experiment_of(export.results);
	int status = CLI_FAILED;
	bool ok = export.experiment->name || err_set(&err, "'%s': no sweep has written anything into it", argv[0]);
	if (ok && options_flag(&cli->options, "functions"))
		ok = results_functions(export.results, &cli->arena, &export.functions, &export.function_count, &err);
	if (ok) {
		make_columns(&export, kind);
		status = write_rows(&export, kind, path);
	} else {
		cli_failed(cli, &err);
	}
	arena_release(&export.arena);
	results_close(export.results);
	return status;
}

static const struct option_row options[] = {
	{.name = "rows",
	 .letter = 'r',
	 .kind = OPTION_CHOICE,
	 .metavar = "KIND",
	 .fallback = "points",
	 .choices = kind_names,
	 .help = "what there is a row for"},
	{.name = "functions", .kind = OPTION_FLAG, .help = "columns for every function in the rows of points"},
	{.name = "format",
	 .letter = 'f',
	 .kind = OPTION_CHOICE,
	 .metavar = "FORMAT",
	 .choices = rows_format_names,
	 .help = "by default what the ending of --output says, else csv"},
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "write to a file instead of standard output: .csv, .json, .jsonl or .md"},
	{.name = "all", .kind = OPTION_FLAG, .help = "also points that an earlier form of the sweep had, at the end"},
	OPTION_END,
};

const struct command cmd_export = {
	.name = "export",
	.summary = "write a sweep's results as CSV, JSON, JSON lines or Markdown",
	.operands = "FILE",
	.operands_min = 1,
	.operands_max = 1,
	.description =
		"Reads a file of results (`lamina sweep -o FILE.sqlite`) and writes its rows in the order of the "
		"sweep: a row per point with the columns of `lamina sweep --format csv`, or one per replication, "
		"function, line of the bill, stage of a call, or failure. The same results give the same bytes, "
		"however often the sweep was interrupted and on however many machines it ran.\n\n"
		"The file is SQLite: its views point_summary, replications, bill and stages can be queried as they "
		"are. Exit status 1 says that points are missing or failed, or that the file is damaged.",
	.examples = "lamina export r.sqlite -o r.csv\n"
		    "lamina export r.sqlite --rows stages --format jsonl\n"
		    "sqlite3 r.sqlite 'SELECT * FROM point_summary ORDER BY cost_usd LIMIT 10'\n",
	.options = options,
	.run = run_export,
};
