#include "results/active_point.h"

#include <string.h>

void active_point_describe(const struct study *study, size_t point, const struct run_job *job, struct arena *arena,
			   struct results_point *out)
{
	const struct sweep *sweep = &study->sweep;
	struct swept_value *values = ARENA_ARRAY(arena, struct swept_value, sweep->key_count);
	for (size_t i = 0; i < sweep->key_count; i++)
		values[i] = swept_value_of(sweep_value(sweep, point, i), arena);
	*out = (struct results_point){
		.identity = job->identity,
		.ordinal = (int64_t)point,
		.seed = (int64_t)job->seed,
		.replications = job->replications.min,
		.values = values,
		.functions = sample_functions_of(job->setting, arena),
		.function_count = job->setting->function_count,
	};
}

/* Room for as many; what is in the file already is taken from there. */
static void plan(struct active_point *active, int64_t count)
{
	struct arena *arena = &active->arena;
	struct sample *samples = ARENA_ARRAY(arena, struct sample, (size_t)count);
	double *seconds = ARENA_ARRAY(arena, double, (size_t)count);
	bool *is_asked = ARENA_ARRAY(arena, bool, (size_t)count);
	if (active->planned > 0) {
		memcpy(samples, active->samples, (size_t)active->planned * sizeof samples[0]);
		memcpy(seconds, active->seconds, (size_t)active->planned * sizeof seconds[0]);
		memcpy(is_asked, active->is_asked, (size_t)active->planned * sizeof is_asked[0]);
	}
	const struct results_content *content = active->is_forced ? NULL : active->content;
	for (int64_t i = active->planned; i < count; i++) {
		if (!content || i >= content->count || !content->samples[i].is_finished)
			continue;
		samples[i] = content->samples[i];
		is_asked[i] = true;
		active->finished++;
	}
	active->samples = samples;
	active->seconds = seconds;
	active->is_asked = is_asked;
	active->planned = count;
}

/* More are planned for as long as the rule asks for them and none is missing. */
static void plan_on(struct active_point *active)
{
	const struct replications *rule = &active->job.replications;
	while (active->finished == active->planned && samples_want_more(rule, active->samples, active->planned))
		plan(active, active->planned + samples_next_batch(rule, active->planned));
	if (active->finished == active->planned)
		active->state = ACTIVE_COMPLETE;
}

/* Whether the file's row says what it should. */
static bool is_as_stored(const struct active_point *active)
{
	const struct results_point *old = &active->content->point;
	return !active->content->is_point_damaged && old->ordinal == active->stored.ordinal &&
	       old->replications == active->stored.replications;
}

static bool read_content(struct active_point *active, struct results *results, const struct active_rules *rules,
			 struct err *err)
{
	int64_t id;
	active->is_new = true;
	if (!results_find(results, &active->job.identity, &id, err))
		return false;
	if (id == 0)
		return true;
	struct results_content *content = ARENA_NEW(&active->arena, struct results_content);
	if (!results_read(results, id, &active->arena, content, err))
		return false;
	active->content = content;
	active->stored.id = id;
	active->is_new = !is_as_stored(active);
	active->is_forced = rules->force;
	active->had_failures = content->failure_count > 0 && (rules->force || rules->retry_failed);
	active->is_failed = content->failure_count > 0 && !active->had_failures;
	active->has_damage = content->damaged > 0;
	return true;
}

bool active_point_begin(struct active_point *active, struct study *study, size_t point, struct results *results,
			const struct active_rules *rules, struct err *err)
{
	struct diag said_before;
	*active = (struct active_point){.state = ACTIVE_OPEN, .point = point};
	arena_init(&active->arena);
	diag_init(&said_before);
	CHECK(study_point(study, point, &active->arena, &said_before, &active->job));
	diag_release(&said_before);
	active_point_describe(study, point, &active->job, &active->arena, &active->stored);
	if (!read_content(active, results, rules, err))
		return false;
	if (active->is_failed)
		active->state = ACTIVE_COMPLETE;
	else
		plan_on(active);
	return true;
}

void active_point_end(struct active_point *active)
{
	arena_release(&active->arena);
	active->state = ACTIVE_UNUSED;
}

bool active_point_ask(struct active_point *active, int64_t *replication)
{
	if (active->state != ACTIVE_OPEN || active->is_failed)
		return false;
	while (active->next < active->planned && active->is_asked[active->next])
		active->next++;
	if (active->next == active->planned)
		return false;
	*replication = active->next++;
	active->is_asked[*replication] = true;
	return true;
}

void active_point_add(struct active_point *active, int64_t replication, const struct sample *sample, double seconds)
{
	size_t functions = active->job.setting->function_count;
	struct sample *kept = &active->samples[replication];
	*kept = *sample;
	kept->functions = ARENA_ARRAY(&active->arena, struct function_sample, functions);
	if (functions > 0)
		memcpy(kept->functions, sample->functions, functions * sizeof kept->functions[0]);
	active->seconds[replication] = seconds;
	active->finished++;
	if (!active->is_failed)
		plan_on(active);
}

static bool drop_damaged(const struct active_point *active, struct results *results, struct err *err)
{
	for (int64_t i = 0; i < active->content->count; i++)
		if (!active->content->samples[i].is_finished &&
		    !results_drop_sample(results, active->stored.id, i, err))
			return false;
	return true;
}

bool active_point_put(struct active_point *active, struct results *results, struct err *err)
{
	int64_t id = active->stored.id;
	bool ok = !active->is_new || results_put_point(results, &active->stored, err);
	if (ok && active->is_forced && id > 0) {
		ok = results_drop_samples(results, id, err);
		active->content = NULL; /* which the file no longer has: replications planned later are simulated */
	} else if (ok && active->has_damage) {
		ok = drop_damaged(active, results, err);
	}
	if (ok && active->had_failures)
		ok = results_drop_failures(results, id, err);
	active->is_new = active->is_forced = active->has_damage = active->had_failures = false;
	return ok;
}

void active_point_result(struct active_point *active, struct run_result *out)
{
	samples_gather(active->samples, active->planned, active->stored.functions, active->stored.function_count,
		       &active->arena, out);
}
