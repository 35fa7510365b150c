/* `lamina explain platform NAME`: every value of a platform with its source. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/data_file.h"
#include "base/file.h"
#include "base/num.h"
#include "cli/cmd_explain.h"
#include "doc/yaml.h"
#include "scenario/platform_file.h"
#include "scenario/platform_sources.h"

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
	table_init(&table, source_columns, sizeof source_columns / sizeof source_columns[0]);
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

static int run(struct cli *cli, int argc, char **argv)
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

static const struct option_row options[] = {OPTION_ROW_FORMAT, OPTION_END};

const struct command cmd_explain_platform = {
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
	.options = options,
	.run = run,
};
