#include "plan/provision.h"

#include <math.h>

enum { ROUNDS_MAX = 3, TRIALS_MAX = 400 };

/* What is known while numbers are moved. */
struct tuning {
	struct planner now;
	struct provision *out;
	struct trial best; /* with the numbers that are best so far */
	bool is_interrupted;
};

int64_t provision_total(const struct setting *setting)
{
	int64_t total = 0;
	for (size_t i = 0; i < setting->function_count; i++)
		total += setting->functions[i].sandbox.provisioned;
	return total;
}

/* The same plan with another number for one function. */
static bool try_number(struct tuning *tuning, size_t function, int64_t number, struct trial *trial)
{
	const struct trial_control *control = &tuning->now.control;
	*trial = (struct trial){.choice = tuning->best.choice};
	trial->setting = trial_setting(control->space, &trial->choice, control->arena);
	for (size_t i = 0; i < trial->setting->function_count; i++)
		trial->setting->functions[i].sandbox.provisioned =
			tuning->best.setting->functions[i].sandbox.provisioned;
	trial->setting->functions[function].sandbox.provisioned = number;
	tuning->out->tried++;
	tuning->is_interrupted = !trial_run(trial, 1, control);
	return !tuning->is_interrupted;
}

static void remember_rival(struct provision *out, const struct search_goal *goal, const struct trial *trial)
{
	if (provision_total(trial->setting) == 0 ||
	    (out->rival.setting && !planner_is_better(goal, trial, &out->rival)))
		return;
	out->rival = *trial;
	out->rival_allowed = planner_is_allowed(goal, trial);
}

static bool improve(struct tuning *tuning, size_t function, int64_t number)
{
	const struct search_goal *goal = &tuning->now.goal;
	struct trial trial;
	if (tuning->out->tried == TRIALS_MAX || !try_number(tuning, function, number, &trial))
		return false;
	remember_rival(tuning->out, goal, &trial);
	if (!planner_is_better(goal, &trial, &tuning->best))
		return false;
	tuning->best = trial;
	return true;
}

/* Sandboxes of one function that are busy in the mean: Little's law on its calls. */
static double mean_busy(const struct tuning *tuning, size_t function)
{
	const struct trial *best = &tuning->best;
	const struct space_size *size = &tuning->now.control.space->sizes[best->choice.shape.size];
	double run_seconds = run_result_metric(&best->result, METRIC_MAKESPAN_SECONDS)->mean;
	struct stage_figures figures;
	stage_at(&size->stages[function], best->setting->functions[function].memory_mb, &figures);
	return run_seconds > 0 ? size->requests * figures.warm_seconds / run_seconds : 0;
}

/*
 * Pattern search along one coordinate (Hooke and Jeeves, "Direct search solution of numerical and statistical
 * problems", Journal of the ACM 8(2), 1961): from the number now there in steps that halve. The first step is wide
 * enough to reach, from none, the busy share at which one pays for itself and, upwards, what hardly any burst exceeds.
 */
static void tune_number(struct tuning *tuning, size_t function)
{
	double busy = mean_busy(tuning, function);
	const struct shape *shape = &tuning->best.choice.shape;
	int64_t most = shape_places(tuning->now.control.space, shape->size, shape->schedule, function);
	int64_t step = 1;
	while (step < most && (double)step < 1 + busy)
		step *= 2;
	for (; step > 0 && !tuning->is_interrupted; step /= 2) {
		int64_t now = tuning->best.setting->functions[function].sandbox.provisioned;
		bool moved = now + step <= most && improve(tuning, function, now + step);
		if (!moved && now >= step)
			improve(tuning, function, now - step);
	}
}

/* Without what was learnt for other numbers. */
static struct planner forgetful(const struct planner *planner, const struct space *space)
{
	struct trial_control control = planner->control;
	control.space = space;
	return planner_of(&control, &planner->goal);
}

/* Memories for the numbers that were found. */
static void tune_memories(struct tuning *tuning)
{
	const struct trial_control *control = &tuning->now.control;
	struct planner_answer answer;
	struct planner planner =
		forgetful(&tuning->now, space_provisioned(control->space, tuning->best.setting, control->arena));
	planner_find(&planner, &answer);
	tuning->now = answer.after;
	tuning->is_interrupted = answer.end == PLANNER_INTERRUPTED;
	if (answer.end != PLANNER_FOUND)
		return;
	remember_rival(tuning->out, &planner.goal, &answer.best);
	if (planner_is_better(&planner.goal, &answer.best, &tuning->best))
		tuning->best = answer.best;
}

/* The best plan of a space, whatever was learnt in another one. */
static bool start_anew(struct tuning *tuning, const struct search_goal *goal, enum planner_end *end)
{
	struct planner planner = forgetful(&tuning->now, tuning->now.control.space);
	struct planner_answer answer;
	planner.goal = *goal;
	planner_find(&planner, &answer);
	answer.after.goal = tuning->now.goal;
	tuning->now = answer.after;
	tuning->is_interrupted = answer.end == PLANNER_INTERRUPTED;
	tuning->best = answer.best;
	*end = answer.end;
	return answer.end == PLANNER_FOUND;
}

/*
 * The plan that sandboxes are provisioned for: the answer where it can have some, else the best that can. Where nothing
 * keeps the bounds: what comes nearest to it without them.
 */
static bool start_tuning(struct tuning *tuning, const struct planner_answer *found)
{
	struct search_goal fastest = search_fastest();
	enum planner_end end;
	if (found->end == PLANNER_FOUND) {
		tuning->best = found->best;
		if (space_size_is_provisionable(&tuning->now.control.space->sizes[found->best.choice.shape.size]))
			return true;
		start_anew(tuning, &tuning->now.goal, &end);
		if (end != PLANNER_INFEASIBLE)
			return end == PLANNER_FOUND;
	}
	return start_anew(tuning, &fastest, &end);
}

static void tune_numbers(struct tuning *tuning)
{
	for (int round = 0; round < ROUNDS_MAX && !tuning->is_interrupted; round++) {
		int64_t earlier = provision_total(tuning->best.setting);
		for (size_t i = 0; i < tuning->best.setting->function_count && !tuning->is_interrupted; i++)
			if (space_function_is_provisionable(tuning->best.setting, i))
				tune_number(tuning, i);
		bool has_moved = provision_total(tuning->best.setting) != earlier;
		if (tuning->is_interrupted || !has_moved)
			break;
		/* With other memories, or with what the later functions have now, an earlier one may need fewer. */
		tune_memories(tuning);
	}
}

static bool choose_for_requests(const struct planner_answer *found, struct provision *out)
{
	const struct planner *planner = &found->after;
	struct arena *arena = planner->control.arena;
	const struct space *space = planner->control.space;
	struct tuning tuning = {.now = planner_in(planner, space_provisionable(space, arena)), .out = out};
	bool has_start = start_tuning(&tuning, found);
	if (has_start)
		tune_numbers(&tuning);
	bool has_some = has_start && provision_total(tuning.best.setting) > 0;
	bool is_allowed = has_start && planner_is_allowed(&planner->goal, &tuning.best);
	bool is_chosen = has_some && is_allowed &&
			 (found->end != PLANNER_FOUND || planner_is_better(&planner->goal, &tuning.best, &found->best));
	const struct rulings learnt = tuning.now.control.space->rulings;
	if (has_some && found->end != PLANNER_FOUND && !is_allowed)
		out->nearest = tuning.best;
	if (is_chosen) {
		out->answer.end = PLANNER_FOUND;
		out->answer.best = tuning.best;
		out->answer.after = tuning.now;
	}
	out->answer.after.control.space =
		space_provisioned(space_ruled(space, &learnt, arena), is_chosen ? tuning.best.setting : NULL, arena);
	return !tuning.is_interrupted;
}

static bool sells_provisioned(const struct space *space)
{
	if (space->size_count == 0)
		return false;
	const struct platform_price *price = &space->sizes[0].setting->platform->price;
	bool sells_for_arm64 = price->usd_per_gb_second_arm64 == 0 || price->usd_per_provisioned_gb_second_arm64 > 0;
	return price->usd_per_provisioned_gb_second > 0 && sells_for_arm64;
}

/* Provisioned sandboxes of each function. */
struct batch_numbers {
	int64_t of_function[SETTING_FUNCTIONS_MAX];
};

static void set_numbers(struct setting *setting, struct arena *arena, const void *context)
{
	const struct batch_numbers *numbers = context;
	(void)arena;
	for (size_t i = 0; i < setting->function_count; i++) {
		struct sandbox_spec *spec = &setting->functions[i].sandbox;
		spec->provisioned = space_function_is_provisionable(setting, i) ? numbers->of_function[i] : 0;
	}
}

/* The space with these numbers, of all record sizes or of one. */
static const struct space *with_numbers(const struct space *space, const struct batch_numbers *numbers,
					struct arena *arena)
{
	struct space *other = ARENA_NEW(arena, struct space);
	space_perturbed(space, set_numbers, numbers, arena, other);
	return other;
}

static const struct space *of_one_size(const struct space *space, size_t size, struct arena *arena)
{
	struct space *one = ARENA_NEW(arena, struct space);
	*one = *space;
	one->sizes = &space->sizes[size];
	one->size_count = 1;
	return one;
}

/* Takes the plan of a space with other numbers where it is better than what there is. False when interrupted. */
static bool try_numbers(const struct planner *planner, const struct space *space, struct provision *out,
			struct planner_answer *best)
{
	struct planner_answer *answer = ARENA_NEW(planner->control.arena, struct planner_answer);
	struct planner own = forgetful(planner, space);
	planner_find(&own, answer);
	out->tried += answer->after.lesson_count;
	if (answer->end != PLANNER_FOUND)
		return answer->end != PLANNER_INTERRUPTED;
	remember_rival(out, &planner->goal, &answer->best);
	if (!best->best.setting || planner_is_better(&planner->goal, &answer->best, &best->best))
		*best = *answer;
	return true;
}

/* Whether the model has a plan in that space that may be better than what was found. */
static bool is_promising(const struct planner *planner, const struct space *space, const struct planner_answer *best)
{
	struct search_request request = {.space = space, .goal = planner->goal};
	struct search_answer answer;
	search(&request, &answer);
	return answer.found &&
	       (best->end != PLANNER_FOUND ||
		answer.objective < planner_objective(&planner->goal, best->best.choice.seconds, best->best.choice.usd));
}

/* As many of every function as its calls that run at once; none where an account cannot have that many. */
static struct batch_numbers numbers_for_jobs(const struct space *space, const struct shape *shape)
{
	const struct setting *setting = space->sizes[shape->size].setting;
	struct batch_numbers numbers;
	int64_t unreserved = 0;
	for (size_t i = 0; i < space->function_count; i++) {
		int64_t places = shape_places(space, shape->size, shape->schedule, i);
		numbers.of_function[i] = shape->parallel < places ? shape->parallel : places;
		unreserved += setting->functions[i].reserved_concurrency == 0 ? numbers.of_function[i] : 0;
	}
	if (unreserved > setting_unreserved(setting) - setting->platform->limits.unreserved)
		return (struct batch_numbers){{0}};
	return numbers;
}

/* All jobs on provisioned sandboxes, then without those of one function after the other; of one record size. */
static bool try_fewer(const struct planner *planner, const struct space *one, struct batch_numbers *numbers,
		      struct provision *out, struct planner_answer *best)
{
	struct arena *arena = planner->control.arena;
	if (!try_numbers(planner, with_numbers(one, numbers, arena), out, best))
		return false;
	for (size_t i = 0; i < one->function_count && one->function_count > 1; i++) {
		const struct setting *before = best->best.setting;
		struct batch_numbers fewer = *numbers;
		fewer.of_function[i] = 0;
		if (!try_numbers(planner, with_numbers(one, &fewer, arena), out, best))
			return false;
		if (best->best.setting != before)
			*numbers = fewer;
	}
	return true;
}

/* The plan is the best one without, or the fastest where nothing keeps the bounds: its record size is kept. */
static bool try_for_jobs(const struct planner *planner, const struct shape shape, struct provision *out)
{
	struct arena *arena = planner->control.arena;
	const struct space *space = planner->control.space;
	const struct space *one = of_one_size(space, shape.size, arena);
	struct planner_answer *best = &out->answer;
	struct planner_answer *of_one = ARENA_NEW(arena, struct planner_answer);
	struct batch_numbers numbers = numbers_for_jobs(space, &shape);
	*of_one = *best;
	if (!is_promising(planner, with_numbers(one, &numbers, arena), best))
		return true;
	if (!try_fewer(planner, one, &numbers, out, of_one))
		return false;
	if (of_one->best.setting == best->best.setting || provision_total(of_one->best.setting) == 0)
		return true;
	*best = *of_one;
	best->best.choice.shape.size = shape.size;
	best->after = forgetful(planner, with_numbers(space, &numbers, arena));
	best->after = planner_with_lesson(&best->after, &best->best);
	return true;
}

/* How fast all jobs are on provisioned sandboxes, within the budget. */
static bool find_nearest(const struct planner *planner, const struct shape *shape, struct provision *out)
{
	struct arena *arena = planner->control.arena;
	const struct space *space = planner->control.space;
	struct batch_numbers numbers = numbers_for_jobs(space, shape);
	struct planner_answer *answer = ARENA_NEW(arena, struct planner_answer);
	struct planner fastest =
		forgetful(planner, with_numbers(of_one_size(space, shape->size, arena), &numbers, arena));
	fastest.goal = search_fastest();
	fastest.goal.usd_max = planner->goal.usd_max;
	planner_find(&fastest, answer);
	if (answer->end == PLANNER_FOUND)
		out->nearest = answer->best;
	return answer->end != PLANNER_INTERRUPTED;
}

/* Without what the experiment states: better, or kept to compare. */
static bool try_without(const struct planner_answer *found, const struct space *without, struct provision *out)
{
	const struct planner *planner = &found->after;
	struct planner_answer *dropped = ARENA_NEW(planner->control.arena, struct planner_answer);
	*dropped = (struct planner_answer){.end = PLANNER_INFEASIBLE};
	if (found->end == PLANNER_FOUND)
		remember_rival(out, &planner->goal, &found->best);
	if (!try_numbers(planner, without, out, dropped))
		return false;
	out->none = dropped->best;
	if (dropped->end == PLANNER_FOUND &&
	    (found->end != PLANNER_FOUND || planner_is_better(&planner->goal, &dropped->best, &found->best)))
		out->answer = *dropped;
	return true;
}

static bool choose_for_batch(const struct planner_answer *found, struct provision *out)
{
	const struct planner *planner = &found->after;
	const struct space *without = planner->control.space;
	bool is_stated = provision_total(without->sizes[0].setting) > 0;
	if (is_stated) {
		static const struct batch_numbers none;
		without = with_numbers(without, &none, planner->control.arena);
		if (!try_without(found, without, out))
			return false;
	}
	struct planner bare = forgetful(planner, without);
	struct planner_answer *start = ARENA_NEW(planner->control.arena, struct planner_answer);
	*start = (struct planner_answer){.end = out->none.setting ? PLANNER_FOUND : PLANNER_INFEASIBLE,
					 .best = out->none};
	if (start->end == PLANNER_INFEASIBLE) {
		struct planner fastest = bare;
		fastest.goal = search_fastest();
		planner_find(&fastest, start);
	}
	const struct shape shape = start->best.choice.shape;
	bool is_finished =
		start->end != PLANNER_INTERRUPTED && (start->end != PLANNER_FOUND || try_for_jobs(&bare, shape, out));
	if (is_finished && out->answer.end != PLANNER_FOUND && start->end == PLANNER_FOUND)
		is_finished = find_nearest(&bare, &shape, out);
	out->is_offered =
		is_stated || (out->answer.end == PLANNER_FOUND && provision_total(out->answer.best.setting) > 0);
	return is_finished;
}

bool provision_choose(const struct planner_answer *found, struct provision *out)
{
	const struct space *space = found->after.control.space;
	*out = (struct provision){.answer = *found};
	if (!sells_provisioned(space))
		return true;
	if (found->end == PLANNER_FOUND)
		out->none = found->best;
	out->is_offered = space->is_served;
	return space->is_served ? choose_for_requests(found, out) : choose_for_batch(found, out);
}

static double objective(const struct search_goal *goal, const struct trial *trial)
{
	return planner_objective(goal, trial->seconds, trial->usd);
}

void provision_numbers(const struct setting *setting, struct buf *out)
{
	if (provision_total(setting) == 0)
		buf_add(out, "none");
	for (size_t i = 0; i < setting->function_count && provision_total(setting) > 0; i++)
		buf_printf(out, "%s%lld of %s", i > 0 ? ", " : "", (long long)setting->functions[i].sandbox.provisioned,
			   setting->functions[i].name);
}

static void say_difference(const struct trial *this, const struct trial *that, struct buf *out)
{
	buf_printf(out, "%+.1f %% time and %+.1f %% cost", 100 * (this->seconds / that->seconds - 1),
		   100 * (this->usd / that->usd - 1));
}

void provision_words(const struct provision *provision, const struct search_goal *goal, const struct trial *best,
		     struct buf *out)
{
	const struct trial *rival = &provision->rival;
	if (provision_total(best->setting) > 0) {
		if (!provision->none.setting) {
			buf_add(out, "without any, no plan keeps the bounds");
			return;
		}
		say_difference(best, &provision->none, out);
		buf_add(out, " against the best plan without any");
		return;
	}
	if (!rival->setting) {
		buf_add(out, "no plan that could have some works");
		return;
	}
	buf_printf(out, "the best of %zu tries, ", provision->tried);
	provision_numbers(rival->setting, out);
	if (!provision->rival_allowed) {
		buf_add(out, ", misses a bound");
		return;
	}
	buf_add(out, ", is ");
	say_difference(rival, best, out);
	buf_printf(out, " (%.2g %% worse)", 100 * (objective(goal, rival) / objective(goal, best) - 1));
}
