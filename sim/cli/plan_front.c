#include "cli/plan_front.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "cli/result_file.h"
#include "report/gnuplot.h"

static const struct table_column columns[] = {
	{.name = "seconds", .heading = "time s", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "usd", .heading = "USD a run", .align = TABLE_RIGHT, .decimals = 6},
	{.name = "mark"},
	{.name = "images_per_record", .heading = "images", .align = TABLE_RIGHT},
	{.name = "schedule"},
	{.name = "parallel", .align = TABLE_RIGHT},
	{.name = "memory_mb", .heading = "memory MB"},
};

static void add_row(struct table *table, double seconds, double usd, const char *mark, const struct setting *setting,
		    struct arena *arena)
{
	table_double(table, seconds);
	table_double(table, usd);
	table_text(table, mark);
	table_int(table, setting->images_per_record);
	table_text(table, schedule_names[setting->schedule]);
	if (setting->parallel < INT64_MAX)
		table_int(table, setting->parallel);
	else
		table_missing(table);
	table_numbers(table, plan_report_memories(setting, arena));
	table_end_row(table);
}

static void fill_front_rows(struct table *table, const struct plan_report *report)
{
	struct arena *arena = &report->cli->arena;
	const struct plan *plan = report->plan;
	const struct trial *best = &plan->best;
	table_init(table, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < plan->front->count; i++) {
		const struct pareto_point *point = &plan->front->points[i];
		add_row(table, point->seconds, point->usd, "front",
			trial_setting(plan->planner.control.space, &point->choice, arena), arena);
	}
	add_row(table, best->seconds, best->usd, "recommended", best->setting, arena);
	for (int i = 0; i < KNOWN_PLANS; i++) {
		const struct trial *trial = &plan->known[i];
		/* With headroom it would lie on memMin's own mark. */
		if (i != KNOWN_MEM_MIN_HEADROOM && trial->setting && trial_works(trial))
			add_row(table, trial->seconds, trial->usd, known_plan_names[i], trial->setting, arena);
	}
	for (size_t i = 0; i < PLAN_UNIFORM_MAX; i++) {
		const struct trial *trial = &plan->uniform[i];
		if (trial->setting && trial_works(trial))
			add_row(table, trial->seconds, trial->usd, "uniform", trial->setting, arena);
	}
}

/* Reads the CSV beside it; the colours are those that colour-blind people tell apart. */
static void write_script(const char *name, const char *title, struct arena *arena, struct buf *out)
{
	static const struct {
		const char *mark;
		const char *style;
	} series[] = {
		{"front", "linespoints pointtype 7 pointsize 0.4 linetype 1"},
		{"recommended", "points pointtype 3 pointsize 2 linetype 2"},
		{"memMin", "points pointtype 9 pointsize 1.5 linetype 3"},
		{"memMax", "points pointtype 11 pointsize 1.5 linetype 4"},
		{"current", "points pointtype 5 pointsize 1.2 linetype 6"},
		{"uniform", "points pointtype 6 pointsize 1 linetype 7"},
	};
	buf_add(out, "set terminal svg size 800,500\nset output ");
	gnuplot_quote(arena_printf(arena, "./%s.svg", name), out);
	buf_add(out, "\nset datafile separator ','\nset colorsequence podo\nset logscale xy\nset xlabel 'seconds'\n"
		     "set ylabel 'USD a run'\nset title ");
	gnuplot_quote(title, out);
	buf_add(out, " noenhanced\nplot");
	for (size_t i = 0; i < ARRAY_LEN(series); i++) {
		buf_add(out, i > 0 ? ", \\\n  " : " \\\n  ");
		gnuplot_quote(arena_printf(arena, "./%s.csv", name), out);
		buf_printf(out, " using (strcol('mark') eq '%s' ? column('seconds') : NaN):'usd' with %s title '%s'",
			   series[i].mark, series[i].style, series[i].mark);
	}
	buf_add_char(out, '\n');
}

/* The script runs in the folder where the three files are, so that it knows their names without a path. */
static int write_figure(const struct plan_report *report, const struct table *table, const char *name)
{
	struct arena *arena = &report->cli->arena;
	const char *folder = file_directory(name, arena);
	const char *base = name + strlen(folder);
	const char *script = arena_printf(arena, "%s.gp", base);
	struct buf text;
	buf_init(&text);
	table_render(table, TABLE_CSV, &text);
	int status = result_file_write(report->cli, arena_printf(arena, "%s.csv", name), &text);
	buf_clear(&text);
	write_script(base, report->study->experiment.name, arena, &text);
	if (status == CLI_OK)
		status = result_file_write(report->cli, arena_printf(arena, "%s.gp", name), &text);
	buf_release(&text);
	struct err err;
	if (status == CLI_OK && !gnuplot_run(folder[0] ? folder : ".", script, name, &err))
		fprintf(stderr, "%s: warning: %s\n", report->cli->name, err.text);
	return status;
}

/* A name with another ending is one of a figure's three files. */
static bool is_figure(const struct cli *cli, const char *name)
{
	return name && cli_format_of(cli, name) == TABLE_TEXT;
}

int plan_front_try(struct cli *cli)
{
	const char *name = options_text(&cli->options, "output");
	bool has_ending = options_flag(&cli->options, "pareto") && is_figure(cli, name);
	return result_file_try(cli, has_ending ? arena_printf(&cli->arena, "%s.csv", name) : name);
}

bool plan_front_name_is_right(const char *name)
{
	for (const char *c = name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return false;
	return name[0] != '\0' && name[strlen(name) - 1] != '/';
}

int plan_front_print(const struct plan_report *report)
{
	const char *name = options_text(&report->cli->options, "output");
	struct table table;
	int status = CLI_OK;
	fill_front_rows(&table, report);
	if (is_figure(report->cli, name)) {
		status = write_figure(report, &table, name);
	} else {
		struct buf out;
		buf_init(&out);
		table_render(&table, cli_format_of(report->cli, name), &out);
		status = result_file_write(report->cli, name, &out);
		buf_release(&out);
	}
	table_release(&table);
	return status;
}
