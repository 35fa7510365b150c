#include "cli/validate_refit.h"

#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "base/num.h"
#include "cli/experiment_options.h"
#include "cli/interrupt.h"
#include "cli/table.h"
#include "experiment/refit.h"

static const struct table_column columns[] = {
	{.name = "mechanism"},
	{.name = "left_out", .heading = "left out"},
	{.name = "rows", .align = TABLE_RIGHT},
	{.name = "bias_percent", .heading = "bias %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "mean_abs_error_percent", .heading = "mean |error| %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "left_out_bias_percent", .heading = "left out: bias %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "left_out_mean_abs_error_percent", .heading = "mean |error| %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "left_out_worst_error_percent", .heading = "worst %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "parameters", .heading = "what the others give"},
};

/* "cpu_seconds_per_mb 0.0071, ..." */
static void add_values(struct table *table, const struct refit *refit, const struct refit_result *result)
{
	const struct fit_parameter *parameters = refit->parameters.items;
	struct buf text;
	buf_init(&text);
	for (size_t i = 0; i < refit->parameters.count; i++) {
		const char *dot = strrchr(parameters[i].key, '.');
		buf_printf(&text, "%s%s %.3g", i > 0 ? ", " : "", dot ? dot + 1 : parameters[i].key, result->values[i]);
	}
	table_text(table, buf_text(&text));
	buf_release(&text);
}

static void add_row(struct table *table, const struct refit *refit, const struct refit_result *result)
{
	table_text(table, refit->name);
	table_text(table, result->source);
	table_int(table, (int64_t)result->after.rows);
	table_double(table, result->before.bias_percent);
	table_double(table, result->before.mean_abs_percent);
	table_double(table, result->after.bias_percent);
	table_double(table, result->after.mean_abs_percent);
	table_double(table, result->after.worst_percent);
	add_values(table, refit, result);
	table_end_row(table);
}

/* False when errors were added to the diag, or when interrupted. */
static bool fill(struct cli *cli, const struct refit_request *request, const struct refits *refits, struct diag *diag,
		 struct table *table)
{
	for (size_t i = 0; i < refits->count; i++) {
		const struct refit *refit = &refits->items[i];
		struct refit_result *results;
		size_t count;
		struct refit_request own;
		if (!refit_sources(refit, request, &cli->arena, diag, &own, &results, &count))
			return false;
		/* Of one experiment alone nothing is left. */
		for (size_t k = 0; count > 1 && k < count; k++) {
			if (!refit_without(refit, &own, &cli->arena, diag, &results[k]))
				return false;
			add_row(table, refit, &results[k]);
		}
	}
	return true;
}

int validate_leave_one_out(struct cli *cli, const char *const *paths, size_t count)
{
	static const char file[] = "configs/validation/refit/parameters.yaml";
	const char *path = data_file_find(file, &cli->arena);
	if (!path) {
		fprintf(stderr, "%s: '%s' that comes with the program was not found\n", cli->name, file);
		return CLI_FAILED;
	}
	struct diag diag;
	struct table table;
	struct refits refits;
	bool io_failed = false;
	interrupt_catch();
	struct run_control control = {.jobs = experiment_options_jobs(cli), .interrupt = interrupt_flag()};
	struct refit_request request = {paths, count, &control};
	diag_init(&diag);
	table_init(&table, columns, ARRAY_LEN(columns));
	bool ok = refits_read(path, &cli->arena, &diag, &refits, &io_failed) &&
		  fill(cli, &request, &refits, &diag, &table);
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	if (ok) {
		struct buf out;
		buf_init(&out);
		table_render(&table, cli_format(cli), &out);
		cli_print(&out);
		buf_release(&out);
	} else if (interrupt_requested()) {
		fprintf(stderr, "%s: interrupted\n", cli->name);
	}
	table_release(&table);
	return ok ? CLI_OK : io_failed || status == CLI_OK ? CLI_FAILED : status;
}
