#include "plan/planner.h"

#include <math.h>
#include <string.h>

enum { SEARCHES_MAX = 24, ROUNDS_MAX = 12 };

struct planner planner_of(const struct trial_control *control, const struct search_goal *goal)
{
	return (struct planner){.control = *control, .goal = *goal};
}

struct planner planner_in(const struct planner *planner, const struct space *space)
{
	struct planner other = *planner;
	other.control.space = space;
	return other;
}

struct planner planner_with_lesson(const struct planner *planner, const struct trial *trial)
{
	struct planner after = *planner;
	struct planner_lesson *lesson = ARENA_NEW(planner->control.arena, struct planner_lesson);
	bool is_full = planner->lesson_count == PLANNER_LESSONS_MAX;
	*lesson = (struct planner_lesson){*trial, is_full ? planner->latest->earlier : planner->latest};
	after.latest = lesson;
	after.lesson_count += !is_full;
	return after;
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
	int others = (x->is_arm64 != y->is_arm64) + (x->snapshots != y->snapshots);
	return fabs(parallel) + fabs(images) + fabs(waves) + (a->schedule != b->schedule ? 1 : 0) + others;
}

void planner_factors(const void *context, const struct shape *shape, struct search_factors *out)
{
	const struct planner *planner = context;
	double nearest = HUGE_VAL;
	for (const struct planner_lesson *lesson = planner->latest; lesson; lesson = lesson->earlier) {
		const struct trial *trial = &lesson->trial;
		double away = distance(planner->control.space, shape, &trial->choice.shape);
		/* Of two trials of one shape the later one is nearer to the optimum; one that failed tells nothing. */
		if (away >= nearest || trial->fails)
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

bool planner_has_tried(const struct planner *planner, const struct plan_choice *choice)
{
	for (const struct planner_lesson *lesson = planner->latest; lesson; lesson = lesson->earlier) {
		if (is_same_choice(&lesson->trial.choice, choice, planner->control.space->function_count))
			return true;
	}
	return false;
}

/* Of two that are equally good, the one that was tried first. */
static const struct trial *best_trial(const struct planner *planner)
{
	const struct trial *best = NULL;
	double least = HUGE_VAL;
	for (const struct planner_lesson *lesson = planner->latest; lesson; lesson = lesson->earlier) {
		const struct trial *trial = &lesson->trial;
		double objective = planner_objective(&planner->goal, trial->seconds, trial->usd);
		if (!planner_is_allowed(&planner->goal, trial) || objective > least)
			continue;
		least = objective;
		best = trial;
	}
	return best;
}

/*
 * Sizes that run out of time. Whether calls meet a time-out is for the simulation to say, which knows how unlucky the
 * unluckiest of many can be: where a plan fails for it, the least memory of that function that works is sought by
 * halving, with the rest of the plan as it is, and every option whose handler takes longer in the mean (in this record
 * size and in all others, on either architecture) is left out from then on. More memory is never slower.
 */

/* Memory is found to this share: finer steps make no difference that anybody sees. */
static const double RESOLUTION = 1.0 / 256;

/* Whether records of the trial failed because calls of the function ran out of time. */
static bool ran_out_of_time(const struct trial *trial, size_t function)
{
	return !trial_works(trial) && trial->result.functions[function].failures[FAILURE_TIMEOUT] > 0;
}

/* The failed plan with another size of one function. */
static bool strikes_at(const struct trial_control *control, const struct trial *failed, size_t function, size_t option,
		       bool *strikes)
{
	struct arena scratch;
	struct trial_control own = *control;
	struct trial trial = {.choice = failed->choice};
	arena_init(&scratch);
	own.arena = &scratch;
	trial.choice.options[function] = option;
	bool finished = trial_run(&trial, 1, &own);
	*strikes = finished && ran_out_of_time(&trial, function);
	arena_release(&scratch);
	return finished;
}

/*
 * The longest handler that works; less than any where none does. By bisection: at `fails` calls run out of time, at
 * `works` they do not, and the two close in. Where 512 MB fail and 10,240 MB work, 5,376 MB are tried next.
 */
static bool find_longest(const struct trial_control *control, const struct trial *failed, size_t function,
			 double *handler_seconds)
{
	const struct space_table *table = &control->space->sizes[failed->choice.shape.size].tables[function];
	size_t fails = failed->choice.options[function];
	size_t works = table->count - 1;
	bool strikes = works == fails;
	if (!strikes && !strikes_at(control, failed, function, works, &strikes))
		return false;
	*handler_seconds = nextafter(table->figures[works].handler_seconds, 0);
	if (strikes)
		return true;
	while (works - fails > 1 && (double)(table->memory_mb[works] - table->memory_mb[fails]) >
					    RESOLUTION * (double)table->memory_mb[works]) {
		size_t middle = fails + (works - fails) / 2;
		if (!strikes_at(control, failed, function, middle, &strikes))
			return false;
		*(strikes ? &fails : &works) = middle;
	}
	*handler_seconds = table->figures[works].handler_seconds;
	return true;
}

/* The space's rulings with what does not work in a trial that time-outs made fail. False when interrupted. */
static bool rule_out(const struct trial_control *control, const struct trial *failed, struct rulings *out)
{
	*out = control->space->rulings;
	for (size_t i = 0; i < control->space->function_count; i++) {
		if (ran_out_of_time(failed, i) && !find_longest(control, failed, i, &out->handler_max_seconds[i]))
			return false;
	}
	return true;
}

/* The space without what made the trial run out of time; NULL when interrupted. */
static const struct space *space_without(const struct trial_control *control, const struct trial *failed)
{
	struct rulings rulings;
	if (trial_works(failed))
		return control->space;
	if (!rule_out(control, failed, &rulings))
		return NULL;
	return space_ruled(control->space, &rulings, control->arena);
}

/* Simulates a choice and learns from it. False when interrupted: then the lesson is in *after, but not the ruling. */
static bool try_choice(const struct planner *planner, const struct plan_choice *choice, struct planner *after)
{
	struct trial trial = {.choice = *choice};
	*after = *planner;
	if (!trial_run(&trial, 1, &planner->control))
		return false;
	*after = planner_with_lesson(planner, &trial);
	const struct space *space = space_without(&planner->control, &trial);
	if (space)
		after->control.space = space;
	return space != NULL;
}

/* Sums in another order differ by less: a gap that is none. */
static const double ROUNDING = 1e-12;

static void search_and_try(const struct planner *planner, struct planner_answer *out)
{
	size_t last = planner->lesson_count + SEARCHES_MAX;
	*out = (struct planner_answer){.end = PLANNER_INFEASIBLE, .after = *planner};
	while (out->after.lesson_count < last && out->after.lesson_count < PLANNER_LESSONS_MAX) {
		struct planner before = out->after;
		struct search_request request = {
			.space = before.control.space,
			.goal = before.goal,
			.factors = planner_factors,
			.factors_context = &before,
		};
		struct search_answer answer;
		search(&request, &answer);
		out->searches++;
		out->shape_count = answer.shape_count;
		if (!answer.found || planner_has_tried(&before, &answer.choice))
			break;
		double gap = (answer.objective - answer.bound) / answer.objective;
		out->model_gap = gap < ROUNDING ? 0 : gap;
		if (!try_choice(&before, &answer.choice, &out->after)) {
			out->end = PLANNER_INTERRUPTED;
			return;
		}
	}
	const struct trial *best = best_trial(&out->after);
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
void planner_find(const struct planner *planner, struct planner_answer *out)
{
	static const double MUCH_BETTER = 0.95;
	const struct search_goal *goal = &planner->goal;
	struct arena *arena = planner->control.arena;
	search_and_try(planner, out);
	const struct space *space = out->after.control.space;
	if (out->end == PLANNER_INTERRUPTED || space->rulings.allows_refusals)
		return;
	const struct space *refusing_space = with_refusals(space, true, arena);
	if (!has_refusing_shapes(space, refusing_space))
		return;
	struct planner_answer *refusing = ARENA_NEW(arena, struct planner_answer);
	struct planner before = planner_in(&out->after, refusing_space);
	search_and_try(&before, refusing);
	bool is_better = refusing->end == PLANNER_FOUND &&
			 (out->end != PLANNER_FOUND ||
			  planner_objective(goal, refusing->best.seconds, refusing->best.usd) <
				  MUCH_BETTER * planner_objective(goal, out->best.seconds, out->best.usd));
	if (is_better || refusing->end == PLANNER_INTERRUPTED)
		*out = *refusing;
	else
		out->after = planner_in(&refusing->after, with_refusals(refusing->after.control.space, false, arena));
}

/* How many times a bound is exceeded, the one that is most. */
static double excess_of(const struct search_goal *goal, const struct trial *trial)
{
	return fmax(trial->seconds_at / goal->seconds_max, trial->usd_at / goal->usd_max);
}

bool planner_is_better(const struct search_goal *goal, const struct trial *a, const struct trial *b)
{
	bool a_allowed = planner_is_allowed(goal, a);
	bool b_allowed = planner_is_allowed(goal, b);
	if (a_allowed != b_allowed)
		return a_allowed;
	if (a->is_stopped != b->is_stopped)
		return b->is_stopped;
	if (!a_allowed)
		return a->failed < b->failed || (a->failed == b->failed && excess_of(goal, a) < excess_of(goal, b));
	return planner_objective(goal, a->seconds, a->usd) < planner_objective(goal, b->seconds, b->usd);
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

static void add_rival(struct rivals *rivals, const struct plan_choice *choice, enum rival_kind kind, const char *what)
{
	if (rivals->count < PLANNER_RIVALS_MAX)
		rivals->items[rivals->count++] =
			(struct rival){.kind = kind, .what = what, .trial = {.choice = *choice}};
}

static void add_other_shapes(const struct planner *planner, const struct trial *best, struct rivals *rivals)
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
			add_rival(rivals, &choice, (enum rival_kind)i, kinds[i].what);
	}
}

/* Sizes a sixteenth away: nearer ones differ by less than anybody could measure. */
static void add_neighbours(const struct planner *planner, const struct trial *best, struct rivals *rivals)
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
			add_rival(rivals, &choice, RIVAL_MEMORY,
				  arena_printf(planner->control.arena, "%s at %lld MB",
					       size->setting->functions[i].name, (long long)table->memory_mb[option]));
		}
	}
}

/* Rivals of the plan out->best; what they teach is in out->after. False when interrupted. */
static bool try_rivals(const struct planner *planner, struct rivals *out)
{
	struct trial trials[PLANNER_RIVALS_MAX];
	out->count = 0;
	add_other_shapes(planner, &out->best, out);
	add_neighbours(planner, &out->best, out);
	for (size_t i = 0; i < out->count; i++)
		trials[i] = out->items[i].trial;
	out->after = *planner;
	if (!trial_run(trials, out->count, &planner->control))
		return false;
	for (size_t i = 0; i < out->count; i++) {
		struct rival *rival = &out->items[i];
		rival->trial = trials[i];
		rival->is_allowed = planner_is_allowed(&planner->goal, &trials[i]);
		if (rival->kind != RIVAL_MEMORY)
			out->after = planner_with_lesson(&out->after, &trials[i]);
	}
	return true;
}

static double objective_of(const struct search_goal *goal, const struct trial *trial)
{
	return planner_objective(goal, trial->seconds, trial->usd);
}

const struct rival *planner_closest(const struct search_goal *goal, const struct rivals *rivals)
{
	const struct rival *closest = NULL;
	double least = HUGE_VAL;
	for (size_t i = 0; i < rivals->count; i++) {
		double objective = objective_of(goal, &rivals->items[i].trial);
		if (!rivals->items[i].is_allowed || objective >= least)
			continue;
		least = objective;
		closest = &rivals->items[i];
	}
	return closest;
}

bool planner_rivals(const struct planner *planner, const struct trial *plan, struct rivals *out)
{
	struct planner now = *planner;
	out->best = *plan;
	for (int round = 0;; round++) {
		if (!try_rivals(&now, out))
			return false;
		const struct rival *closest = planner_closest(&planner->goal, out);
		if (!closest || round == ROUNDS_MAX ||
		    objective_of(&planner->goal, &closest->trial) >= objective_of(&planner->goal, &out->best))
			return true;
		out->best = closest->trial;
		now = planner_with_lesson(&out->after, &out->best);
	}
}

double planner_best_share(const struct planner *planner, const struct rivals *rivals)
{
	const struct trial_control *control = &planner->control;
	const struct trial *best = &rivals->best;
	int64_t stays = 0;
	for (int64_t r = 0; r < best->result.replications; r++) {
		double own =
			planner_objective(&planner->goal, trial_seconds_of(best, control, r), trial_usd_of(best, r));
		bool is_best = true;
		for (size_t i = 0; i < rivals->count; i++) {
			const struct trial *other = &rivals->items[i].trial;
			double theirs = planner_objective(&planner->goal, trial_seconds_of(other, control, r),
							  trial_usd_of(other, r));
			is_best = is_best && (!rivals->items[i].is_allowed || own <= theirs);
		}
		stays += is_best;
	}
	return (double)stays / (double)best->result.replications;
}
