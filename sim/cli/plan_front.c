#include "cli/plan_front.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "cli/result_file.h"
#include "report/figure_axis.h"

enum { SECONDS_COLUMN, USD_COLUMN, MARK_COLUMN };

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

static const struct figure figure = {
	.name = "plan-front",
	.title = "the time-cost front, what is recommended, and the plans that people know",
	.script = "figures/plan-front.gp",
};

static void set_axes(struct figure_sheet *sheet, const struct table *table, struct arena *arena)
{
	size_t rows = table_row_count(table);
	double *seconds = ARENA_ARRAY(arena, double, rows);
	double *usd = ARENA_ARRAY(arena, double, rows);
	for (size_t i = 0; i < rows; i++) {
		seconds[i] = table->cells[i * table->column_count + SECONDS_COLUMN].number;
		usd[i] = table->cells[i * table->column_count + USD_COLUMN].number;
	}
	figure_set_plane(sheet, METRIC_MAKESPAN_SECONDS, METRIC_COST_USD, seconds, usd, rows, arena);
}

/* The marks that the rows have, in their order. */
static void set_marks(struct figure_sheet *sheet, const struct table *table)
{
	const char *marks[PLAN_UNIFORM_MAX + KNOWN_PLANS + 2];
	size_t count = 0;
	for (size_t i = 0; i < table_row_count(table); i++) {
		const char *mark = table->cells[i * table->column_count + MARK_COLUMN].text;
		size_t known = 0;
		while (known < count && strcmp(marks[known], mark) != 0)
			known++;
		CHECK(known < ARRAY_LEN(marks));
		if (known == count)
			marks[count++] = mark;
	}
	figure_set_texts(sheet, "marks", marks, count);
}

static int write_figure(const struct plan_report *report, const struct table *table, const char *name)
{
	struct arena *arena = &report->cli->arena;
	struct figure_sheet sheet;
	struct err err;
	figure_sheet_init(&sheet);
	sheet.figure = &figure;
	table_render(table, TABLE_CSV, &sheet.data);
	/* Written like every result, so that it is not lost; what is drawn of it is more. */
	int status = result_file_write(report->cli, arena_printf(arena, "%s.csv", name), &sheet.data);
	set_marks(&sheet, table);
	set_axes(&sheet, table, arena);
	figure_set_text(&sheet, "front_title", report->study->experiment.name);
	if (status == CLI_OK && !figure_write(&sheet, name, 1U << FIGURE_SVG, &err))
		fprintf(stderr, "%s: warning: %s\n", report->cli->name, err.text);
	figure_sheet_release(&sheet);
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
