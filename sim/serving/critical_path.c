/*
 * Where a record's time went, step by step, on its critical path: found from its end, as of the branches of a join the
 * last one to end. An item of a map that could only begin when another one ended has that one's path before its own. A
 * branch's slack is how much earlier than that it ended; an item that ends while others wait to begin has none to be
 * counted. A chain, whose path is the record itself, keeps no account.
 */
#include "serving/simulation.h"

/* Time by step, of a token's critical path; or by branch, of those that have ended. */
struct leg {
	uint32_t index;
	int64_t count;
	int64_t ns;
	struct leg *next;
};

static int64_t now_of(const struct invocation *token)
{
	return engine_now_ns(&token->simulation->engine);
}

void path_add(struct simulation *simulation, struct leg **legs, uint32_t index, int64_t count, int64_t ns)
{
	struct leg *leg = *legs;
	while (leg && leg->index != index)
		leg = leg->next;
	if (!leg) {
		leg = simulation->free_legs;
		if (leg)
			simulation->free_legs = leg->next;
		else
			leg = ARENA_NEW(simulation->arena, struct leg);
		*leg = (struct leg){.index = index, .next = *legs};
		*legs = leg;
	}
	leg->count += count;
	leg->ns += ns;
}

void path_drop(struct simulation *simulation, struct leg **legs)
{
	while (*legs) {
		struct leg *leg = *legs;
		*legs = leg->next;
		leg->next = simulation->free_legs;
		simulation->free_legs = leg;
	}
}

void path_count_step(struct invocation *token)
{
	struct simulation *simulation = token->simulation;
	if (!simulation->setting->graph)
		return;
	int64_t taken_ns = now_of(token) - token->entered_ns;
	token->simulation->outcome->steps[token->step].ns += taken_ns;
	path_add(simulation, &token->legs, (uint32_t)token->step, 1, taken_ns - token->inside_ns);
}

void path_count_record(const struct invocation *token)
{
	/* Messages of a batch have one execution, whose path is that of each of them. */
	int64_t records = token->batch ? token->batch->count : 1;
	for (const struct leg *leg = token->legs; leg; leg = leg->next) {
		struct step_outcome *counts = &token->simulation->outcome->steps[leg->index];
		counts->critical += records * leg->count;
		counts->critical_ns += (wide_sum)records * (wide_sum)leg->ns;
	}
}

void path_count_slack(const struct join *join)
{
	struct outcome *outcome = join->simulation->outcome;
	int64_t taken_ns = engine_now_ns(&join->simulation->engine) - join->begun_ns;
	for (const struct leg *leg = join->ended; leg; leg = leg->next) {
		struct branch_outcome *counts = &outcome->branches[leg->index];
		counts->ended += leg->count;
		counts->slack_ns += (wide_sum)taken_ns * (wide_sum)leg->count - (wide_sum)leg->ns;
	}
}

void path_take_branch(struct invocation *token)
{
	struct invocation *parent = token->join->parent;
	for (const struct leg *leg = token->legs; leg; leg = leg->next)
		path_add(token->simulation, &parent->legs, leg->index, leg->count, leg->ns);
	parent->inside_ns += token->followed_ns + now_of(token) - token->begun_ns;
}

void path_hand_over(struct invocation *token)
{
	struct join *join = token->join;
	path_drop(join->simulation, &join->freed);
	join->freed = token->legs;
	join->freed_ns = token->followed_ns + now_of(token) - token->begun_ns;
	token->legs = NULL;
}

void path_follow(struct join *join, struct invocation *token)
{
	token->legs = join->freed;
	token->followed_ns = join->freed_ns;
	join->freed = NULL;
	join->freed_ns = 0;
}
