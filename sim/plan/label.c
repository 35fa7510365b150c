#include "plan/label.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

struct label_time label_time_after(const struct solve_task *task, const struct label_time *before, size_t stage,
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

double label_priced(const struct label_price *price, const struct solve_stage *stage, size_t option)
{
	return price->usd * stage->usd[option] + price->cold * stage->cold_seconds[option] +
	       price->tail * stage->tail_seconds[option] + price->pass * stage->pass_seconds[option];
}

void label_offer(const struct solve_task *task, const size_t *choice, struct solve_answer *answer)
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

double label_least(const struct solve_stage *stage, const double *figure)
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
		double cold = label_least(stage, stage->cold_seconds);
		double pass = task->is_pipelined ? label_least(stage, stage->pass_seconds)
						 : cold + label_least(stage, stage->tail_seconds);
		enumeration->rest_usd[i] = enumeration->rest_usd[i + 1] + label_least(stage, stage->usd);
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
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	}
	return 0;
}

/* Times of labels no dearer than the next, ascending in first_seconds and descending in last_seconds. */
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

void label_enumerate(const struct solve_task *task, const struct label_price *prices, double bound,
		     struct solve_answer *answer)
{
	/* A part of the slack finds better choices soon, which leave less slack to the next part. */
	static const double parts[] = {0.01, 0.1, 0.4, 1};
	struct enumeration *enumeration = mem_alloc(sizeof *enumeration);
	*enumeration = (struct enumeration){.task = task, .prices = prices};
	measure_rest(enumeration);
	bool is_complete = true;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0] && is_complete; i++) {
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
