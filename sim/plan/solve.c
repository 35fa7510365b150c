#include "plan/solve.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "plan/stage.h"

/* Times of a choice for the first stages. */
struct label_time {
	double first_seconds; /* the first wave has left them */
	double last_seconds;  /* the last wave has */
};

/* What a stage pays under multipliers, and its least priced cost. */
struct label_price {
	double usd;
	double cold;
	double tail;
	double pass;
	size_t best;
	double least;
};

/*
 * Labels, the exact end: partial choices, stage by stage, as in Martins, "On a multicriteria shortest path problem",
 * European Journal of Operational Research 16(2), 1984. A label is a choice for the first stages with the times and the
 * cost that it has so far; of two labels the one that is no better in anything is dropped.
 *
 * Invariants: costs and both times of a label only grow on the way, so that what beats it now beats all that it could
 * become; a label's reduced cost is the least by which any choice that begins with it exceeds the relaxation's bound.
 */

struct label {
	struct label_time time;
	double usd;
	double reduced; /* priced cost above the stages' least */
	uint32_t parent;
	uint32_t option;
};

struct label_list {
	struct label *items;
	size_t count;
	size_t capacity;
};

struct enumeration {
	const struct solve_task *task;
	const struct label_price *prices;
	double slack; /* a label with more reduced cost leads to nothing better */
	double rest_usd[SETTING_FUNCTIONS_MAX + 1];
	double rest_cold[SETTING_FUNCTIONS_MAX + 1]; /* the least that the stages from here on add */
	double rest_pass[SETTING_FUNCTIONS_MAX + 1];
	struct label_list lists[SETTING_FUNCTIONS_MAX];
};

static struct label_time label_time_after(const struct solve_task *task, const struct label_time *before, size_t stage,
					  size_t option)
{
	const struct solve_stage *of = &task->stages[stage];
	double begun = fmax(before->first_seconds, task->ready_seconds[stage]);
	struct label_time after = {.first_seconds = begun + of->cold_seconds[option]};
	if (task->is_pipelined) {
		after.last_seconds = fmax(before->last_seconds + of->pass_seconds[option],
					  after.first_seconds + of->tail_seconds[option]);
	} else {
		double waited = after.first_seconds - before->first_seconds;
		after.last_seconds = before->last_seconds + waited + of->tail_seconds[option];
	}
	return after;
}

static double label_priced(const struct label_price *price, const struct solve_stage *stage, size_t option)
{
	return price->usd * stage->usd[option] + price->cold * stage->cold_seconds[option] +
	       price->tail * stage->tail_seconds[option] + price->pass * stage->pass_seconds[option];
}

/* Takes the choice as the answer where it is within the task's bounds and better. */
static void label_offer(const struct solve_task *task, const size_t *choice, struct solve_answer *answer)
{
	double seconds;
	double usd;
	solve_evaluate(task, choice, &seconds, &usd);
	double objective = task->usd_weight * usd + task->seconds_weight * seconds;
	if (seconds > task->seconds_max || usd > task->usd_max || objective >= answer->objective)
		return;
	answer->found = true;
	answer->seconds = seconds;
	answer->usd = usd;
	answer->objective = objective;
	memcpy(answer->choice, choice, task->stage_count * sizeof *choice);
}

double solve_least(const struct solve_stage *stage, const double *figure)
{
	double least = HUGE_VAL;
	for (size_t i = stage->first; i < stage->count; i++)
		least = figure[i] < least ? figure[i] : least;
	return least;
}

static void measure_rest(struct enumeration *enumeration)
{
	const struct solve_task *task = enumeration->task;
	for (size_t i = task->stage_count; i-- > 0;) {
		const struct solve_stage *stage = &task->stages[i];
		double cold = solve_least(stage, stage->cold_seconds);
		double pass = task->is_pipelined ? solve_least(stage, stage->pass_seconds)
						 : cold + solve_least(stage, stage->tail_seconds);
		enumeration->rest_usd[i] = enumeration->rest_usd[i + 1] + solve_least(stage, stage->usd);
		enumeration->rest_cold[i] = enumeration->rest_cold[i + 1] + cold;
		enumeration->rest_pass[i] = enumeration->rest_pass[i + 1] + pass;
	}
}

/* Sums are made in another order than solve_evaluate makes them. */
static bool exceeds(double value, double bound)
{
	return value > bound + 1e-9 * fabs(bound);
}

static bool is_hopeless(const struct enumeration *enumeration, const struct label *label, size_t done)
{
	const struct solve_task *task = enumeration->task;
	double through = label->time.last_seconds + enumeration->rest_pass[done];
	double behind = label->time.first_seconds + enumeration->rest_cold[done];
	double seconds = (behind > through ? behind : through) + task->extra_seconds;
	return exceeds(seconds, task->seconds_max) || exceeds(label->usd + enumeration->rest_usd[done], task->usd_max);
}

static void push(struct label_list *list, const struct label *label)
{
	if (list->count == list->capacity) {
		list->capacity = list->capacity ? 2 * list->capacity : 1024;
		list->items = mem_realloc(list->items, list->capacity * sizeof *list->items);
	}
	list->items[list->count++] = *label;
}

static int compare_labels(const void *a, const void *b)
{
	const struct label *x = a;
	const struct label *y = b;
	const double keys[][2] = {{x->usd, y->usd},
				  {x->time.last_seconds, y->time.last_seconds},
				  {x->time.first_seconds, y->time.first_seconds},
				  {x->parent, y->parent},
				  {x->option, y->option}};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	}
	return 0;
}

/*
 * Which labels are beaten is a question of three figures. With labels sorted by cost it is one of two, times of labels
 * that are no dearer than the next: a staircase, ascending in first_seconds and descending in last_seconds, tells by
 * halving (Kung, Luccio, Preparata, "On finding the maxima of a set of vectors", Journal of the ACM 22(4), 1975).
 */
struct staircase {
	struct label_time *steps;
	size_t count;
};

/* False where a step is as fast in both times; else the times become a step, and steps that they beat go. */
static bool staircase_add(struct staircase *stairs, const struct label_time *time)
{
	size_t low = 0;
	size_t high = stairs->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (stairs->steps[middle].first_seconds <= time->first_seconds)
			low = middle + 1;
		else
			high = middle;
	}
	if (low > 0 && stairs->steps[low - 1].last_seconds <= time->last_seconds)
		return false;
	if (low > 0 && stairs->steps[low - 1].first_seconds == time->first_seconds)
		low--;
	size_t beaten = low;
	while (beaten < stairs->count && stairs->steps[beaten].last_seconds >= time->last_seconds)
		beaten++;
	memmove(&stairs->steps[low + 1], &stairs->steps[beaten], (stairs->count - beaten) * sizeof *stairs->steps);
	stairs->steps[low] = *time;
	stairs->count += 1 - (beaten - low);
	return true;
}

static void drop_dominated(struct label_list *list)
{
	if (list->count == 0)
		return;
	qsort(list->items, list->count, sizeof *list->items, compare_labels);
	struct staircase stairs = {.steps = mem_alloc((list->count + 1) * sizeof *stairs.steps)};
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++) {
		if (staircase_add(&stairs, &list->items[i].time))
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
	mem_free(stairs.steps);
}

/* False when there are too many. */
static bool extend(struct enumeration *enumeration, size_t stage, const struct label_list *from, struct label_list *to)
{
	const struct solve_task *task = enumeration->task;
	const struct label_price *price = &enumeration->prices[stage];
	const struct solve_stage *of = &task->stages[stage];
	for (size_t o = of->first; o < of->count; o++) {
		double reduced = label_priced(price, of, o) - price->least;
		if (reduced > enumeration->slack)
			continue;
		for (size_t i = 0; i < from->count; i++) {
			const struct label *before = &from->items[i];
			if (before->reduced + reduced > enumeration->slack)
				continue;
			struct label label = {
				.time = label_time_after(task, &before->time, stage, o),
				.usd = before->usd + of->usd[o],
				.reduced = before->reduced + reduced,
				.parent = (uint32_t)i,
				.option = (uint32_t)o,
			};
			if (is_hopeless(enumeration, &label, stage + 1))
				continue;
			if (to->count == task->labels_max)
				return false;
			push(to, &label);
		}
	}
	drop_dominated(to);
	return true;
}

static void offer_all(const struct enumeration *enumeration, struct solve_answer *answer)
{
	size_t stages = enumeration->task->stage_count;
	const struct label_list *last = &enumeration->lists[stages - 1];
	for (size_t i = 0; i < last->count; i++) {
		size_t choice[SETTING_FUNCTIONS_MAX];
		size_t at = i;
		for (size_t stage = stages; stage-- > 0;) {
			const struct label *label = &enumeration->lists[stage].items[at];
			choice[stage] = label->option;
			at = label->parent;
		}
		label_offer(enumeration->task, choice, answer);
	}
}

/* All choices within the slack, where labels_max suffices; then true. */
static bool enumerate_within(struct enumeration *enumeration, double slack, struct solve_answer *answer)
{
	const struct solve_task *task = enumeration->task;
	struct label root = {0};
	struct label_list begin = {.items = &root, .count = 1};
	const struct label_list *from = &begin;
	bool is_complete = true;
	enumeration->slack = slack;
	for (size_t stage = 0; stage < task->stage_count; stage++)
		enumeration->lists[stage].count = 0;
	for (size_t stage = 0; stage < task->stage_count && is_complete; stage++) {
		is_complete = extend(enumeration, stage, from, &enumeration->lists[stage]);
		from = &enumeration->lists[stage];
	}
	if (is_complete)
		offer_all(enumeration, answer);
	return is_complete;
}

/*
 * Enumerates every choice whose priced cost lies between `bound` (that of each stage's least) and the answer's
 * objective. Afterwards the answer is the optimum and its bound says so, unless a stage had more labels than
 * labels_max.
 */
static void label_enumerate(const struct solve_task *task, const struct label_price *prices, double bound,
			    struct solve_answer *answer)
{
	/* A part of the slack finds better choices soon, which leave less slack to the next part. */
	static const double parts[] = {0.01, 0.1, 0.4, 1};
	struct enumeration *enumeration = mem_alloc(sizeof *enumeration);
	*enumeration = (struct enumeration){.task = task, .prices = prices};
	measure_rest(enumeration);
	bool is_complete = true;
	for (size_t i = 0; i < ARRAY_LEN(parts) && is_complete; i++) {
		double goal = fmin(answer->objective, task->beat);
		double slack = goal - bound + 1e-12 * fabs(goal);
		is_complete = enumerate_within(enumeration, parts[i] * slack, answer);
	}
	if (is_complete)
		answer->bound = fmax(answer->bound, fmin(answer->objective, task->beat));
	for (size_t stage = 0; stage < task->stage_count; stage++)
		mem_free(enumeration->lists[stage].items);
	mem_free(enumeration);
}

/*
 * The relaxation: multipliers of paths and budget, and the bound that they give.
 *
 * Worked example, one path: stage A takes 4 s for 1 USD or 2 s for 3 USD, stage B 6 s for 2 USD or 3 s for 3 USD, and
 * 8 s are allowed. With a multiplier m a second is paid for by m:
 *
 *     bound(m) = min(1 + 4 m, 3 + 2 m) + min(2 + 6 m, 3 + 3 m) - 8 m
 *
 * It is largest at m = 1/3, where B's two options cost the same: 2.333 + 4 - 2.667 = 3.667 USD. The choice (4 s, 3 s)
 * of 4 USD keeps the bound. The gap to it is 0.333 USD, and A's fast option costs 1.333 USD more than its slow one at
 * this m: it is in no better choice. Of the two choices that are left one takes 10 s: 4 USD are the optimum.
 *
 * Invariant: at every multiplier >= 0 the bound holds for every choice within the task's bounds; best_bound is the
 * largest that was met.
 */

/* Where a shape is only to be ruled out a rough bound does; where it is solved a sharp one spares labels. */
enum { ROUGH_STEPS = 60, SHARP_STEPS = 600, REPAIR_STEPS = 14 };

struct dual {
	const struct solve_task *task;
	size_t paths;
	struct solve_multipliers at;
	struct label_price prices[SETTING_FUNCTIONS_MAX];
	double bound; /* under `at` */
	double path_seconds[SETTING_FUNCTIONS_MAX];
	double usd;
	struct solve_multipliers best_at;
	double best_bound;
};

void solve_evaluate(const struct solve_task *task, const size_t *choice, double *seconds, double *usd)
{
	struct label_time time = {0};
	struct stage_standing standing = {.step_seconds = task->step_seconds,
					  .clock_least_seconds = task->clock_least_seconds,
					  .beside_usd = task->beside_usd};
	*usd = 0;
	for (size_t i = 0; i < task->stage_count; i++) {
		const struct solve_stage *stage = &task->stages[i];
		time = label_time_after(task, &time, i, choice[i]);
		*usd += stage->usd[choice[i]];
		standing.step_usd += stage->step_usd ? stage->step_usd[choice[i]] : 0;
		standing.clock_usd += stage->clock_usd ? stage->clock_usd[choice[i]] : 0;
	}
	*seconds = fmax(time.last_seconds + task->extra_seconds, task->least_seconds);
	*usd += stage_standing_usd(&standing, *seconds);
}

static void find_cheapest(struct label_price *price, const struct solve_stage *stage)
{
	price->best = stage->first;
	price->least = HUGE_VAL;
	for (size_t o = stage->first; o < stage->count; o++) {
		double cost = label_priced(price, stage, o);
		if (cost < price->least) {
			price->least = cost;
			price->best = o;
		}
	}
}

/* What each stage pays for its times: the multipliers of the paths that they are on. */
static void set_prices(struct dual *dual)
{
	const struct solve_task *task = dual->task;
	double total = 0;
	for (size_t b = 0; b < dual->paths; b++)
		total += dual->at.path[b];
	double before = 0;
	for (size_t i = 0; i < task->stage_count; i++) {
		struct label_price *price = &dual->prices[i];
		double own = task->is_pipelined ? dual->at.path[i] : total;
		*price = (struct label_price){.usd = dual->at.usd, .cold = total - before, .tail = own, .pass = before};
		before += task->is_pipelined ? own : 0;
	}
}

static void measure_paths(struct dual *dual)
{
	const struct solve_task *task = dual->task;
	double cold = 0;
	memset(dual->path_seconds, 0, sizeof dual->path_seconds);
	dual->usd = 0;
	for (size_t i = 0; i < task->stage_count; i++) {
		const struct solve_stage *stage = &task->stages[i];
		size_t best = dual->prices[i].best;
		cold += stage->cold_seconds[best];
		dual->usd += stage->usd[best];
		if (!task->is_pipelined) {
			dual->path_seconds[0] += stage->cold_seconds[best] + stage->tail_seconds[best];
			continue;
		}
		dual->path_seconds[i] = cold + stage->tail_seconds[best];
		for (size_t b = 0; b < i; b++)
			dual->path_seconds[b] += stage->pass_seconds[best];
	}
	for (size_t b = 0; b < dual->paths; b++)
		dual->path_seconds[b] += task->extra_seconds;
}

static double multiplier_sum(const struct dual *dual)
{
	double sum = 0;
	for (size_t b = 0; b < dual->paths; b++)
		sum += dual->at.path[b];
	return sum;
}

static void evaluate(struct dual *dual, struct solve_answer *answer)
{
	const struct solve_task *task = dual->task;
	size_t choice[SETTING_FUNCTIONS_MAX];
	set_prices(dual);
	double sum = multiplier_sum(dual);
	dual->bound = sum * task->extra_seconds;
	for (size_t i = 0; i < task->stage_count; i++) {
		find_cheapest(&dual->prices[i], &task->stages[i]);
		dual->bound += dual->prices[i].least;
		choice[i] = dual->prices[i].best;
	}
	if (task->seconds_max < HUGE_VAL)
		dual->bound -= (sum - task->seconds_weight) * task->seconds_max;
	if (task->usd_max < HUGE_VAL)
		dual->bound -= (dual->at.usd - task->usd_weight) * task->usd_max;
	measure_paths(dual);
	label_offer(task, choice, answer);
	if (dual->bound > dual->best_bound) {
		dual->best_bound = dual->bound;
		dual->best_at = dual->at;
	}
}

/*
 * The point with non-negative coordinates of the given sum (> 0, or all become 0) that is nearest to v: Michelot, "A
 * finite algorithm for finding the projection of a point onto the canonical simplex of R^n", Journal of Optimization
 * Theory and Applications 50(1), 1986. What was clipped once stays at 0, so that it ends after as many rounds at most.
 */
static void project_on_simplex(double *v, size_t count, double sum)
{
	bool has_clipped = true;
	while (has_clipped) {
		double total = 0;
		size_t positive = 0;
		for (size_t i = 0; i < count; i++) {
			total += v[i] > 0 ? v[i] : 0;
			positive += v[i] > 0;
		}
		has_clipped = false;
		for (size_t i = 0; i < count; i++) {
			double shifted = v[i] > 0 ? v[i] - (total - sum) / (double)positive : 0;
			has_clipped = has_clipped || shifted < 0;
			v[i] = fmax(0, shifted);
		}
	}
}

/* Multipliers that the weights allow: paths carry at least seconds_weight in all, exactly that without a bound. */
static void project(struct dual *dual)
{
	const struct solve_task *task = dual->task;
	for (size_t b = 0; b < dual->paths; b++)
		dual->at.path[b] = fmax(0, dual->at.path[b]);
	double sum = multiplier_sum(dual);
	if (sum < task->seconds_weight || task->seconds_max == HUGE_VAL) {
		for (size_t b = 0; b < dual->paths && sum == 0; b++)
			dual->at.path[b] = task->seconds_weight / (double)dual->paths;
		if (sum > 0 && task->seconds_weight > 0 && sum < task->seconds_weight)
			for (size_t b = 0; b < dual->paths; b++)
				dual->at.path[b] += (task->seconds_weight - sum) / (double)dual->paths;
		project_on_simplex(dual->at.path, dual->paths, task->seconds_weight);
	}
	if (task->usd_max == HUGE_VAL || dual->at.usd < task->usd_weight)
		dual->at.usd = task->usd_weight;
}

struct scale {
	double seconds;
	double usd;
};

/* A Polyak step towards `target`, in units that make seconds and dollars alike. */
static void step(struct dual *dual, const struct scale *scale, double target, double damping)
{
	const struct solve_task *task = dual->task;
	double gradient[SETTING_FUNCTIONS_MAX];
	double norm = 0;
	bool seconds_bound = task->seconds_max < HUGE_VAL;
	double reference = seconds_bound ? task->seconds_max : 0;
	double mean = 0;
	for (size_t b = 0; b < dual->paths && !seconds_bound; b++)
		mean += dual->path_seconds[b] / (double)dual->paths;
	for (size_t b = 0; b < dual->paths; b++) {
		gradient[b] = (dual->path_seconds[b] - (seconds_bound ? reference : mean)) / scale->seconds;
		if (gradient[b] < 0 && dual->at.path[b] == 0)
			gradient[b] = 0;
		norm += gradient[b] * gradient[b];
	}
	double usd_gradient = task->usd_max < HUGE_VAL ? (dual->usd - task->usd_max) / scale->usd : 0;
	if (usd_gradient < 0 && dual->at.usd <= task->usd_weight)
		usd_gradient = 0;
	norm += usd_gradient * usd_gradient;
	if (norm == 0)
		return;
	double length = damping * (target - dual->bound) / norm;
	for (size_t b = 0; b < dual->paths; b++)
		dual->at.path[b] += length * gradient[b] / scale->seconds;
	dual->at.usd += length * usd_gradient / scale->usd;
	project(dual);
}

/* Each stage at its cheapest and at its fastest: bounds, scales and a first choice. */
static void survey(struct dual *dual, struct scale *scale, struct solve_answer *answer)
{
	const struct solve_task *task = dual->task;
	size_t cheapest[SETTING_FUNCTIONS_MAX];
	size_t fastest[SETTING_FUNCTIONS_MAX];
	for (size_t i = 0; i < task->stage_count; i++) {
		const struct solve_stage *stage = &task->stages[i];
		struct label_price usd = {.usd = 1};
		struct label_price time = {.cold = 1, .tail = 1, .pass = 1};
		find_cheapest(&usd, stage);
		find_cheapest(&time, stage);
		cheapest[i] = usd.best;
		fastest[i] = time.best;
	}
	double seconds[2];
	double usd[2];
	solve_evaluate(task, cheapest, &seconds[0], &usd[0]);
	solve_evaluate(task, fastest, &seconds[1], &usd[1]);
	label_offer(task, cheapest, answer);
	label_offer(task, fastest, answer);
	*scale = (struct scale){.seconds = fmax(seconds[1], 1e-9), .usd = fmax(usd[0], 1e-12)};
	double slope = (usd[1] - usd[0]) / fmax(seconds[0] - seconds[1], 1e-9);
	bool is_fresh = multiplier_sum(dual) == 0 && dual->at.usd == 0;
	if (is_fresh && task->seconds_max < HUGE_VAL)
		for (size_t b = 0; b < dual->paths; b++)
			dual->at.path[b] = task->usd_weight * fmax(slope, 0) / (double)dual->paths;
	if (is_fresh && task->usd_max < HUGE_VAL)
		dual->at.usd = task->seconds_weight / fmax(slope, 1e-12);
	project(dual);
}

/* Moves from the best multipliers towards speed, or towards thrift, until the choice is allowed. */
static void repair(struct dual *dual, struct solve_answer *answer)
{
	const struct solve_task *task = dual->task;
	bool is_deadline = task->seconds_max < HUGE_VAL;
	if (!is_deadline && task->usd_max == HUGE_VAL)
		return;
	double low = 0;
	double high = 3;
	for (int i = 0; i < REPAIR_STEPS; i++) {
		double factor = exp2((low + high) / 2);
		dual->at = dual->best_at;
		for (size_t b = 0; b < dual->paths && is_deadline; b++)
			dual->at.path[b] *= factor;
		if (!is_deadline)
			dual->at.usd *= factor;
		project(dual);
		evaluate(dual, answer);
		double longest = 0;
		for (size_t b = 0; b < dual->paths; b++)
			longest = fmax(longest, dual->path_seconds[b]);
		bool is_allowed = is_deadline ? longest <= task->seconds_max : dual->usd <= task->usd_max;
		*(is_allowed ? &high : &low) = (low + high) / 2;
	}
}

static bool is_closed(const struct solve_task *task, const struct dual *dual, const struct solve_answer *answer)
{
	double goal = fmin(answer->objective, task->beat);
	return dual->best_bound >= goal - 1e-12 * fabs(goal);
}

static void climb(struct dual *dual, const struct scale *scale, struct solve_answer *answer)
{
	const struct solve_task *task = dual->task;
	double damping = 1;
	int since_better = 0;
	int steps = task->labels_max > 0 ? SHARP_STEPS : ROUGH_STEPS;
	evaluate(dual, answer);
	for (int i = 0; i < steps && !is_closed(task, dual, answer); i++) {
		double target = fmin(answer->objective, task->beat);
		if (target == HUGE_VAL)
			target = dual->best_bound + 0.05 * fabs(dual->best_bound);
		double before = dual->best_bound;
		step(dual, scale, target, damping);
		evaluate(dual, answer);
		since_better = dual->best_bound > before ? 0 : since_better + 1;
		if (since_better == 5) {
			damping /= 2;
			since_better = 0;
			dual->at = dual->best_at;
			evaluate(dual, answer);
		}
	}
}

void solve(const struct solve_task *task, struct solve_multipliers *start, struct solve_answer *out)
{
	CHECK(task->stage_count >= 1 && task->stage_count <= SETTING_FUNCTIONS_MAX);
	struct dual dual = {
		.task = task,
		.paths = task->is_pipelined ? task->stage_count : 1,
		.at = *start,
		.best_bound = -HUGE_VAL,
	};
	struct scale scale;
	*out = (struct solve_answer){.objective = HUGE_VAL};
	survey(&dual, &scale, out);
	climb(&dual, &scale, out);
	if (!is_closed(task, &dual, out))
		repair(&dual, out);
	*start = dual.best_at;
	out->bound = dual.best_bound;
	if (task->labels_max > 0 && !is_closed(task, &dual, out)) {
		dual.at = dual.best_at;
		evaluate(&dual, out);
		label_enumerate(task, dual.prices, dual.bound, out);
	}
	out->found = out->objective < task->beat;
}
