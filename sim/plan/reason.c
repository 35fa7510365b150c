#include "plan/reason.h"

#include <math.h>

const char *const reason_names[] = {
	[REASON_MEMORY_FLOOR] = "memory_floor",
	[REASON_VCPU_KNEE] = "vcpu_knee",
	[REASON_TIMEOUT] = "timeout",
	[REASON_DEADLINE] = "deadline",
	[REASON_BUDGET] = "budget",
	[REASON_LEAST_COST] = "least_cost",
	[REASON_BALANCE] = "balance",
	[REASON_TMP] = "tmp",
	[REASON_ACCOUNT_LIMIT] = "account_limit",
	[REASON_RESERVATION] = "reservation",
	[REASON_ALL_AT_ONCE] = "all_at_once",
	[REASON_ONLY_CHOICE] = "only_choice",
};

/* A change of the plan as the goal sees it. */
struct effect {
	double seconds; /* as bounded */
	double usd;     /* mean */
	double usd_bounded;
	double objective;
	double seconds_change; /* relative to the plan */
	double usd_change;
};

static struct effect effect_of(const struct planner *planner, const struct trial *best, struct plan_choice *choice)
{
	struct search_factors factors = {1, 1, 1, 1, false};
	planner_factors(planner, &choice->shape, &factors);
	struct effect effect = {
		.seconds = choice->seconds * factors.seconds_bound,
		.usd = choice->usd * factors.usd,
		.usd_bounded = choice->usd * factors.usd_bound,
	};
	effect.objective = planner_objective(&planner->goal, choice->seconds * factors.seconds, effect.usd);
	effect.seconds_change = choice->seconds * factors.seconds / best->seconds - 1;
	effect.usd_change = effect.usd / best->usd - 1;
	return effect;
}

static struct effect effect_of_option(const struct planner *planner, const struct trial *best, size_t function,
				      size_t option)
{
	struct plan_choice choice = best->choice;
	choice.options[function] = option;
	search_evaluate(planner->control.space, &choice);
	return effect_of(planner, best, &choice);
}

static const struct space_size *size_of(const struct planner *planner, const struct trial *best)
{
	return &planner->control.space->sizes[best->choice.shape.size];
}

static void say_change(struct buf *sentence, const struct effect *effect)
{
	buf_printf(sentence, "%+.1f %% time and %+.1f %% cost", 100 * effect->seconds_change, 100 * effect->usd_change);
}

static void say_knee(const struct planner *planner, const struct stage *stage, int64_t memory_mb, struct buf *sentence)
{
	double knee_mb = cpu_one_vcpu_mb(&stage->cpu);
	int64_t most_mb = planner->control.space->memory.to_mb;
	double vcpus = cpu_share(&stage->cpu, memory_mb);
	if (stage_is_flat_from(stage, memory_mb, most_mb))
		buf_printf(sentence,
			   "more memory makes nothing faster: it runs %lld thread%s at most, which have %.2g vCPU",
			   (long long)stage_threads(stage), stage_threads(stage) == 1 ? "" : "s", vcpus);
	else
		buf_printf(
			sentence,
			"one vCPU (%.0f MB): above it, what runs on one thread (import, decoding, transfers) gets no "
			"faster",
			knee_mb);
}

static void say_floor(const struct planner *planner, const struct trial *best, size_t function, struct buf *sentence)
{
	const struct space_size *size = size_of(planner, best);
	buf_printf(sentence, "below that a %lld-image record does not fit (peak %.0f MB + %.3g %% headroom)",
		   (long long)size->images_per_record, size->stages[function].memory_floor_mb,
		   100 * planner->control.space->headroom);
	const struct stage *stage = &size->stages[function];
	double knee_mb = cpu_one_vcpu_mb(&stage->cpu);
	if ((double)size->tables[function].floor_mb > knee_mb)
		buf_printf(sentence, "; above %.0f MB (one vCPU) what runs on one thread gets no faster", knee_mb);
}

/* A sixteenth less or more: smaller steps make no difference that anybody sees. */
static size_t option_beside(const struct space_table *table, size_t own, int sign)
{
	int64_t wanted_mb = table->memory_mb[own] + sign * (table->memory_mb[own] / 16);
	size_t option = space_find_option(table, wanted_mb);
	if (option == own)
		option = sign > 0 ? own + 1 : own > table->first ? own - 1 : own;
	return option < table->count ? option : table->count - 1;
}

/* Whether calls run out of time at a size. */
static bool runs_out_below(const struct planner *planner, const struct space_table *table, size_t function,
			   int64_t memory_mb)
{
	return table->first > 0 && table->memory_mb[table->first] > memory_mb &&
	       table->figures[table->first - 1].handler_seconds >
		       planner->control.space->rulings.handler_max_seconds[function];
}

enum reason_kind reason_memory(const struct planner *planner, const struct trial *best, size_t function,
			       struct buf *sentence)
{
	const struct space_size *size = size_of(planner, best);
	const struct space_table *table = &size->tables[function];
	const struct stage *stage = &size->stages[function];
	const struct search_goal *goal = &planner->goal;
	size_t own = best->choice.options[function];
	int64_t memory_mb = table->memory_mb[own];
	if (own == 0 && memory_mb == table->floor_mb) {
		say_floor(planner, best, function, sentence);
		return REASON_MEMORY_FLOOR;
	}
	if (runs_out_below(planner, table, function, memory_mb - memory_mb / 16)) {
		buf_printf(sentence, "with less memory calls run out of time (%.4g s)", stage->timeout_seconds);
		return REASON_TIMEOUT;
	}
	double knee_mb = cpu_one_vcpu_mb(&stage->cpu);
	bool is_at_knee = fabs((double)memory_mb - knee_mb) < (double)planner->control.space->memory.step_mb;
	if (own + 1 == table->count || is_at_knee) {
		say_knee(planner, stage, memory_mb, sentence);
		return REASON_VCPU_KNEE;
	}
	size_t smaller = option_beside(table, own, -1);
	size_t larger = option_beside(table, own, 1);
	struct effect less =
		own > table->first ? effect_of_option(planner, best, function, smaller) : (struct effect){0};
	struct effect more = effect_of_option(planner, best, function, larger);
	if (own > table->first && less.seconds > goal->seconds_max) {
		buf_printf(sentence,
			   "the deadline: with %lld MB the run would take %.4g s (in %.3g %% of runs no more)",
			   (long long)table->memory_mb[smaller], less.seconds, 100 * planner->control.share);
		return REASON_DEADLINE;
	}
	if (more.usd_bounded > goal->usd_max) {
		buf_printf(sentence, "the budget: with %lld MB a run would cost %.4g USD",
			   (long long)table->memory_mb[larger], more.usd_bounded);
		return REASON_BUDGET;
	}
	double network = 100 * stage_fixed_share(stage, memory_mb);
	buf_printf(sentence, "%lld MB would mean ", (long long)table->memory_mb[larger]);
	say_change(sentence, &more);
	if (own > table->first) {
		buf_printf(sentence, ", %lld MB ", (long long)table->memory_mb[smaller]);
		say_change(sentence, &less);
	}
	if (network >= 30)
		buf_printf(sentence, "; %.0f %% of a visit is network and store, which memory does not hasten",
			   network);
	return goal->seconds_weight > 1e-3 * goal->usd_weight ? REASON_BALANCE : REASON_LEAST_COST;
}

/* The best memories for a shape, with the factors of the trials. */
static bool best_of_shape(const struct planner *planner, const struct trial *best, const struct shape *shape,
			  struct effect *out)
{
	struct plan_choice choice = best->choice;
	choice.shape = *shape;
	search_evaluate(planner->control.space, &choice);
	*out = effect_of(planner, best, &choice);
	return true;
}

/* What keeps more from running at once. */
static enum reason_kind say_places(const struct space *space, const struct shape *shape, struct buf *sentence)
{
	const struct setting *setting = space->sizes[shape->size].setting;
	for (size_t i = 0; i < setting->function_count; i++) {
		if (setting->functions[i].reserved_concurrency != shape->parallel)
			continue;
		buf_printf(sentence, "; no more of '%s' may run at once, which reserves that many",
			   setting->functions[i].name);
		return REASON_RESERVATION;
	}
	buf_printf(sentence, "; no more may run at once (%lld per account",
		   (long long)setting->platform->limits.concurrency);
	if (setting_unreserved(setting) < setting->platform->limits.concurrency)
		buf_printf(sentence, ", %lld of them not reserved", (long long)setting_unreserved(setting));
	buf_add(sentence, ")");
	return REASON_ACCOUNT_LIMIT;
}

enum reason_kind reason_parallel(const struct planner *planner, const struct trial *best, struct buf *sentence)
{
	const struct space *space = planner->control.space;
	const struct shape *shape = &best->choice.shape;
	const struct setting *setting = size_of(planner, best)->setting;
	int64_t waves = shape_waves(space, shape);
	if (space->is_served) {
		buf_add(sentence, "requests come over time and do not wait for one another");
		return REASON_ONLY_CHOICE;
	}
	if (waves == 1) {
		buf_printf(sentence, "all %lld records at once", (long long)setting->records);
		return REASON_ALL_AT_ONCE;
	}
	buf_printf(sentence, "%lld records in %lld waves", (long long)setting->records, (long long)waves);
	if (shape->parallel == shape_parallel_max(space, shape->size, shape->schedule)) {
		return say_places(space, shape, sentence);
	}
	struct shape fewer = *shape;
	struct effect effect;
	fewer.parallel = (setting->records + waves) / (waves + 1);
	if (fewer.parallel == shape->parallel)
		fewer.parallel--;
	if (fewer.parallel < space->parallel_from) {
		buf_add(sentence, "; fewer are not asked for");
		return REASON_ONLY_CHOICE;
	}
	best_of_shape(planner, best, &fewer, &effect);
	buf_printf(sentence, "; %lld at once would mean ", (long long)fewer.parallel);
	say_change(sentence, &effect);
	if (effect.seconds <= planner->goal.seconds_max)
		return REASON_BALANCE;
	buf_add(sentence, " and miss the deadline");
	return REASON_DEADLINE;
}

static bool say_other(const struct planner *planner, const struct trial *best, size_t other, const char *name,
		      struct buf *sentence)
{
	struct plan_choice choice;
	if (other == planner->control.space->size_count)
		return false;
	if (!planner_best_of_size(planner, other, &choice)) {
		buf_printf(sentence, "%s has no plan within the bounds", name);
		return true;
	}
	struct effect effect = effect_of(planner, best, &choice);
	buf_printf(sentence, "the best plan %s: ", name);
	say_change(sentence, &effect);
	return true;
}

bool reason_architecture(const struct planner *planner, const struct trial *best, struct buf *sentence)
{
	const struct space *space = planner->control.space;
	size_t own = best->choice.shape.size;
	return say_other(planner, best, space_other_architecture(space, own),
			 space->sizes[own].is_arm64 ? "on x86_64" : "on arm64", sentence);
}

bool reason_snapshot(const struct planner *planner, const struct trial *best, struct buf *sentence)
{
	const struct space *space = planner->control.space;
	size_t own = best->choice.shape.size;
	return say_other(planner, best, space_other_snapshot(space, own),
			 space->sizes[own].snapshots != 0 ? "without them" : "with them", sentence);
}

bool reason_tmp(const struct trial *best, size_t function, struct buf *sentence)
{
	const struct setting *setting = best->setting;
	int64_t needed_mb = space_tmp_needed_mb(&setting->functions[function]);
	if (needed_mb <= setting->platform->limits.tmp_mb)
		return false;
	buf_printf(sentence, "its work puts %lld MB there; %lld MB come with a function", (long long)needed_mb,
		   (long long)setting->platform->limits.tmp_mb);
	return true;
}

/* The next smaller record size, or the next larger one, all else alike. */
static size_t size_beside(const struct space *space, size_t own, int sign)
{
	const struct space_size *of = &space->sizes[own];
	size_t found = space->size_count;
	for (size_t i = 0; i < space->size_count; i++) {
		const struct space_size *size = &space->sizes[i];
		int64_t away = sign * (size->images_per_record - of->images_per_record);
		bool is_nearer = found == space->size_count ||
				 away < sign * (space->sizes[found].images_per_record - of->images_per_record);
		if (away > 0 && is_nearer && size->is_arm64 == of->is_arm64 && size->snapshots == of->snapshots)
			found = i;
	}
	return found;
}

enum reason_kind reason_images(const struct planner *planner, const struct trial *best, struct buf *sentence)
{
	const struct space *space = planner->control.space;
	size_t own = best->choice.shape.size;
	bool has_said = false;
	for (int sign = -1; sign <= 1; sign += 2) {
		size_t other = size_beside(space, own, sign);
		struct plan_choice choice;
		if (other == space->size_count)
			continue;
		buf_add(sentence, has_said ? ", " : "the best plan with ");
		has_said = true;
		buf_printf(sentence, "%lld: ", (long long)space->sizes[other].images_per_record);
		if (!planner_best_of_size(planner, other, &choice)) {
			buf_add(sentence, "none within the bounds");
			continue;
		}
		struct effect effect = effect_of(planner, best, &choice);
		say_change(sentence, &effect);
	}
	if (!has_said)
		buf_add(sentence, "the only record size that is asked for");
	return has_said ? REASON_BALANCE : REASON_ONLY_CHOICE;
}

/* The functions that have the largest memory, with commas; how many. */
static size_t say_largest(const struct space *space, const struct plan_choice *choice, struct buf *names)
{
	const struct space_size *size = &space->sizes[choice->shape.size];
	size_t count = 0;
	for (size_t i = 0; i < space->function_count; i++) {
		if (size->tables[i].memory_mb[choice->options[i]] == space->memory.to_mb)
			buf_printf(names, "%s%s", count++ > 0 ? ", " : "", size->setting->functions[i].name);
	}
	return count;
}

static void say_limit(const struct planner *planner, const struct plan_choice *fastest, struct buf *sentences)
{
	const struct space *space = planner->control.space;
	const struct shape *shape = &fastest->shape;
	struct buf names;
	buf_init(&names);
	size_t largest = say_largest(space, fastest, &names);
	if (!space->is_served && shape_waves(space, shape) > 1 &&
	    shape->parallel == shape_parallel_max(space, shape->size, shape->schedule))
		buf_printf(sentences, "Lift the number of jobs at once (%lld): the fastest plan uses them all.\n",
			   (long long)shape->parallel);
	else if (largest > 0)
		buf_printf(sentences, "Lift the largest memory (%lld MB): in the fastest plan %s %s reached it.\n",
			   (long long)space->memory.to_mb, buf_text(&names), largest > 1 ? "have" : "has");
	else
		buf_add(sentences,
			"No limit of the platform stands in the way: one record's own work takes that long. Smaller "
			"records, or a faster network, would help.\n");
	buf_release(&names);
}

/* The functions that have no memory size, for the smallest record. */
static void say_what_never_works(const struct space *space, struct buf *sentences)
{
	const struct space_size *size = &space->sizes[0];
	for (size_t i = 0; i < space->function_count; i++) {
		const struct stage *stage = &size->stages[i];
		const struct setting_function *function = &size->setting->functions[i];
		const char *name = function->name;
		if (space_tmp_needed_mb(function) > function->tmp_mb)
			buf_printf(
				sentences,
				"'%s' puts %lld MB into /tmp; the most that can be had is %lld MB. Put less there, or "
				"use fewer images per record.\n",
				name, (long long)space_tmp_needed_mb(function),
				(long long)limits_tmp_most_mb(&size->setting->platform->limits));
		else if (size->tables[i].floor_mb == 0)
			buf_printf(
				sentences,
				"'%s' needs %.0f MB + %.3g %% headroom for %lld images; the largest size is %lld MB. "
				"Use fewer images per record, or less headroom.\n",
				name, stage->memory_floor_mb, 100 * space->headroom, (long long)size->images_per_record,
				(long long)space->memory.to_mb);
		else if (size->tables[i].first == size->tables[i].count)
			buf_printf(
				sentences,
				"'%s' does not end within its timeout of %.4g s at any memory. Raise the timeout, or "
				"use fewer images per record.\n",
				name, stage->timeout_seconds);
	}
}

/* The fastest plan of the model where nothing is bounded. */
static bool find_fastest(const struct planner *planner, struct plan_choice *choice)
{
	struct search_request request = {
		.space = planner->control.space,
		.goal = search_fastest(),
		.factors = planner_factors,
		.factors_context = planner,
	};
	struct search_answer answer;
	search(&request, &answer);
	*choice = answer.choice;
	return answer.found;
}

static void say_nearest(const struct plan *plan, struct buf *sentences)
{
	bool has_budget = plan->goal.usd_max < HUGE_VAL;
	bool has_deadline = plan->goal.seconds_max < HUGE_VAL;
	const struct trial *deadline = &plan->nearest.deadline;
	if (has_deadline && deadline->setting) {
		buf_printf(sentences, "The nearest feasible deadline%s is about %.4g s",
			   has_budget ? " within the budget" : "", deadline->seconds_at);
		if (provision_total(deadline->setting) > 0) {
			buf_add(sentences, ", with provisioned sandboxes: ");
			provision_numbers(deadline->setting, sentences);
		}
		buf_add(sentences, ".\n");
	}
	if (has_budget && plan->nearest.budget.setting)
		buf_printf(sentences, "The nearest feasible budget%s is about %.4g USD a run.\n",
			   has_deadline ? " within the deadline" : "", plan->nearest.budget.usd_at);
}

void reason_infeasible(const struct plan *plan, struct buf *sentences)
{
	struct plan_choice fastest;
	if (!find_fastest(&plan->planner, &fastest)) {
		say_what_never_works(plan->planner.control.space, sentences);
		return;
	}
	if (plan->nearest.failing.setting && !plan->nearest.deadline.setting) {
		buf_add(sentences, plan->goal.seconds_max < HUGE_VAL || plan->goal.usd_max < HUGE_VAL
					   ? "Other bounds would not help: no plan that was simulated works.\n"
					   : "No time or cost is bounded, but no plan that was simulated works.\n");
		return;
	}
	say_nearest(plan, sentences);
	if (plan->goal.seconds_max < HUGE_VAL)
		say_limit(&plan->planner, &fastest, sentences);
}
