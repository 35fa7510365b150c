#include "cli/plan_front.h"

#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

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
	table_text(table, plan_report_memories(setting, arena));
	table_end_row(table);
}

/* Sizes that people choose from, at the recommended plan's record size and parallelism. */
static void add_uniform(struct table *table, const struct plan_report *report)
{
	static const int64_t sizes_mb[] = {512, 1024, 1536, 1792, 2048, 3008, 4096, 6144, 8192, 10240};
	struct arena *arena = &report->cli->arena;
	const struct platform *platform = report->answer.best.setting->platform;
	for (size_t i = 0; i < sizeof sizes_mb / sizeof sizes_mb[0]; i++) {
		int64_t nearest_mb;
		struct trial trial = {0};
		if (!platform_sells_memory(platform, sizes_mb[i], &nearest_mb))
			continue;
		trial.setting = named_uniform(report->answer.best.setting, sizes_mb[i], arena);
		if (trial_run(&trial, 1, &report->planner.control) && trial_works(&trial))
			add_row(table, trial.seconds, trial.usd, "uniform", trial.setting, arena);
	}
}

static void fill(struct table *table, const struct plan_report *report)
{
	struct arena *arena = &report->cli->arena;
	struct pareto *pareto = ARENA_NEW(arena, struct pareto);
	const struct trial *best = &report->answer.best;
	table_init(table, columns, sizeof columns / sizeof columns[0]);
	pareto_find(pareto, &report->planner, (size_t)options_int(&report->cli->options, "points"));
	for (size_t i = 0; i < pareto->count; i++) {
		const struct pareto_point *point = &pareto->points[i];
		add_row(table, point->seconds, point->usd, "front",
			trial_setting(&report->space, &point->choice, arena), arena);
	}
	add_row(table, best->seconds, best->usd, "recommended", best->setting, arena);
	for (int i = 0; i < NAMED_PLANS; i++) {
		const struct trial *trial = &report->named[i];
		/* With headroom it would lie on memMin's own mark. */
		if (i != NAMED_MEM_MIN_HEADROOM && trial->setting && trial_works(trial))
			add_row(table, trial->seconds, trial->usd, named_plan_names[i], trial->setting, arena);
	}
	add_uniform(table, report);
}

/* Text inside gnuplot's single quotes, where a quote is written twice. */
static const char *quoted(const char *text, struct arena *arena)
{
	struct buf out;
	buf_init(&out);
	for (const char *c = text; *c; c++) {
		buf_add_char(&out, *c == '\n' ? ' ' : *c);
		if (*c == '\'')
			buf_add_char(&out, '\'');
	}
	char *copy = arena_strdup(arena, buf_text(&out));
	buf_release(&out);
	return copy;
}

/* Reads the CSV beside it; the colours are those that colour-blind people tell apart. */
static void write_script(const char *name, const char *title, struct buf *out)
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
	buf_printf(out,
		   "set terminal svg size 800,500\nset output '%s.svg'\nset datafile separator ','\n"
		   "set colorsequence podo\nset logscale xy\nset xlabel 'seconds'\nset ylabel 'USD a run'\n"
		   "set title '%s'\nplot",
		   name, title);
	for (size_t i = 0; i < sizeof series / sizeof series[0]; i++)
		buf_printf(out,
			   "%s \\\n  '%s.csv' using (strcol('mark') eq '%s' ? column('seconds') : NaN):'usd' "
			   "with %s title '%s'",
			   i > 0 ? "," : "", name, series[i].mark, series[i].style, series[i].mark);
	buf_add_char(out, '\n');
}

static void run_gnuplot(const struct cli *cli, char *script)
{
	char program[] = "gnuplot";
	char *arguments[] = {program, script, NULL};
	pid_t child;
	int status = 0;
	bool ran = posix_spawnp(&child, program, NULL, NULL, arguments, NULL) == 0 &&
		   waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (!ran)
		fprintf(stderr, "%s: warning: gnuplot could not draw '%s'\n", cli->name, script);
}

static bool write_figure(const struct plan_report *report, const struct table *table, const char *name, struct err *err)
{
	struct arena *arena = &report->cli->arena;
	struct buf text;
	buf_init(&text);
	table_render(table, TABLE_CSV, &text);
	bool ok = file_write(arena_printf(arena, "%s.csv", name), text.text, text.length, err);
	buf_clear(&text);
	write_script(quoted(name, arena), quoted(report->study->experiment.name, arena), &text);
	char *script = arena_printf(arena, "%s.gp", name);
	ok = ok && file_write(script, text.text, text.length, err);
	buf_release(&text);
	if (ok)
		run_gnuplot(report->cli, script);
	return ok;
}

int plan_front_run(struct plan_report *report)
{
	const char *name = options_text(&report->cli->options, "output");
	struct table table;
	struct err err;
	int status = CLI_OK;
	fill(&table, report);
	if (name) {
		status = write_figure(report, &table, name, &err) ? CLI_OK : cli_failed(report->cli, &err);
	} else {
		struct buf out;
		buf_init(&out);
		table_render(&table, cli_format(report->cli), &out);
		fputs(buf_text(&out), stdout);
		buf_release(&out);
	}
	table_release(&table);
	return status;
}
