#include "report/validation.h"

#include <math.h>
#include <string.h>

/* Sources of the published figures are the systems' own papers and read-mes, as published_by names them. */
const struct validation_bar validation_bars[] = {
	{"CPU share", 2, false, 3.5, "SAAF (Cordingly et al., 2020)"},
	{"CPU quota steps", 7, false, 26, "proportional law"},
	{"DL inference and load", 5, false, 15.3, "Sizeless (Eismann et al., 2021)"},
	{"cold-start probability", 10, true, 12.2, "SimFaaS (Mahmoudi and Khazaei, 2021)"},
	{"instances", 3, false, 3.05, "SimFaaS (Mahmoudi and Khazaei, 2021)"},
	{"S3 transfer", 10, false, (double)NAN, ""},
	{"billing", 0, false, 0.8, "AWS Lambda Power Tuning"},
	{NULL, 0, false, 0, NULL},
};

static bool load_part(const char *path, struct arena *arena, struct diag *diag, struct validation_part *out,
		      bool *io_failed)
{
	struct study_request request = {.load = {.path = path}, .with_sweep = true};
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

bool validation_load(const char *const *paths, size_t count, struct arena *arena, struct diag *diag,
		     struct validation *out, bool *io_failed)
{
	*out = (struct validation){
		.parts = ARENA_ARRAY(arena, struct validation_part, count + PAPER_PARTS),
		.part_count = count,
	};
	size_t errors_before = diag->error_count;
	for (size_t i = 0; i < count; i++) {
		if (load_part(paths[i], arena, diag, &out->parts[i], io_failed))
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

static const struct validation_bar *find_bar(const char *mechanism)
{
	for (const struct validation_bar *bar = validation_bars; bar->mechanism; bar++)
		if (strcmp(bar->mechanism, mechanism) == 0)
			return bar;
	return NULL;
}

static struct validation_mechanism *find_mechanism(struct validation *validation, const char *name)
{
	for (size_t i = 0; i < validation->mechanism_count; i++)
		if (strcmp(validation->mechanisms[i].name, name) == 0)
			return &validation->mechanisms[i];
	struct validation_mechanism *mechanism = &validation->mechanisms[validation->mechanism_count++];
	*mechanism = (struct validation_mechanism){.name = name, .bar = find_bar(name)};
	return mechanism;
}

/* Sums first; divided once all rows are in. */
static void count_row(struct validation_mechanism *mechanism, const struct claim *claim, size_t *spread_count)
{
	mechanism->rows++;
	if (claim->kind == CLAIM_FITTED)
		return;
	double error = claim_error_percent(claim);
	mechanism->judged++;
	mechanism->mean_abs_error_percent += fabs(error);
	if (fabs(error) > fabs(mechanism->worst_error_percent))
		mechanism->worst_error_percent = error;
	if (claim->spread > 0) {
		mechanism->mean_spread_percent += 100 * claim->spread / fabs(claim->measured);
		++*spread_count;
	}
}

void validation_evaluate(struct validation *validation, struct arena *arena)
{
	validation->rows = ARENA_ARRAY(arena, const struct claim *, validation->row_count);
	validation->mechanisms = ARENA_ARRAY(arena, struct validation_mechanism, validation->row_count);
	size_t *spread_counts = ARENA_ARRAY(arena, size_t, validation->row_count);
	size_t row = 0;
	for (size_t i = 0; i < validation->part_count; i++) {
		struct claims *claims = &validation->parts[i].claims;
		claims_evaluate(&validation->parts[i].study, claims);
		for (size_t k = 0; k < claims->count; k++) {
			struct validation_mechanism *mechanism = find_mechanism(validation, claims->items[k].mechanism);
			validation->rows[row++] = &claims->items[k];
			count_row(mechanism, &claims->items[k], &spread_counts[mechanism - validation->mechanisms]);
		}
	}
	CHECK(row == validation->row_count);
	for (size_t i = 0; i < validation->mechanism_count; i++) {
		struct validation_mechanism *mechanism = &validation->mechanisms[i];
		mechanism->mean_abs_error_percent /= (double)mechanism->judged;
		mechanism->mean_spread_percent /= (double)spread_counts[i];
		if (mechanism->judged == 0)
			mechanism->worst_error_percent = (double)NAN;
	}
}

enum validation_verdict validation_judge(const struct validation_mechanism *mechanism)
{
	/* Bills are sums in binary floating point: their last bits are not what is meant by exact. */
	static const double rounding_percent = 1e-9;
	const struct validation_bar *bar = mechanism->bar;
	if (!bar || mechanism->judged == 0)
		return VALIDATION_NO_BAR;
	double error = mechanism->mean_abs_error_percent;
	bool met = error <= bar->error_percent + rounding_percent ||
		   (bar->or_spread && error <= mechanism->mean_spread_percent);
	return met ? VALIDATION_MET : VALIDATION_MISSED;
}
