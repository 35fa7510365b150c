#include "experiment/study.h"

static void override_luck(const struct study_request *request, struct experiment *experiment)
{
	if (request->seed)
		experiment->seed = *request->seed;
	if (request->replications)
		experiment->replications =
			(struct replications){.min = *request->replications, .max = *request->replications};
}

enum { WRONG_POINTS_MAX = 1000 };

/* Resolves every point, for all mistakes at once, but gives up when very many are wrong. */
static void resolve_points(const struct study_request *request, struct study *out, struct arena *arena,
			   struct diag *diag)
{
	out->jobs = ARENA_ARRAY(arena, struct run_job, out->sweep.point_count);
	size_t wrong = 0;
	for (size_t i = 0; i < out->sweep.point_count && wrong < WRONG_POINTS_MAX; i++) {
		struct experiment *experiment = ARENA_NEW(arena, struct experiment);
		struct setting *setting = ARENA_NEW(arena, struct setting);
		if (!sweep_bind_point(&out->sweep, i, out->root, out->experiment.path, arena, diag, experiment)) {
			wrong++;
			continue;
		}
		override_luck(request, experiment);
		if (!experiment_resolve(experiment, &out->library, arena, diag, setting)) {
			wrong++;
			continue;
		}
		out->jobs[i] = (struct run_job){
			.setting = setting,
			.seed = (uint64_t)experiment->seed,
			.replications = experiment->replications,
		};
	}
}

bool study_load(const struct study_request *request, struct arena *arena, struct diag *diag, struct study *out,
		bool *io_failed)
{
	size_t errors_before = diag->error_count;
	*out = (struct study){0};
	library_init(&out->library, arena);
	out->library.profile_spreads = request->profile_spreads;
	if (!experiment_load(&request->load, arena, diag, &out->root, &out->experiment, io_failed)) {
		library_check_names(&out->library, out->root, diag);
		return false;
	}
	if (!request->with_sweep)
		out->experiment.sweep = NULL;
	if (sweep_expand(&out->experiment, arena, diag, &out->sweep))
		resolve_points(request, out, arena, diag);
	return diag->error_count == errors_before;
}

bool study_run(struct study *study, const struct run_control *control, struct arena *arena)
{
	return replicate(study->jobs, study->sweep.point_count, control, arena);
}
