#include "report/paper.h"

#include <math.h>
#include <string.h>

#include "base/num.h"

static const struct part {
	const char *file;
	bool is_machine; /* has no profile and no framework */
} parts[PAPER_PARTS] = {
	[PAPER_FIG3] = {"fig3.yaml", false},
	[PAPER_FIG4] = {"fig4.yaml", false},
	[PAPER_FIG5] = {"fig5.yaml", false},
	[PAPER_MECHANISMS] = {"fig5-mechanisms.yaml", false},
	[PAPER_PLATEAU] = {"fig5-plateau.yaml", false},
	[PAPER_GPU] = {"gpu.yaml", true},
	[PAPER_TABLE1] = {"table1.yaml", false},
	[PAPER_TABLE2] = {"table2.yaml", false},
};

/* More than this, by which a prediction moves with the profile's own spread, is no prediction. */
static const double PROFILE_PERCENT_MOST = 5;

/* Values put over every experiment, as --set would: the profile, then what was fitted. */
struct overrides {
	const char *sets[FIT_PARAMETERS_MAX + 1];
	size_t count;
	double profile_spreads;
};

static bool load_study(const struct paper_request *request, const char *file, const struct overrides *overrides,
		       struct arena *arena, struct diag *diag, struct study *out)
{
	struct study_request study = {
		.load = {.path = arena_printf(arena, "%s/%s", request->folder, file),
			 .sets = overrides->sets,
			 .set_count = overrides->count},
		.with_sweep = true,
		.profile_spreads = overrides->profile_spreads,
	};
	return study_load(&study, arena, diag, out, NULL);
}

/* Also looks for doubts in the profile that the fit uses. */
static bool fit_parameters(const struct paper_request *request, struct overrides *overrides, struct arena *arena,
			   struct diag *diag, struct paper *out)
{
	struct study study;
	struct fit *fit = &out->fit;
	if (!load_study(request, "fit.yaml", overrides, arena, diag, &study) ||
	    !fit_read(&study.experiment, arena, diag, fit) ||
	    !fit_solve(fit, study.root, study.experiment.path, &study.library, &request->control, arena, diag))
		return false;
	for (size_t i = 0; i < fit->parameter_count; i++) {
		char text[NUM_TEXT_BYTES];
		num_format_double(fit->parameters[i].value, text);
		overrides->sets[overrides->count++] = arena_printf(arena, "%s=%s", fit->parameters[i].key, text);
	}
	CHECK(study.library.profile_count == 1);
	profile_find_doubts(study.library.profiles[0], arena, &out->doubts);
	return true;
}

/* Everything with the profile moved by so many of its spreads. */
static bool run_once(const struct paper_request *request, double profile_spreads, struct arena *arena,
		     struct diag *diag, struct paper *out)
{
	static const struct overrides none;
	struct overrides overrides = {.profile_spreads = profile_spreads};
	*out = (struct paper){0};
	if (request->profile)
		overrides.sets[overrides.count++] = arena_printf(arena, "profile=%s", request->profile);
	if (!fit_parameters(request, &overrides, arena, diag, out))
		return false;
	for (int i = 0; i < PAPER_PARTS; i++) {
		struct study *study = &out->studies[i];
		if (!load_study(request, parts[i].file, parts[i].is_machine ? &none : &overrides, arena, diag, study) ||
		    !claims_read(study, arena, diag, &out->claims[i]) || !study_run(study, &request->control, arena))
			return false;
		claims_evaluate(study, &out->claims[i]);
		for (size_t k = 0; k < study->sweep.point_count; k++)
			out->replications += (uint64_t)study->jobs[k].result.replications;
	}
	paper_fill_rows(out, arena);
	return true;
}

/* Notes how far the moved profile moves each row, and whether a prediction survives that. */
static void compare_with_moved_profile(struct paper *paper, const struct paper *moved)
{
	CHECK(paper->row_count == moved->row_count);
	for (size_t i = 0; i < paper->row_count; i++) {
		struct paper_row *row = &paper->rows[i];
		double change = fabs(moved->rows[i].lamina - row->lamina);
		/* Of percentages their points. */
		bool is_percentage = strcmp(row->unit, "%") == 0;
		double percent = is_percentage || change == 0 ? change : 100 * change / fabs(row->lamina);
		row->profile_percent = fmax(row->profile_percent, percent);
	}
	paper->replications += moved->replications;
}

static void doubt_loose_predictions(struct paper *paper, struct arena *arena)
{
	const struct paper_row *worst = NULL;
	for (size_t i = 0; i < paper->row_count; i++) {
		const struct paper_row *row = &paper->rows[i];
		if (strcmp(row->kind, "predicted") == 0 && row->profile_percent > PROFILE_PERCENT_MOST &&
		    (!worst || row->profile_percent > worst->profile_percent))
			worst = row;
	}
	if (worst && paper->doubts.count < PROFILE_DOUBTS_MAX)
		paper->doubts.texts[paper->doubts.count++] = arena_printf(arena, "its own spread moves '%s' by %.1f %%",
									  worst->quantity, worst->profile_percent);
}

bool paper_run(const struct paper_request *request, struct arena *arena, struct diag *diag, struct paper *out)
{
	struct paper *moved = ARENA_NEW(arena, struct paper);
	if (!run_once(request, 0, arena, diag, out))
		return false;
	for (int spreads = -1; spreads <= 1; spreads += 2) {
		struct diag again; /* the same warnings as before */
		diag_init(&again);
		bool ok = run_once(request, spreads, arena, &again, moved);
		diag_release(&again);
		if (!ok)
			return false;
		compare_with_moved_profile(out, moved);
	}
	doubt_loose_predictions(out, arena);
	return true;
}

const char *paper_profile_word(const struct paper *paper)
{
	return paper->doubts.count > 0 ? "not trusted" : "trusted";
}

double paper_row_error_percent(const struct paper_row *row)
{
	bool is_statement = strcmp(row->kind, "statement") == 0;
	return is_statement ? (double)NAN : 100 * (row->lamina / row->paper - 1);
}
