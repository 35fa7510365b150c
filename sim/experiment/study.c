#include "experiment/study.h"

#include "scenario/identity.h"

static void override_luck(const struct study_luck *luck, struct experiment *experiment)
{
	if (luck->has_seed)
		experiment->seed = luck->seed;
	if (luck->replications > 0)
		experiment->replications = (struct replications){.min = luck->replications, .max = luck->replications};
}

enum { WRONG_POINTS_MAX = 1000 };

bool study_point(struct study *study, size_t point, struct arena *arena, struct diag *diag, struct run_job *out)
{
	struct experiment *experiment = ARENA_NEW(arena, struct experiment);
	struct setting *setting = ARENA_NEW(arena, struct setting);
	if (!sweep_bind_point(&study->sweep, point, study->root, study->experiment.path, arena, diag, experiment))
		return false;
	override_luck(&study->luck, experiment);
	*out = (struct run_job){
		.setting = setting,
		.seed = (uint64_t)experiment->seed,
		.replications = experiment->replications,
	};
	if (!experiment_resolve(experiment, &study->library, arena, diag, setting))
		return false;
	if (study->with_identity)
		out->identity = experiment_identity(experiment, setting, &study->library);
	return true;
}

/* Every point, for all mistakes at once, but gives up when very many are wrong. Without jobs, none is held. */
static void resolve_points(const struct study_request *request, struct study *study, struct arena *arena,
			   struct diag *diag)
{
	size_t wrong = 0;
	struct arena scratch;
	arena_init(&scratch);
	for (size_t i = 0; i < study->sweep.point_count && wrong < WRONG_POINTS_MAX; i++) {
		struct run_job job;
		bool is_right = study_point(study, i, study->jobs ? arena : &scratch, diag, &job);
		wrong += !is_right;
		if (is_right)
			study->least_replications += (double)job.replications.min;
		if (is_right && request->shown)
			request->shown(request->show_context, i, &job);
		if (study->jobs)
			study->jobs[i] = job;
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
	struct load_request load = request->load;
	load.with_sweep = request->with_sweep;
	if (!experiment_load(&load, arena, diag, &out->root, &out->experiment, io_failed)) {
		library_check_names(&out->library, out->root, diag);
		return false;
	}
	if (!request->with_sweep)
		out->experiment.sweep = NULL;
	out->with_identity = request->with_identity;
	if (request->seed)
		out->luck = (struct study_luck){.has_seed = true, .seed = *request->seed};
	if (request->replications)
		out->luck.replications = *request->replications;
	if (!sweep_expand(&out->experiment, arena, diag, &out->sweep))
		return false;
	if (!request->is_check)
		out->jobs = ARENA_ARRAY(arena, struct run_job, out->sweep.point_count);
	resolve_points(request, out, arena, diag);
	return diag->error_count == errors_before;
}

bool study_run(struct study *study, const struct run_control *control, struct arena *arena)
{
	return replicate(study->jobs, study->sweep.point_count, control, arena);
}

bool study_run_some(struct study *study, const size_t *points, size_t count, const struct run_control *control,
		    struct arena *arena, struct run_job **jobs)
{
	struct diag said_before;
	diag_init(&said_before);
	*jobs = ARENA_ARRAY(arena, struct run_job, count);
	for (size_t i = 0; i < count; i++)
		CHECK(study_point(study, points[i], arena, &said_before, &(*jobs)[i]));
	diag_release(&said_before);
	return replicate(*jobs, count, control, arena);
}
