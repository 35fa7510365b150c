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

static bool resolve_point(const struct study_request *request, struct study *study, size_t point, struct arena *arena,
			  struct diag *diag, struct run_job *out)
{
	struct experiment *experiment = ARENA_NEW(arena, struct experiment);
	struct setting *setting = ARENA_NEW(arena, struct setting);
	if (!sweep_bind_point(&study->sweep, point, study->root, study->experiment.path, arena, diag, experiment))
		return false;
	override_luck(request, experiment);
	*out = (struct run_job){
		.setting = setting,
		.seed = (uint64_t)experiment->seed,
		.replications = experiment->replications,
	};
	return experiment_resolve(experiment, &study->library, arena, diag, setting);
}

/* Resolves every point, for all mistakes at once, but gives up when very many are wrong. */
static void resolve_points(const struct study_request *request, struct study *out, struct arena *arena,
			   struct diag *diag)
{
	out->jobs = ARENA_ARRAY(arena, struct run_job, out->sweep.point_count);
	size_t wrong = 0;
	for (size_t i = 0; i < out->sweep.point_count && wrong < WRONG_POINTS_MAX; i++)
		wrong += !resolve_point(request, out, i, arena, diag, &out->jobs[i]);
}

/* The same where nothing is to be simulated: no more than one point is held. */
static void check_points(const struct study_request *request, struct study *study, struct diag *diag)
{
	size_t wrong = 0;
	for (size_t i = 0; i < study->sweep.point_count && wrong < WRONG_POINTS_MAX; i++) {
		struct run_job job;
		struct arena scratch;
		arena_init(&scratch);
		wrong += !resolve_point(request, study, i, &scratch, diag, &job);
		arena_release(&scratch);
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
	bool is_expanded = sweep_expand(&out->experiment, arena, diag, &out->sweep);
	if (is_expanded && request->is_check)
		check_points(request, out, diag);
	else if (is_expanded)
		resolve_points(request, out, arena, diag);
	return diag->error_count == errors_before;
}

bool study_run(struct study *study, const struct run_control *control, struct arena *arena)
{
	return replicate(study->jobs, study->sweep.point_count, control, arena);
}
