#include "plan/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plan/solve.h"
#include "plan/stage.h"

enum { LABELS_MAX = 300000 };

/* Of the second criterion where the first ties: too small to outweigh any difference that anybody sees. */
static const double TIE_USD_PER_SECOND = 1e-10;
static const double TIE_SECONDS_PER_USD = 1e-6;

/*
 * Best first, as branch and bound does (Land and Doig, "An automatic method of solving discrete programming problems",
 * Econometrica 28(3), 1960): every shape has a lower bound for all its plans. All get a cheap one, then, in that order,
 * the relaxation's, and what is still open is solved exactly.
 *
 * Invariant: a shape's bound is never above the objective of any of its plans. It is closed when the best plan known is
 * no worse than that; the least bound of those that are open is the bound of the answer.
 *
 * Example: three shapes have the cheap bounds 10, 12 and 15. The first one's relaxation says 11, so that it stays
 * first, and it is solved: its best plan has 13. The second one's relaxation says 14, which closes it, and 15 closes
 * the third unseen: 13 is proven.
 */
struct shape_state {
	struct shape shape;
	double bound;
	bool is_open;
	struct solve_multipliers multipliers;
};

struct search {
	const struct search_request *request;
	struct arena arena;
	struct shape_state *states;
	size_t count;
	struct search_answer *answer;
};

struct search_goal search_cheapest(void)
{
	return (struct search_goal){1, TIE_USD_PER_SECOND, HUGE_VAL, HUGE_VAL};
}

struct search_goal search_fastest(void)
{
	return (struct search_goal){TIE_SECONDS_PER_USD, 1, HUGE_VAL, HUGE_VAL};
}

static struct search_factors factors_of(const struct search_request *request, const struct shape *shape)
{
	struct search_factors factors = {1, 1, 1, 1, false};
	if (request->factors)
		request->factors(request->factors_context, shape, &factors);
	return factors;
}

static void make_task(const struct search_request *request, const struct shape *shape, struct arena *arena,
		      struct solve_task *task)
{
	const struct search_goal *goal = &request->goal;
	struct search_factors factors = factors_of(request, shape);
	shape_task(request->space, shape, arena, task);
	task->usd_weight = goal->usd_weight * factors.usd;
	task->seconds_weight = goal->seconds_weight * factors.seconds;
	task->seconds_max = goal->seconds_max / factors.seconds_bound;
	task->usd_max = goal->usd_max / factors.usd_bound;
	task->beat = HUGE_VAL;
}

/* Every stage at the least of each of its figures: no choice takes less or costs less. */
static void least_of_task(const struct solve_task *task, double *seconds, double *usd)
{
	enum { FIGURES = 6 };
	double figures[SETTING_FUNCTIONS_MAX][FIGURES];
	size_t choice[SETTING_FUNCTIONS_MAX] = {0};
	struct solve_task least = *task;
	for (size_t i = 0; i < task->stage_count; i++) {
		const struct solve_stage *stage = &task->stages[i];
		const double *const all[FIGURES] = {stage->cold_seconds, stage->tail_seconds, stage->pass_seconds,
						    stage->usd,          stage->step_usd,     stage->clock_usd};
		for (size_t k = 0; k < FIGURES; k++)
			figures[i][k] = all[k] ? solve_least(stage, all[k]) : 0;
		least.stages[i] = (struct solve_stage){&figures[i][0],
						       &figures[i][1],
						       &figures[i][2],
						       &figures[i][3],
						       &figures[i][4],
						       &figures[i][5],
						       1,
						       0};
	}
	solve_evaluate(&least, choice, seconds, usd);
}

static int compare_states(const void *a, const void *b)
{
	const struct shape_state *x = a;
	const struct shape_state *y = b;
	if (x->bound != y->bound)
		return x->bound < y->bound ? -1 : 1;
	if (x->shape.size != y->shape.size)
		return x->shape.size < y->shape.size ? -1 : 1;
	if (x->shape.schedule != y->shape.schedule)
		return x->shape.schedule - y->shape.schedule;
	return x->shape.parallel < y->shape.parallel ? -1 : 1;
}

static void bound_shapes(struct search *search, const struct shape_list *shapes)
{
	struct arena scratch;
	arena_init(&scratch);
	for (size_t i = 0; i < shapes->count; i++) {
		struct solve_task task;
		double seconds;
		double usd;
		if (factors_of(search->request, &shapes->items[i]).is_left_out)
			continue;
		make_task(search->request, &shapes->items[i], &scratch, &task);
		least_of_task(&task, &seconds, &usd);
		arena_release(&scratch);
		if (seconds > task.seconds_max || usd > task.usd_max)
			continue;
		search->states[search->count++] = (struct shape_state){
			.shape = shapes->items[i],
			.bound = task.usd_weight * usd + task.seconds_weight * seconds,
			.is_open = true,
		};
	}
	qsort(search->states, search->count, sizeof *search->states, compare_states);
}

/* Takes what was solved where it is better, at what it takes and costs with all that stands. */
static void take(struct search *search, const struct shape_state *state, const struct solve_task *task,
		 const struct solve_answer *solved)
{
	struct search_answer *answer = search->answer;
	struct plan_choice choice = {.shape = state->shape};
	memcpy(choice.options, solved->choice, sizeof solved->choice);
	solve_evaluate(task, choice.options, &choice.seconds, &choice.usd);
	double objective = task->usd_weight * choice.usd + task->seconds_weight * choice.seconds;
	if (objective >= answer->objective || choice.seconds > task->seconds_max || choice.usd > task->usd_max)
		return;
	answer->found = true;
	answer->objective = objective;
	answer->choice = choice;
}

static bool has_standing(const struct solve_task *task)
{
	bool has = task->beside_usd > 0;
	for (size_t i = 0; i < task->stage_count; i++)
		has = has || task->stages[i].step_usd || task->stages[i].clock_usd;
	return has;
}

/* The same where what stands is paid for as for a makespan of from_seconds, and none is longer than to_seconds. */
static struct solve_task task_between(const struct solve_task *task, double from_seconds, double to_seconds,
				      struct arena *arena)
{
	struct solve_task part = *task;
	part.seconds_max = fmin(task->seconds_max, to_seconds);
	part.beside_usd = 0;
	for (size_t i = 0; i < task->stage_count; i++) {
		struct solve_stage *stage = &part.stages[i];
		double *usd = ARENA_ARRAY(arena, double, stage->count);
		for (size_t o = stage->first; o < stage->count; o++) {
			const struct stage_standing standing = {
				.step_seconds = task->step_seconds,
				.clock_least_seconds = task->clock_least_seconds,
				.step_usd = stage->step_usd ? stage->step_usd[o] : 0,
				.clock_usd = stage->clock_usd ? stage->clock_usd[o] : 0,
				.beside_usd = i == 0 ? task->beside_usd : 0,
			};
			usd[o] = stage->usd[o] + stage_standing_usd(&standing, from_seconds);
		}
		stage->usd = usd;
		stage->step_usd = stage->clock_usd = NULL;
	}
	return part;
}

static double slowest_seconds(const struct solve_task *task)
{
	size_t first[SETTING_FUNCTIONS_MAX];
	double seconds;
	double usd;
	for (size_t i = 0; i < task->stage_count; i++)
		first[i] = task->stages[i].first;
	solve_evaluate(task, first, &seconds, &usd);
	return seconds;
}

/*
 * What stands is paid for by the makespan: solved for one stretch of makespans after another, each at the charge of its
 * beginning, which is a lower bound for all of it.
 */
static double solve_stretches(struct search *search, struct shape_state *state, const struct solve_task *task,
			      struct arena *arena)
{
	static const double LONGER = 1.25;
	/* What is paid for by the second alone grows slowly enough for steps of a minute. */
	const double step = task->step_seconds > 0 ? task->step_seconds : 60;
	double from;
	double usd;
	double bound = HUGE_VAL;
	least_of_task(task, &from, &usd);
	double last = fmin(task->seconds_max, slowest_seconds(task));
	for (bool is_first = true; is_first || from < last; is_first = false) {
		double to = fmax(step * (floor(from / step) + 1), step * floor(LONGER * from / step));
		/* Just above `from` another step is begun. */
		struct solve_task part = task_between(task, is_first ? from : nextafter(from, HUGE_VAL), to, arena);
		struct solve_answer solved;
		part.beat = search->answer->objective;
		solve(&part, &state->multipliers, &solved);
		if (solved.found)
			take(search, state, task, &solved);
		bound = fmin(bound, solved.bound);
		from = to;
	}
	return bound;
}

static void solve_state(struct search *search, struct shape_state *state, size_t labels_max)
{
	struct arena scratch;
	struct solve_task task;
	struct solve_answer solved;
	arena_init(&scratch);
	make_task(search->request, &state->shape, &scratch, &task);
	task.labels_max = labels_max;
	double bound;
	if (has_standing(&task)) {
		bound = solve_stretches(search, state, &task, &scratch);
	} else {
		task.beat = search->answer->objective;
		solve(&task, &state->multipliers, &solved);
		if (solved.found)
			take(search, state, &task, &solved);
		bound = solved.bound;
	}
	state->bound = fmax(state->bound, bound);
	state->is_open = state->bound < search->answer->objective;
	arena_release(&scratch);
}

/* Multipliers of the shape before it in the list, whose record size and schedule are often the same. */
static void solve_all(struct search *search, size_t labels_max)
{
	struct solve_multipliers last = {0};
	const struct shape_state *before = NULL;
	for (size_t i = 0; i < search->count; i++) {
		struct shape_state *state = &search->states[i];
		if (!state->is_open || state->bound >= search->answer->objective)
			continue;
		if (labels_max == 0 && before && before->shape.schedule == state->shape.schedule)
			state->multipliers = last;
		solve_state(search, state, labels_max);
		search->answer->solved_count += labels_max > 0;
		last = state->multipliers;
		before = state;
	}
}

void search(const struct search_request *request, struct search_answer *out)
{
	struct search search = {.request = request, .answer = out};
	struct shape_list shapes;
	*out = (struct search_answer){.objective = HUGE_VAL};
	arena_init(&search.arena);
	if (request->shapes)
		shapes = *request->shapes;
	else
		shape_list_init(&shapes, request->space, &search.arena);
	search.states = ARENA_ARRAY(&search.arena, struct shape_state, shapes.count);
	bound_shapes(&search, &shapes);
	out->shape_count = shapes.count;
	solve_all(&search, 0);
	qsort(search.states, search.count, sizeof *search.states, compare_states);
	solve_all(&search, LABELS_MAX);
	out->bound = out->objective;
	for (size_t i = 0; i < search.count; i++) {
		if (search.states[i].is_open && search.states[i].bound < out->bound)
			out->bound = search.states[i].bound;
	}
	arena_release(&search.arena);
}

void search_evaluate(const struct space *space, struct plan_choice *choice)
{
	struct arena scratch;
	struct solve_task task;
	arena_init(&scratch);
	shape_task(space, &choice->shape, &scratch, &task);
	solve_evaluate(&task, choice->options, &choice->seconds, &choice->usd);
	arena_release(&scratch);
}

bool search_extremes(const struct space *space, double *least_seconds, double *least_usd)
{
	struct search_request request = {.space = space, .goal = search_fastest()};
	struct search_answer answer;
	search(&request, &answer);
	if (!answer.found)
		return false;
	*least_seconds = answer.choice.seconds;
	request.goal = search_cheapest();
	search(&request, &answer);
	*least_usd = answer.choice.usd;
	return true;
}
