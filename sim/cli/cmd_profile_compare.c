/*
 * `lamina profile compare A B`: for people, the whole network's ratios and those layers that differ; for programs, a
 * row per time that both have.
 */
#include "base/check.h"
#include "base/json.h"
#include "cli/commands.h"
#include "profile/profile_compare.h"
#include "scenario/resolve.h"

static const struct table_column columns[] = {
	{.name = "layer"},
	{.name = "images", .align = TABLE_RIGHT},
	{.name = "threads", .align = TABLE_RIGHT},
	{.name = "first_seconds", .heading = "A s", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "second_seconds", .heading = "B s", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "ratio", .heading = "B/A", .align = TABLE_RIGHT, .decimals = 3},
	{.name = "ratio_low", .heading = "from", .align = TABLE_RIGHT, .decimals = 3},
	{.name = "ratio_high", .heading = "to", .align = TABLE_RIGHT, .decimals = 3},
	{.name = "differs", .align = TABLE_RIGHT},
};

static void add_row(struct table *table, const struct profile_ratio *ratio)
{
	table_text(table, ratio->layer ? ratio->layer : "all layers");
	table_int(table, ratio->images);
	table_int(table, ratio->threads);
	table_double(table, ratio->seconds[0]);
	table_double(table, ratio->seconds[1]);
	table_double(table, ratio->ratio);
	table_double(table, ratio->low);
	table_double(table, ratio->high);
	table_bool(table, ratio->differs);
	table_end_row(table);
}

/* The whole network's rows, then those of layers: all, or what differs. */
static void fill_rows(const struct profile_comparison *comparison, bool is_all, struct table *table)
{
	for (size_t i = 0; i < comparison->network_count; i++)
		add_row(table, &comparison->networks[i]);
	for (size_t i = 0; i < comparison->layer_count; i++)
		if (is_all || comparison->layers[i].differs)
			add_row(table, &comparison->layers[i]);
}

static void show_profile(char letter, const struct profile *profile, size_t lacking, struct buf *out)
{
	const struct profile_host *host = &profile->host;
	buf_printf(out, "%c: %s, %s on %s, %lld cores, measured %s; convolutions by %s\n", letter, profile->path,
		   profile->model, host->cpu, (long long)host->cores, profile->date, host->convolutions);
	if (lacking > 0)
		buf_printf(out, "   lacks %zu layers of the other\n", lacking);
}

static void show_hosts(const struct profile_host *first, const struct profile_host *second, struct buf *out)
{
	buf_printf(out, "matrix products B/A %.3f, memory copies B/A %.3f\n\n",
		   second->sgemm_gflop_per_second_per_core / first->sgemm_gflop_per_second_per_core,
		   second->memory_gb_per_second / first->memory_gb_per_second);
}

static void show_verdict(const struct profile_comparison *comparison, struct buf *out)
{
	const struct profile_ratio *worst = comparison->worst;
	size_t networks = 0, layers = 0;
	for (size_t i = 0; i < comparison->network_count; i++)
		networks += comparison->networks[i].differs;
	for (size_t i = 0; i < comparison->layer_count; i++)
		layers += comparison->layers[i].differs;
	buf_printf(out, "\n%zu of %zu times of the network differ, the most by %+.1f %% (%lld images, threads: %lld); ",
		   networks, comparison->network_count, 100 * (worst->ratio - 1), (long long)worst->images,
		   (long long)worst->threads);
	buf_printf(out, "%zu of %zu of its layers\n", layers, comparison->layer_count);
}

static void show_doubts(char letter, const struct profile *profile, struct arena *arena, struct buf *out)
{
	struct profile_doubts doubts;
	profile_find_doubts(profile, arena, &doubts);
	for (size_t i = 0; i < doubts.count; i++)
		buf_printf(out, "%c is not to be trusted: %s\n", letter, doubts.texts[i]);
}

static void show_json(const struct table *table, const struct profile_comparison *comparison, struct buf *out)
{
	struct json json;
	json_document_begin(&json, out);
	json_field_double(&json, "worst_network_ratio", comparison->worst->ratio);
	json_field_int(&json, "lacking_first", (int64_t)comparison->lacking[0]);
	json_field_int(&json, "lacking_second", (int64_t)comparison->lacking[1]);
	json_key(&json, "ratios");
	table_write_json(table, &json);
	json_document_end(&json);
}

static void render_comparison(const struct profile *profiles, const struct profile_comparison *comparison,
			      enum table_format format, struct arena *arena, struct buf *out)
{
	struct table table;
	table_init(&table, columns, ARRAY_LEN(columns));
	fill_rows(comparison, format != TABLE_TEXT, &table);
	if (format == TABLE_TEXT) {
		show_profile('A', &profiles[0], comparison->lacking[0], out);
		show_profile('B', &profiles[1], comparison->lacking[1], out);
		show_hosts(&profiles[0].host, &profiles[1].host, out);
		table_render(&table, TABLE_TEXT, out);
		show_verdict(comparison, out);
		show_doubts('A', &profiles[0], arena, out);
		show_doubts('B', &profiles[1], arena, out);
	} else if (format == TABLE_CSV) {
		table_render(&table, TABLE_CSV, out);
	} else {
		show_json(&table, comparison, out);
	}
	table_release(&table);
}

static int compare_profiles(struct cli *cli, int argc, char **argv)
{
	struct profile profiles[2];
	struct profile_comparison comparison;
	struct diag diag;
	struct err err;
	struct library library;
	diag_init(&diag);
	library_init(&library, &cli->arena);
	bool ok = true;
	for (int i = 0; i < 2; i++) {
		const char *path = library_profile_path(&library, argv[i], &diag);
		ok = path && profile_read(path, &cli->arena, &diag, &profiles[i]) && ok;
	}
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	if (!ok)
		return status;
	if (!profile_compare(&profiles[0], &profiles[1], &cli->arena, &comparison, &err))
		return cli_wrong_usage(cli, "'%s' and '%s' cannot be compared: %s", argv[0], argv[1], err.text);
	struct buf out;
	buf_init(&out);
	render_comparison(profiles, &comparison, cli_format(cli), &cli->arena, &out);
	cli_print(&out);
	buf_release(&out);
	return CLI_OK;
}

static const struct option_row options[] = {
	OPTION_ROW_FORMAT,
	OPTION_END,
};

const struct command cmd_profile_compare = {
	.name = "compare",
	.summary = "set two profiles of a network beside each other",
	.operands = "A B",
	.operands_min = 2,
	.operands_max = 2,
	.operand_names = names_of_profiles,
	.description =
		"Prints, for each record size and number of threads that both profiles have measured, the ratio of "
		"their times, B over A, with the interval that the spreads of the two leave it: of all layers "
		"together, and of each layer that differs, which is one whose interval does not hold 1. CSV and "
		"JSON have a row for every layer.",
	.examples = "lamina profile compare profiles/here.yaml profiles/there.yaml\n"
		    "lamina profile compare --format csv monday.yaml tuesday.yaml > ratios.csv\n",
	.options = options,
	.run = compare_profiles,
};
