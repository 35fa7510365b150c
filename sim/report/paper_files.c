/*
 * The paper's artefacts as files: one CSV each, the comparison, and the figures that gnuplot draws from them with the
 * scripts of plots/paper, in the style of all figures, which are left beside them so that anybody can restyle them.
 */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/csv.h"
#include "base/file.h"
#include "report/figure.h"
#include "report/paper.h"

/* A header row of names separated by blanks. */
static void header(struct csv *csv, const char *names)
{
	while (*names) {
		size_t length = strcspn(names, " ");
		char name[64];
		CHECK(length < sizeof name);
		memcpy(name, names, length);
		name[length] = '\0';
		csv_text(csv, name);
		names += length + (names[length] == ' ');
	}
	csv_end_row(csv);
}

static void write_estimate(struct csv *csv, const struct estimate *estimate)
{
	csv_double(csv, estimate->mean);
	csv_double(csv, estimate->half_width);
}

static void write_fig3(const struct paper *paper, struct csv *csv)
{
	const struct study *study = &paper->studies[PAPER_FIG3];
	header(csv, "function images_per_record memory_mb idle_memory_share duration_seconds half_width_95");
	for (size_t i = 0; i < study->sweep.point_count; i++) {
		const struct run_result *result = &study->jobs[i].result;
		for (size_t f = 0; f < result->function_count; f++) {
			const struct function_result *function = &result->functions[f];
			csv_text(csv, function->name);
			csv_int(csv, study->jobs[i].setting->images_per_record);
			csv_double(csv, function->peak_memory_mb);
			csv_double(csv, 1 - function->peak_memory_mb / (double)function->memory_mb);
			write_estimate(csv, function_result_metric(function, FUNCTION_METRIC_DURATION_MEAN_SECONDS));
			csv_end_row(csv);
		}
	}
}

/* What the paper measured at a point, or NaN: from the study's claims. */
static double claimed(const struct claims *claims, size_t point, const char *metric)
{
	for (size_t i = 0; i < claims->count; i++)
		if (claims->items[i].point == point && strcmp(claims->items[i].metric, metric) == 0)
			return claims->items[i].measured;
	return (double)NAN;
}

static void write_fig4(const struct paper *paper, struct csv *csv)
{
	const struct study *study = &paper->studies[PAPER_FIG4];
	header(csv, "images_per_record lambda_seconds half_width_95 paper_seconds gpu_seconds gpu_half_width_95");
	for (size_t i = 0; i < study->sweep.point_count; i++) {
		const struct setting *setting = study->jobs[i].setting;
		csv_int(csv, setting->images_per_record);
		write_estimate(csv, run_result_metric(&study->jobs[i].result, METRIC_RECORD_BILLED_SECONDS));
		csv_double(csv, claimed(&paper->claims[PAPER_FIG4], i, "record_billed_seconds"));
		write_estimate(csv, run_result_metric(paper_gpu_at(paper, setting->images), METRIC_MAKESPAN_SECONDS));
		csv_end_row(csv);
	}
}

static void write_fig5(const struct paper *paper, struct csv *csv)
{
	const struct study *study = &paper->studies[PAPER_FIG5];
	double gpu = run_result_metric(paper_gpu_at(paper, 100000), METRIC_MAKESPAN_SECONDS)->mean;
	header(csv,
	       "schedule parallel seconds seconds_half_width_95 cost_usd cost_half_width_95 cold_starts gpu_seconds");
	for (size_t i = 0; i < study->sweep.point_count; i++) {
		const struct setting *setting = study->jobs[i].setting;
		const struct run_result *result = &study->jobs[i].result;
		csv_text(csv, schedule_names[setting->schedule]);
		csv_int(csv, setting->parallel);
		write_estimate(csv, run_result_metric(result, METRIC_MAKESPAN_SECONDS));
		write_estimate(csv, run_result_metric(result, METRIC_COST_USD));
		csv_double(csv, run_result_metric(result, METRIC_COLD_STARTS)->mean);
		csv_double(csv, gpu);
		csv_end_row(csv);
	}
}

static void write_table1(const struct paper *paper, struct csv *csv)
{
	const struct study *study = &paper->studies[PAPER_TABLE1];
	const struct claims *claims = &paper->claims[PAPER_TABLE1];
	header(csv, "images_per_record function needed_mb lamina_mb paper_mb");
	for (size_t i = 0; i < claims->count; i++) {
		const struct claim *claim = &claims->items[i];
		const struct run_job *job = &study->jobs[claim->point];
		csv_int(csv, job->setting->images_per_record);
		csv_text(csv, claim->function);
		for (size_t f = 0; f < job->result.function_count; f++)
			if (strcmp(job->result.functions[f].name, claim->function) == 0)
				csv_double(csv, job->result.functions[f].peak_memory_mb);
		csv_double(csv, claim->predicted);
		csv_double(csv, claim->measured);
		csv_end_row(csv);
	}
}

static void write_table2(const struct paper *paper, struct csv *csv)
{
	static const char *const names[] = {"memMax-1000", "memMin-1000", "memMax-500", "memMin-500"};
	const struct study *study = &paper->studies[PAPER_TABLE2];
	const struct claims *claims = &paper->claims[PAPER_TABLE2];
	CHECK(study->sweep.point_count == ARRAY_LEN(names));
	header(csv,
	       "setting lamina_seconds seconds_half_width_95 paper_seconds lamina_usd usd_half_width_95 paper_usd");
	for (size_t i = 0; i < study->sweep.point_count; i++) {
		const struct run_result *result = &study->jobs[i].result;
		csv_text(csv, names[i]);
		write_estimate(csv, run_result_metric(result, METRIC_RECORD_BILLED_SECONDS));
		csv_double(csv, claimed(claims, i, "record_billed_seconds"));
		write_estimate(csv, run_result_metric(result, METRIC_COST_COMPUTE_USD));
		csv_double(csv, claimed(claims, i, "cost_compute_usd"));
		csv_end_row(csv);
	}
}

static void write_comparison(const struct paper *paper, struct csv *csv)
{
	header(csv, "quantity unit paper lamina error_percent kind profile_percent profile");
	for (size_t i = 0; i < paper->row_count; i++) {
		const struct paper_row *row = &paper->rows[i];
		csv_text(csv, row->quantity);
		csv_text(csv, row->unit);
		csv_double(csv, row->paper);
		csv_double(csv, row->lamina);
		csv_double(csv, paper_row_error_percent(row));
		csv_text(csv, row->kind);
		csv_double(csv, row->profile_percent);
		csv_text(csv, paper_profile_word(paper));
		csv_end_row(csv);
	}
}

/* The last has no figure; fig5-linear shows the data of fig5 on other axes. */
static const struct artefact {
	struct figure figure;
	void (*write)(const struct paper *paper, struct csv *csv);
} artefacts[] = {
	{{.name = "fig3", .title = "memory and time against images per record", .script = "paper/fig3.gp"}, write_fig3},
	{{.name = "fig4", .title = "time against images per record", .script = "paper/fig4.gp"}, write_fig4},
	{{.name = "fig5", .title = "time and cost against parallel jobs", .script = "paper/fig5.gp"}, write_fig5},
	{{.name = "fig5-linear", .title = "the same on linear axes", .script = "paper/fig5-linear.gp"}, write_fig5},
	{{.name = "table1", .title = "the least memory that works", .script = "paper/table1.gp"}, write_table1},
	{{.name = "table2", .title = "time and cost of 20 records", .script = "paper/table2.gp"}, write_table2},
	{{.name = "paper"}, write_comparison},
};

static bool write_in(const char *folder, const char *file, const struct buf *text, struct err *err)
{
	struct arena arena;
	arena_init(&arena);
	bool ok = file_write(arena_printf(&arena, "%s/%s", folder, file), buf_text(text), text->length, err);
	arena_release(&arena);
	return ok;
}

/* The artefact's data alone, or with its figure. */
static bool write_artefact(const struct paper *paper, const struct artefact *artefact, const char *folder,
			   bool with_figure, struct err *err)
{
	struct arena arena;
	struct figure_sheet sheet;
	arena_init(&arena);
	figure_sheet_init(&sheet);
	sheet.figure = &artefact->figure;
	artefact->write(paper, &sheet.csv);
	const char *name = arena_printf(&arena, "%s/%s", folder, artefact->figure.name);
	bool ok = with_figure && artefact->figure.script
			  ? figure_write(&sheet, name, 1U << FIGURE_SVG | 1U << FIGURE_PNG, err)
			  : file_write(arena_printf(&arena, "%s.csv", name), buf_text(&sheet.data), sheet.data.length,
				       err);
	figure_sheet_release(&sheet);
	arena_release(&arena);
	return ok;
}

bool paper_write_files(const struct paper *paper, const char *folder, struct err *err)
{
	struct arena arena;
	struct buf overlay;
	bool ok = file_make_directories(folder, err);
	for (size_t i = 0; ok && i < ARRAY_LEN(artefacts); i++)
		ok = write_artefact(paper, &artefacts[i], folder, false, err);
	arena_init(&arena);
	buf_init(&overlay);
	fit_write_overlay(&paper->fit, &arena, &overlay);
	ok = ok && write_in(folder, "paper-fit.yaml", &overlay, err);
	buf_release(&overlay);
	arena_release(&arena);
	return ok;
}

bool paper_draw(const struct paper *paper, const char *folder, struct err *err)
{
	bool ok = true;
	for (size_t i = 0; ok && i < ARRAY_LEN(artefacts); i++)
		ok = write_artefact(paper, &artefacts[i], folder, true, err);
	return ok;
}
