#include "report/validation.h"

#include <math.h>
#include <string.h>

#include "platform/cpu.h"

const char validation_set_predicted[] = "predicted";
const char validation_set_fitted[] = "fitted";

/* Groups whose mean errors are further apart than this, in points, are shown. */
static const double GROUPS_APART_PERCENT = 3;

enum { LINES_PER_MECHANISM_MAX = 16, YEARS_MAX = 8 };

static bool load_part(const char *path, const struct load_request *over, struct arena *arena, struct diag *diag,
		      struct validation_part *out, bool *io_failed)
{
	struct study_request request = {.load = *over, .with_sweep = true};
	request.load.path = path;
	bool part_io_failed = false;
	if (!study_load(&request, arena, diag, &out->study, &part_io_failed)) {
		*io_failed = *io_failed || part_io_failed;
		return false;
	}
	if (!claims_read(&out->study, arena, diag, &out->claims))
		return false;
	if (out->claims.count > 0)
		return true;
	diag_error(diag, (struct diag_place){.file = path}, "the experiment has no 'claims' to compare with");
	return false;
}

bool validation_load(const char *const *paths, size_t count, const struct load_request *over, struct arena *arena,
		     struct diag *diag, struct validation *out, bool *io_failed)
{
	*out = (struct validation){
		.parts = ARENA_ARRAY(arena, struct validation_part, count + PAPER_PARTS),
		.part_count = count,
	};
	size_t errors_before = diag->error_count;
	claim_bars_read(arena, diag, &out->bars, io_failed);
	for (size_t i = 0; i < count; i++) {
		if (load_part(paths[i], over, arena, diag, &out->parts[i], io_failed))
			out->row_count += out->parts[i].claims.count;
	}
	return diag->error_count == errors_before;
}

void validation_add_paper(struct validation *validation, const struct paper *paper)
{
	for (int i = 0; i < PAPER_PARTS; i++) {
		if (paper->claims[i].count == 0)
			continue;
		struct validation_part *part = &validation->parts[validation->part_count++];
		*part = (struct validation_part){paper->studies[i], paper->claims[i]};
		validation->row_count += part->claims.count;
	}
}

static void note_mechanism(struct validation *validation, const char *name)
{
	for (size_t i = 0; i < validation->mechanism_count; i++)
		if (strcmp(validation->mechanisms[i], name) == 0)
			return;
	validation->mechanisms[validation->mechanism_count++] = name;
}

/* Of the function that the claim is of, or of the only one. */
static int side_of(const struct study *study, const struct claim *claim)
{
	const struct setting *setting = study->jobs[claim->point].setting;
	if (setting->platform->kind != PLATFORM_FUNCTIONS)
		return VALIDATION_NO_SIDE;
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct setting_function *function = &setting->functions[i];
		bool is_it = claim->function[0] ? strcmp(claim->function, function->name) == 0
						: setting->function_count == 1;
		if (is_it)
			return cpu_share(&setting->platform->cpu, function->memory_mb) < 1 ? VALIDATION_BELOW
											   : VALIDATION_ABOVE;
	}
	return VALIDATION_NO_SIDE;
}

/* Which rows a line is of; negative and NULL: whatever they have. */
struct row_filter {
	const char *mechanism;
	int kind;
	int basis;
	int side;
	int64_t year;
};

static bool passes(const struct validation_row *row, const struct row_filter *filter)
{
	const struct claim *claim = row->claim;
	return strcmp(claim->mechanism, filter->mechanism) == 0 &&
	       (filter->kind < 0 || (claim->kind == CLAIM_PREDICTED) == (filter->kind == CLAIM_PREDICTED)) &&
	       (filter->basis < 0 || claim->basis == filter->basis) &&
	       (filter->side < 0 || row->side == filter->side) && (filter->year < 0 || claim->year == filter->year);
}

static struct validation_line line_of(const struct validation *validation, const struct row_filter *filter,
				      const char *set)
{
	struct validation_line line = {.mechanism = filter->mechanism, .set = set};
	size_t spread_count = 0;
	for (size_t i = 0; i < validation->row_count; i++) {
		const struct claim *claim = validation->rows[i].claim;
		if (!passes(&validation->rows[i], filter))
			continue;
		double error = claim_error_percent(claim);
		line.rows++;
		line.bias_percent += error;
		line.mean_abs_error_percent += fabs(error);
		if (fabs(error) > fabs(line.worst_error_percent))
			line.worst_error_percent = error;
		if (claim->spread > 0) {
			line.mean_spread_percent += 100 * claim->spread / fabs(claim->measured);
			spread_count++;
		}
	}
	line.bias_percent /= (double)line.rows;
	line.mean_abs_error_percent /= (double)line.rows;
	line.mean_spread_percent /= (double)spread_count;
	if (line.rows == 0)
		line.worst_error_percent = (double)NAN;
	return line;
}

static void add_line(struct validation *validation, struct validation_line line)
{
	if (line.rows > 0)
		validation->lines[validation->line_count++] = line;
}

/* The groups, where there are several and their mean errors differ. */
static void add_groups(struct validation *validation, const struct validation_line *groups, size_t count)
{
	double least = HUGE_VAL;
	double most = -HUGE_VAL;
	for (size_t i = 0; i < count; i++) {
		least = groups[i].rows > 0 ? fmin(least, groups[i].bias_percent) : least;
		most = groups[i].rows > 0 ? fmax(most, groups[i].bias_percent) : most;
	}
	for (size_t i = 0; most - least > GROUPS_APART_PERCENT && i < count; i++)
		add_line(validation, groups[i]);
}

static void add_sides(struct validation *validation, struct row_filter filter)
{
	struct validation_line groups[2];
	filter.side = VALIDATION_BELOW;
	groups[0] = line_of(validation, &filter, "predicted, below one vCPU");
	filter.side = VALIDATION_ABOVE;
	groups[1] = line_of(validation, &filter, "predicted, one vCPU or more");
	add_groups(validation, groups, 2);
}

static void add_years(struct validation *validation, struct row_filter filter, struct arena *arena)
{
	struct validation_line groups[YEARS_MAX];
	size_t count = 0;
	int64_t year = 0;
	while (count < YEARS_MAX) {
		int64_t next = INT64_MAX;
		for (size_t i = 0; i < validation->row_count; i++) {
			int64_t of = validation->rows[i].claim->year;
			if (passes(&validation->rows[i], &filter) && of > year && of < next)
				next = of;
		}
		if (next == INT64_MAX)
			break;
		struct row_filter in_year = filter;
		in_year.year = year = next;
		groups[count++] =
			line_of(validation, &in_year, arena_printf(arena, "predicted, %lld", (long long)year));
	}
	add_groups(validation, groups, count);
}

static void add_lines(struct validation *validation, const char *mechanism, struct arena *arena)
{
	struct row_filter filter = {mechanism, CLAIM_PREDICTED, CLAIM_MEASUREMENT, -1, -1};
	struct validation_line predicted = line_of(validation, &filter, validation_set_predicted);
	predicted.bar = claim_bar_of(&validation->bars, mechanism);
	add_line(validation, predicted);
	add_sides(validation, filter);
	add_years(validation, filter, arena);
	filter.kind = CLAIM_FITTED;
	add_line(validation, line_of(validation, &filter, validation_set_fitted));
	filter.kind = -1;
	filter.basis = CLAIM_SIMULATOR;
	add_line(validation, line_of(validation, &filter, "other simulators"));
	filter.basis = CLAIM_DOCUMENTATION;
	add_line(validation, line_of(validation, &filter, "documentation"));
}

void validation_evaluate(struct validation *validation, struct arena *arena)
{
	validation->rows = ARENA_ARRAY(arena, struct validation_row, validation->row_count);
	validation->mechanisms = ARENA_ARRAY(arena, const char *, validation->row_count);
	size_t row = 0;
	for (size_t i = 0; i < validation->part_count; i++) {
		const struct study *study = &validation->parts[i].study;
		struct claims *claims = &validation->parts[i].claims;
		claims_evaluate(study, claims);
		for (size_t k = 0; k < claims->count; k++) {
			const struct claim *claim = &claims->items[k];
			note_mechanism(validation, claim->mechanism);
			validation->rows[row++] = (struct validation_row){claim, side_of(study, claim)};
		}
	}
	CHECK(row == validation->row_count);
	validation->lines =
		ARENA_ARRAY(arena, struct validation_line, LINES_PER_MECHANISM_MAX * validation->mechanism_count);
	for (size_t i = 0; i < validation->mechanism_count; i++)
		add_lines(validation, validation->mechanisms[i], arena);
}

enum validation_verdict validation_judge(const struct validation_line *line)
{
	/* Bills are sums in binary floating point: their last bits are not what is meant by exact. */
	static const double rounding_percent = 1e-9;
	const struct claim_bar *bar = line->bar;
	if (!bar || line->rows == 0)
		return VALIDATION_NO_BAR;
	double error = line->mean_abs_error_percent;
	bool met = error <= bar->error_percent + rounding_percent ||
		   (bar->or_spread && error <= line->mean_spread_percent);
	return met ? VALIDATION_MET : VALIDATION_MISSED;
}
