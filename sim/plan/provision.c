#include "plan/provision.h"

#include <math.h>

enum { ROUNDS_MAX = 3, TRIALS_MAX = 400 };

struct choice {
	struct planner *planner;
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

/* A plan that keeps the bounds beats one that does not; of two that do not, the faster one is nearer to it. */
static bool is_better(const struct planner *planner, const struct trial *a, const struct trial *b)
{
	bool a_allowed = planner_is_allowed(&planner->goal, a);
	bool b_allowed = planner_is_allowed(&planner->goal, b);
	if (a_allowed != b_allowed)
		return a_allowed;
	if (a->is_stopped != b->is_stopped)
		return b->is_stopped;
	if (!a_allowed)
		return a->failed < b->failed || (a->failed == b->failed && a->seconds_at < b->seconds_at);
	return planner_objective(&planner->goal, a->seconds, a->usd) <
	       planner_objective(&planner->goal, b->seconds, b->usd);
}

/* The same plan with another number for one function. */
static bool try_number(struct choice *choice, size_t function, int64_t number, struct trial *trial)
{
	struct arena *arena = choice->planner->control.arena;
	*trial = (struct trial){.choice = choice->best.choice};
	trial->setting = trial_setting(choice->planner->control.space, &trial->choice, arena);
	for (size_t i = 0; i < trial->setting->function_count; i++)
		trial->setting->functions[i].sandbox.provisioned =
			choice->best.setting->functions[i].sandbox.provisioned;
	trial->setting->functions[function].sandbox.provisioned = number;
	choice->out->tried++;
	choice->is_interrupted = !trial_run(trial, 1, &choice->planner->control);
	return !choice->is_interrupted;
}

static void remember_rival(struct choice *choice, const struct trial *trial)
{
	struct provision *out = choice->out;
	if (provision_total(trial->setting) == 0 ||
	    (out->rival.setting && !is_better(choice->planner, trial, &out->rival)))
		return;
	out->rival = *trial;
	out->rival_allowed = planner_is_allowed(&choice->planner->goal, trial);
}

static bool improve(struct choice *choice, size_t function, int64_t number)
{
	struct trial trial;
	if (choice->out->tried == TRIALS_MAX || !try_number(choice, function, number, &trial))
		return false;
	remember_rival(choice, &trial);
	if (!is_better(choice->planner, &trial, &choice->best))
		return false;
	choice->best = trial;
	return true;
}

/* Sandboxes of one function that are busy in the mean: Little's law on its calls. */
static double mean_busy(const struct choice *choice, size_t function)
{
	const struct trial *best = &choice->best;
	const struct space_size *size = &choice->planner->control.space->sizes[best->choice.shape.size];
	double run_seconds = run_result_metric(&best->result, METRIC_MAKESPAN_SECONDS)->mean;
	struct stage_figures figures;
	stage_at(&size->stages[function], best->setting->functions[function].memory_mb, &figures);
	return run_seconds > 0 ? size->requests * figures.warm_seconds / run_seconds : 0;
}

/*
 * From the number now there in steps that halve. The first step is wide enough to reach, from none, the busy share at
 * which one pays for itself and, upwards, what hardly any burst exceeds.
 */
static void move(struct choice *choice, size_t function)
{
	double busy = mean_busy(choice, function);
	const struct shape *shape = &choice->best.choice.shape;
	int64_t most = shape_places(choice->planner->control.space, shape->size, shape->schedule, function);
	int64_t step = 1;
	while (step < most && (double)step < 1 + busy)
		step *= 2;
	for (; step > 0 && !choice->is_interrupted; step /= 2) {
		int64_t now = choice->best.setting->functions[function].sandbox.provisioned;
		bool moved = now + step <= most && improve(choice, function, now + step);
		if (!moved && now >= step)
			improve(choice, function, now - step);
	}
}

/* Memories for the numbers that were found. */
static void search_memories(struct choice *choice)
{
	struct planner *planner = choice->planner;
	struct planner_answer answer;
	planner->control.space =
		space_provisioned(planner->control.space, choice->best.setting, planner->control.arena);
	planner->trial_count = 0;
	planner_find(planner, &answer);
	choice->is_interrupted = answer.end == PLANNER_INTERRUPTED;
	if (answer.end == PLANNER_FOUND)
		remember_rival(choice, &answer.best);
	if (answer.end == PLANNER_FOUND && is_better(planner, &answer.best, &choice->best))
		choice->best = answer.best;
}

/* Where nothing keeps the bounds: what comes nearest to it without them. */
static bool start_from_fastest(struct choice *choice)
{
	struct planner *planner = choice->planner;
	struct search_goal goal = planner->goal;
	struct planner_answer answer;
	planner->goal = search_fastest();
	planner->trial_count = 0;
	planner_find(planner, &answer);
	planner->goal = goal;
	choice->is_interrupted = answer.end == PLANNER_INTERRUPTED;
	choice->best = answer.best;
	return answer.end == PLANNER_FOUND;
}

static bool sells_provisioned(const struct space *space)
{
	if (space->size_count == 0)
		return false;
	const struct platform_price *price = &space->sizes[0].setting->platform->price;
	bool sells_for_arm64 = price->usd_per_gb_second_arm64 == 0 || price->usd_per_provisioned_gb_second_arm64 > 0;
	return price->usd_per_provisioned_gb_second > 0 && sells_for_arm64;
}

/* The plan that sandboxes are provisioned for: the answer where it can have some, else the best that can. */
static bool start(struct choice *choice, const struct planner_answer *answer)
{
	struct planner *planner = choice->planner;
	struct planner_answer other;
	if (answer->end == PLANNER_FOUND) {
		choice->best = answer->best;
		if (space_size_is_provisionable(&planner->control.space->sizes[answer->best.choice.shape.size]))
			return true;
		planner->trial_count = 0;
		planner_find(planner, &other);
		choice->is_interrupted = other.end == PLANNER_INTERRUPTED;
		choice->best = other.best;
		if (other.end != PLANNER_INFEASIBLE)
			return other.end == PLANNER_FOUND;
	}
	return start_from_fastest(choice);
}

static void find_numbers(struct choice *choice)
{
	const struct space *space = choice->planner->control.space;
	for (int round = 0; round < ROUNDS_MAX && !choice->is_interrupted; round++) {
		int64_t earlier = provision_total(choice->best.setting);
		for (size_t i = 0; i < space->function_count && !choice->is_interrupted; i++)
			move(choice, i);
		bool has_moved = provision_total(choice->best.setting) != earlier;
		if (choice->is_interrupted || !has_moved)
			break;
		/* With other memories, or with what the later functions have now, an earlier one may need fewer. */
		search_memories(choice);
	}
}

bool provision_choose(struct planner *planner, struct planner_answer *answer, struct provision *out)
{
	struct arena *arena = planner->control.arena;
	const struct space *space = planner->control.space;
	struct choice choice = {.planner = planner, .out = out};
	struct planner *before = ARENA_NEW(arena, struct planner);
	*before = *planner;
	*out = (struct provision){.is_offered = space->is_served && sells_provisioned(space)};
	if (!out->is_offered)
		return true;
	if (answer->end == PLANNER_FOUND)
		out->none = answer->best;
	planner->control.space = space_provisionable(space, arena);
	bool has_start = start(&choice, answer);
	if (has_start)
		find_numbers(&choice);
	bool is_found = has_start && planner_is_allowed(&planner->goal, &choice.best) &&
			provision_total(choice.best.setting) > 0 &&
			(answer->end != PLANNER_FOUND || is_better(planner, &choice.best, &answer->best));
	const struct rulings learnt = planner->control.space->rulings;
	if (is_found) {
		answer->end = PLANNER_FOUND;
		answer->best = choice.best;
	} else {
		*planner = *before;
	}
	planner->control.space =
		space_provisioned(space_ruled(space, &learnt, arena), is_found ? choice.best.setting : NULL, arena);
	return !choice.is_interrupted;
}

static double objective(const struct planner *planner, const struct trial *trial)
{
	return planner_objective(&planner->goal, trial->seconds, trial->usd);
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

void provision_words(const struct provision *provision, const struct planner *planner, const struct trial *best,
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
	buf_printf(out, " (%.2g %% worse)", 100 * (objective(planner, rival) / objective(planner, best) - 1));
}
