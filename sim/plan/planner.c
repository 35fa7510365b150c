#include "plan/planner.h"

#include <math.h>
#include <string.h>

#include "plan/timeout.h"

enum { SEARCHES_MAX = 24, ROUNDS_MAX = 12 };

void planner_init(struct planner *planner, const struct trial_control *control, const struct search_goal *goal)
{
	*planner = (struct planner){.control = *control, .goal = *goal};
}

double planner_objective(const struct search_goal *goal, double seconds, double usd)
{
	return goal->usd_weight * usd + goal->seconds_weight * seconds;
}

bool planner_is_allowed(const struct search_goal *goal, const struct trial *trial)
{
	return trial_works(trial) && trial->seconds_at <= goal->seconds_max && trial->usd_at <= goal->usd_max;
}

/* How unlike two shapes are, for what luck does to their waves. */
static double distance(const struct space *space, const struct shape *a, const struct shape *b)
{
	double parallel = log((double)a->parallel / (double)b->parallel);
	double images =
		log((double)space->sizes[a->size].images_per_record / (double)space->sizes[b->size].images_per_record);
	double waves = log((double)shape_waves(space, a) / (double)shape_waves(space, b));
	const struct space_size *x = &space->sizes[a->size];
	const struct space_size *y = &space->sizes[b->size];
	int others = (x->is_arm64 != y->is_arm64) + (x->has_snapshot != y->has_snapshot);
	return fabs(parallel) + fabs(images) + fabs(waves) + (a->schedule != b->schedule ? 1 : 0) + others;
}

void planner_factors(const void *context, const struct shape *shape, struct search_factors *out)
{
	const struct planner *planner = context;
	double nearest = HUGE_VAL;
	for (size_t i = 0; i < planner->trial_count; i++) {
		const struct trial *trial = &planner->trials[i];
		double away = distance(planner->control.space, shape, &trial->choice.shape);
		/* Of two trials of one shape the later one is nearer to the optimum; one that failed tells nothing. */
		if (away > nearest || trial->fails)
			continue;
		nearest = away;
		*out = (struct search_factors){
			.seconds = trial->seconds / trial->choice.seconds,
			.seconds_bound = trial->seconds_at / trial->choice.seconds,
			.usd = trial->usd / trial->choice.usd,
			.usd_bound = trial->usd_at / trial->choice.usd,
		};
	}
}

static bool is_same_choice(const struct plan_choice *a, const struct plan_choice *b, size_t functions)
{
	return a->shape.size == b->shape.size && a->shape.schedule == b->shape.schedule &&
	       a->shape.parallel == b->shape.parallel &&
	       memcmp(a->options, b->options, functions * sizeof a->options[0]) == 0;
}

static const struct trial *find_trial(const struct planner *planner, const struct plan_choice *choice)
{
	for (size_t i = 0; i < planner->trial_count; i++) {
		if (is_same_choice(&planner->trials[i].choice, choice, planner->control.space->function_count))
			return &planner->trials[i];
	}
	return NULL;
}

static const struct trial *best_trial(const struct planner *planner)
{
	const struct trial *best = NULL;
	double least = HUGE_VAL;
	for (size_t i = 0; i < planner->trial_count; i++) {
		const struct trial *trial = &planner->trials[i];
		double objective = planner_objective(&planner->goal, trial->seconds, trial->usd);
		if (!planner_is_allowed(&planner->goal, trial) || objective >= least)
			continue;
		least = objective;
		best = trial;
	}
	return best;
}

/* From now on the planner's space is without what time-outs made fail. False when interrupted. */
static bool rule_out(struct planner *planner, const struct trial *trial)
{
	struct trial_control *control = &planner->control;
	struct rulings rulings;
	if (trial_works(trial))
		return true;
	if (!timeout_rulings(control, trial, &rulings))
		return false;
	control->space = space_ruled(control->space, &rulings, control->arena);
	return true;
}

static void find(struct planner *planner, struct planner_answer *out)
{
	struct search_request request = {
		.space = planner->control.space,
		.goal = planner->goal,
		.factors = planner_factors,
		.factors_context = planner,
	};
	*out = (struct planner_answer){.end = PLANNER_INFEASIBLE};
	size_t last = planner->trial_count + SEARCHES_MAX;
	while (planner->trial_count < last && planner->trial_count < PLANNER_TRIALS_MAX) {
		struct search_answer answer;
		search(&request, &answer);
		out->searches++;
		out->shape_count = answer.shape_count;
		if (!answer.found || find_trial(planner, &answer.choice))
			break;
		out->model_gap = (answer.objective - answer.bound) / answer.objective;
		struct trial *trial = &planner->trials[planner->trial_count];
		*trial = (struct trial){.choice = answer.choice};
		if (!trial_run(trial, 1, &planner->control)) {
			out->end = PLANNER_INTERRUPTED;
			return;
		}
		planner->trial_count++;
		if (!rule_out(planner, trial)) {
			out->end = PLANNER_INTERRUPTED;
			return;
		}
		request.space = planner->control.space;
	}
	const struct trial *best = best_trial(planner);
	if (!best)
		return;
	out->end = PLANNER_FOUND;
	out->best = *best;
}

/* Where calls may be refused, or not. */
static const struct space *with_refusals(const struct space *space, bool allows_refusals, struct arena *arena)
{
	struct rulings rulings = space->rulings;
	rulings.allows_refusals = allows_refusals;
	return space_ruled(space, &rulings, arena);
}

/* Whether more jobs could run at once if calls may be refused. */
static bool has_refusing_shapes(const struct space *space, const struct space *refusing)
{
	bool has = false;
	for (size_t i = 0; i < space->size_count && !space->is_served; i++) {
		for (int schedule = 0; schedule_names[schedule]; schedule++)
			has = has || shape_parallel_max(refusing, i, schedule) > shape_parallel_max(space, i, schedule);
	}
	return has;
}

/* Refused calls are noise in every log: they are for where nothing else keeps the bounds, or is nearly as good. */
void planner_find(struct planner *planner, struct planner_answer *out)
{
	static const double MUCH_BETTER = 0.95;
	struct arena *arena = planner->control.arena;
	struct planner_answer *refusing = ARENA_NEW(arena, struct planner_answer);
	find(planner, out);
	const struct space *space = planner->control.space;
	if (out->end == PLANNER_INTERRUPTED || space->rulings.allows_refusals)
		return;
	const struct space *other = with_refusals(space, true, arena);
	if (!has_refusing_shapes(space, other))
		return;
	planner->control.space = other;
	find(planner, refusing);
	bool is_better = refusing->end == PLANNER_FOUND &&
			 (out->end != PLANNER_FOUND ||
			  planner_objective(&planner->goal, refusing->best.seconds, refusing->best.usd) <
				  MUCH_BETTER * planner_objective(&planner->goal, out->best.seconds, out->best.usd));
	if (!is_better)
		planner->control.space = with_refusals(planner->control.space, false, arena);
	if (is_better || refusing->end == PLANNER_INTERRUPTED)
		*out = *refusing;
}

struct planner_deviation planner_deviation_of(const struct trial *trial)
{
	struct planner_deviation deviation = {
		.seconds = trial->seconds / trial->choice.seconds - 1,
		.usd = trial->usd / trial->choice.usd - 1,
	};
	deviation.is_large =
		!(fabs(deviation.seconds) <= PLANNER_DEVIATION && fabs(deviation.usd) <= PLANNER_DEVIATION);
	return deviation;
}

/* A search among shapes that `wants`. */
struct filter {
	const struct planner *planner;
	const struct shape *of;
	bool (*wants)(const struct shape *of, const struct shape *shape);
};

static void filtered_factors(const void *context, const struct shape *shape, struct search_factors *out)
{
	const struct filter *filter = context;
	planner_factors(filter->planner, shape, out);
	out->is_left_out = !filter->wants(filter->of, shape);
}

static bool has_other_size(const struct shape *of, const struct shape *shape)
{
	return shape->size != of->size;
}

static bool has_other_parallel(const struct shape *of, const struct shape *shape)
{
	return shape->size == of->size && shape->schedule == of->schedule && shape->parallel != of->parallel;
}

static bool has_other_schedule(const struct shape *of, const struct shape *shape)
{
	return shape->schedule != of->schedule;
}

static bool has_size(const struct shape *of, const struct shape *shape)
{
	return shape->size == of->size;
}

static bool search_filtered(const struct filter *filter, struct plan_choice *out)
{
	struct search_request request = {
		.space = filter->planner->control.space,
		.goal = filter->planner->goal,
		.factors = filtered_factors,
		.factors_context = filter,
	};
	struct search_answer answer;
	search(&request, &answer);
	*out = answer.choice;
	return answer.found;
}

bool planner_best_of_size(const struct planner *planner, size_t size, struct plan_choice *out)
{
	struct shape of = {.size = size};
	struct filter filter = {planner, &of, has_size};
	return search_filtered(&filter, out);
}

static void add_rival(struct rival *rivals, size_t *count, const struct plan_choice *choice, enum rival_kind kind,
		      const char *what)
{
	if (*count < PLANNER_RIVALS_MAX)
		rivals[(*count)++] = (struct rival){.kind = kind, .what = what, .trial = {.choice = *choice}};
}

static void add_other_shapes(const struct planner *planner, const struct trial *best, struct rival *rivals,
			     size_t *count)
{
	static const struct {
		const char *what;
		bool (*wants)(const struct shape *of, const struct shape *shape);
	} kinds[] = {
		[RIVAL_SIZE] = {"another record size", has_other_size},
		[RIVAL_PARALLEL] = {"another parallelism", has_other_parallel},
		[RIVAL_SCHEDULE] = {"another schedule", has_other_schedule},
	};
	for (int i = RIVAL_SIZE; i <= RIVAL_SCHEDULE; i++) {
		struct filter filter = {planner, &best->choice.shape, kinds[i].wants};
		struct plan_choice choice;
		if (search_filtered(&filter, &choice))
			add_rival(rivals, count, &choice, (enum rival_kind)i, kinds[i].what);
	}
}

/* Sizes a sixteenth away: nearer ones differ by less than anybody could measure. */
static void add_neighbours(const struct planner *planner, const struct trial *best, struct rival *rivals, size_t *count)
{
	const struct space *space = planner->control.space;
	const struct space_size *size = &space->sizes[best->choice.shape.size];
	for (size_t i = 0; i < space->function_count; i++) {
		const struct space_table *table = &size->tables[i];
		int64_t own_mb = table->memory_mb[best->choice.options[i]];
		const int64_t wanted_mb[] = {own_mb - own_mb / 16, own_mb + own_mb / 16 + 1};
		for (size_t k = 0; k < 2; k++) {
			size_t option = space_find_option(table, wanted_mb[k]);
			if (k == 0 && option == best->choice.options[i] && option > 0)
				option--;
			if (option == best->choice.options[i])
				continue;
			struct plan_choice choice = best->choice;
			choice.options[i] = option;
			search_evaluate(space, &choice);
			add_rival(rivals, count, &choice, RIVAL_MEMORY,
				  arena_printf(planner->control.arena, "%s at %lld MB",
					       size->setting->functions[i].name, (long long)table->memory_mb[option]));
		}
	}
}

/* The factors of its shape are from now on those of this trial. */
static void learn(struct planner *planner, const struct trial *trial)
{
	if (planner->trial_count == PLANNER_TRIALS_MAX)
		planner->trial_count--;
	planner->trials[planner->trial_count++] = *trial;
}

static bool try_rivals(struct planner *planner, const struct trial *best, struct rival *rivals, size_t *count)
{
	struct trial trials[PLANNER_RIVALS_MAX];
	*count = 0;
	add_other_shapes(planner, best, rivals, count);
	add_neighbours(planner, best, rivals, count);
	for (size_t i = 0; i < *count; i++)
		trials[i] = rivals[i].trial;
	if (!trial_run(trials, *count, &planner->control))
		return false;
	for (size_t i = 0; i < *count; i++) {
		rivals[i].trial = trials[i];
		rivals[i].is_allowed = planner_is_allowed(&planner->goal, &trials[i]);
		if (rivals[i].kind != RIVAL_MEMORY)
			learn(planner, &trials[i]);
	}
	return true;
}

const struct rival *planner_closest(const struct planner *planner, const struct rival *rivals, size_t count)
{
	const struct rival *closest = NULL;
	double least = HUGE_VAL;
	for (size_t i = 0; i < count; i++) {
		double objective = planner_objective(&planner->goal, rivals[i].trial.seconds, rivals[i].trial.usd);
		if (!rivals[i].is_allowed || objective >= least)
			continue;
		least = objective;
		closest = &rivals[i];
	}
	return closest;
}

bool planner_rivals(struct planner *planner, struct trial *best, struct rival *rivals, size_t *count)
{
	for (int round = 0;; round++) {
		if (!try_rivals(planner, best, rivals, count))
			return false;
		const struct rival *closest = planner_closest(planner, rivals, *count);
		double own = planner_objective(&planner->goal, best->seconds, best->usd);
		if (!closest || round == ROUNDS_MAX ||
		    planner_objective(&planner->goal, closest->trial.seconds, closest->trial.usd) >= own)
			return true;
		*best = closest->trial;
		learn(planner, best);
	}
}

double planner_best_share(const struct planner *planner, const struct trial *best, const struct rival *rivals,
			  size_t count)
{
	const struct trial_control *control = &planner->control;
	int64_t stays = 0;
	for (int64_t r = 0; r < best->result.replications; r++) {
		double own =
			planner_objective(&planner->goal, trial_seconds_of(best, control, r), trial_usd_of(best, r));
		bool is_best = true;
		for (size_t i = 0; i < count; i++) {
			const struct trial *other = &rivals[i].trial;
			double theirs = planner_objective(&planner->goal, trial_seconds_of(other, control, r),
							  trial_usd_of(other, r));
			is_best = is_best && (!rivals[i].is_allowed || own <= theirs);
		}
		stays += is_best;
	}
	return (double)stays / (double)best->result.replications;
}
