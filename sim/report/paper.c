#include "report/paper.h"

#include <math.h>
#include <string.h>

#include "base/num.h"

static const struct part {
	const char *file;
	bool is_machine; /* has no profile and no framework */
} parts[PAPER_PARTS] = {
	[PAPER_FIG3] = {"fig3.yaml", false},     [PAPER_FIG4] = {"fig4.yaml", false},
	[PAPER_FIG5] = {"fig5.yaml", false},     [PAPER_MECHANISMS] = {"fig5-mechanisms.yaml", false},
	[PAPER_GPU] = {"gpu.yaml", true},        [PAPER_TABLE1] = {"table1.yaml", false},
	[PAPER_TABLE2] = {"table2.yaml", false},
};

/* Values put over every experiment, as --set would: the profile, then what was fitted. */
struct overrides {
	const char *sets[FIT_PARAMETERS_MAX + 1];
	size_t count;
};

static bool load(const struct paper_request *request, const char *file, const struct overrides *overrides,
		 struct arena *arena, struct diag *diag, struct study *out)
{
	struct study_request study = {
		.load = {.path = arena_printf(arena, "%s/%s", request->folder, file),
			 .sets = overrides->sets,
			 .set_count = overrides->count},
		.with_sweep = true,
	};
	return study_load(&study, arena, diag, out, NULL);
}

static bool fit_parameters(const struct paper_request *request, struct overrides *overrides, struct arena *arena,
			   struct diag *diag, struct fit *fit)
{
	struct study study;
	if (!load(request, "fit.yaml", overrides, arena, diag, &study) ||
	    !fit_read(&study.experiment, arena, diag, fit) ||
	    !fit_solve(fit, study.root, study.experiment.path, &study.library, &request->control, arena, diag))
		return false;
	for (size_t i = 0; i < fit->parameter_count; i++) {
		char text[NUM_TEXT_BYTES];
		num_format_double(fit->parameters[i].value, text);
		overrides->sets[overrides->count++] = arena_printf(arena, "%s=%s", fit->parameters[i].key, text);
	}
	return true;
}

bool paper_run(const struct paper_request *request, struct arena *arena, struct diag *diag, struct paper *out)
{
	static const struct overrides none;
	struct overrides overrides = {.count = 0};
	*out = (struct paper){0};
	if (request->profile)
		overrides.sets[overrides.count++] = arena_printf(arena, "profile=%s", request->profile);
	if (!fit_parameters(request, &overrides, arena, diag, &out->fit))
		return false;
	for (int i = 0; i < PAPER_PARTS; i++) {
		struct study *study = &out->studies[i];
		if (!load(request, parts[i].file, parts[i].is_machine ? &none : &overrides, arena, diag, study) ||
		    !claims_read(study, arena, diag, &out->claims[i]) || !study_run(study, &request->control, arena))
			return false;
		claims_evaluate(study, &out->claims[i]);
		for (size_t k = 0; k < study->sweep.point_count; k++)
			out->replications += (uint64_t)study->jobs[k].result.replications;
	}
	paper_fill_rows(out, arena);
	return true;
}

double paper_row_error_percent(const struct paper_row *row)
{
	bool is_statement = strcmp(row->kind, "statement") == 0;
	return is_statement ? (double)NAN : 100 * (row->lamina / row->paper - 1);
}
