#include "deploy/asl_flow.h"

#include <string.h>

#include "base/check.h"

enum visit { UNSEEN, ENTERED, LEFT };

struct analysis {
	struct asl_flow *flow;
	const struct asl_scope *scope;
	struct arena *arena;
	struct diag *diag;
	unsigned char *visits; /* enum visit, by node */
	bool *is_alive;        /* by state: some way from it does not fail */
	size_t *first_source;  /* by state, into sources: those from which a way leads to it */
	int *sources;
	int *stack;
	int *order; /* nodes, each behind those that its ways lead to */
	size_t order_count;
};

int asl_flow_end_of(const struct asl_flow *flow, int loop)
{
	return (int)flow->scope->count + loop;
}

int asl_flow_target(const struct asl_flow *flow, int state, size_t way)
{
	int to = flow->scope->states[state].ways[way].to;
	int loop = flow->loop_at[to];
	return loop != ASL_NONE && flow->loops[loop].body[state] ? asl_flow_end_of(flow, loop) : to;
}

static bool ends_well(const struct asl_state *state)
{
	return state->way_count == 0 && state->type != ASL_FAIL;
}

/* Lists, for each state, those from which a way leads to it. */
static void find_sources(struct analysis *analysis)
{
	const struct asl_scope *scope = analysis->scope;
	size_t count = 0;
	for (size_t i = 0; i < scope->count; i++)
		count += scope->states[i].way_count;
	analysis->first_source = ARENA_ARRAY(analysis->arena, size_t, scope->count + 2);
	analysis->sources = ARENA_ARRAY(analysis->arena, int, count);
	/* Counted two places on, so that filling moves each to its beginning. */
	for (size_t i = 0; i < scope->count; i++)
		for (size_t k = 0; k < scope->states[i].way_count; k++)
			analysis->first_source[scope->states[i].ways[k].to + 2]++;
	for (size_t i = 2; i < scope->count + 2; i++)
		analysis->first_source[i] += analysis->first_source[i - 1];
	for (size_t i = 0; i < scope->count; i++)
		for (size_t k = 0; k < scope->states[i].way_count; k++)
			analysis->sources[analysis->first_source[scope->states[i].ways[k].to + 1]++] = (int)i;
}

/* Adds to the set all states from which ways lead to those in it, but not by way of `barrier`. */
static void add_sources(const struct analysis *analysis, bool *set, int barrier)
{
	int *stack = analysis->stack;
	size_t depth = 0;
	for (size_t i = 0; i < analysis->scope->count; i++)
		if (set[i] && (int)i != barrier)
			stack[depth++] = (int)i;
	while (depth > 0) {
		int state = stack[--depth];
		for (size_t i = analysis->first_source[state]; i < analysis->first_source[state + 1]; i++) {
			int source = analysis->sources[i];
			if (set[source])
				continue;
			set[source] = true;
			stack[depth++] = source;
		}
	}
}

static struct asl_loop *loop_of(struct analysis *analysis, int header)
{
	struct asl_flow *flow = analysis->flow;
	int at = flow->loop_at[header];
	if (at == ASL_NONE) {
		at = (int)flow->loop_count++;
		flow->loop_at[header] = at;
		flow->loops[at] = (struct asl_loop){
			.header = header,
			.exit = ASL_NONE,
			.body = ARENA_ARRAY(analysis->arena, bool, analysis->scope->count),
		};
		flow->loops[at].body[header] = true;
	}
	return &flow->loops[at];
}

/* Depth first; a way to a state that was entered and not left leads back. Ways have at most ASL_STATES_MAX steps. */
static void find_loops(struct analysis *analysis, int state)
{
	analysis->visits[state] = ENTERED;
	for (size_t i = 0; i < analysis->scope->states[state].way_count; i++) {
		int to = analysis->scope->states[state].ways[i].to;
		if (analysis->visits[to] == UNSEEN)
			find_loops(analysis, to);
		else if (analysis->visits[to] == ENTERED)
			loop_of(analysis, to)->body[state] = true;
	}
	analysis->visits[state] = LEFT;
}

static const char *quoted(const struct analysis *analysis, int state)
{
	return diag_excerpt(analysis->scope->states[state].name, analysis->arena);
}

/* Whether a choice has a way out of the body that does, or does not, fail. */
static bool leads_out(const struct analysis *analysis, const struct asl_loop *loop, size_t state, bool is_alive)
{
	const struct asl_state *from = &analysis->scope->states[state];
	for (size_t k = 0; k < from->way_count; k++)
		if (!loop->body[from->ways[k].to] && analysis->is_alive[from->ways[k].to] == is_alive)
			return true;
	return false;
}

static bool find_exit(const struct analysis *analysis, struct asl_loop *loop)
{
	const struct asl_state *header = &analysis->scope->states[loop->header];
	for (int is_alive = 1; is_alive >= 0 && loop->exit == ASL_NONE; is_alive--) {
		for (size_t i = 0; i < analysis->scope->count; i++) {
			if (!loop->body[i] || !leads_out(analysis, loop, i, is_alive))
				continue;
			if (loop->exit != ASL_NONE && is_alive) {
				diag_error(
					analysis->diag, header->node->key_place,
					"the loop that begins at '%s' is left at '%s' and at '%s'; a workflow's loop "
					"is left at one choice",
					quoted(analysis, loop->header), quoted(analysis, loop->exit),
					quoted(analysis, (int)i));
				return false;
			}
			loop->exit = loop->exit == ASL_NONE ? (int)i : loop->exit;
		}
	}
	return true;
}

/* Whether a round can come back to the header without passing the choice that leads out. */
static int round_without_exit(const struct analysis *analysis, const struct asl_loop *loop, int state, bool *is_seen)
{
	is_seen[state] = true;
	if (state == loop->exit)
		return ASL_NONE;
	for (size_t i = 0; i < analysis->scope->states[state].way_count; i++) {
		int to = analysis->scope->states[state].ways[i].to;
		if (to == loop->header)
			return state;
		int found = loop->body[to] && !is_seen[to] ? round_without_exit(analysis, loop, to, is_seen) : ASL_NONE;
		if (found != ASL_NONE)
			return found;
	}
	return ASL_NONE;
}

static bool check_loop(const struct analysis *analysis, struct asl_loop *loop)
{
	const struct asl_scope *scope = analysis->scope;
	struct diag_place place = scope->states[loop->header].node->key_place;
	for (size_t i = 0; i < scope->count; i++) {
		bool is_entered = (int)i == scope->start;
		for (size_t k = analysis->first_source[i]; k < analysis->first_source[i + 1]; k++)
			is_entered = is_entered || !loop->body[analysis->sources[k]];
		if (loop->body[i] && is_entered && (int)i != loop->header) {
			diag_error(
				analysis->diag, place,
				"the loop that begins at '%s' is also entered at '%s'; a workflow's loop begins at one "
				"state",
				quoted(analysis, loop->header), quoted(analysis, (int)i));
			return false;
		}
	}
	if (!find_exit(analysis, loop))
		return false;
	int back = round_without_exit(analysis, loop, loop->header, ARENA_ARRAY(analysis->arena, bool, scope->count));
	if (back == ASL_NONE)
		return true;
	diag_error(analysis->diag, place,
		   "the loop that begins at '%s' goes back from '%s' before it comes to '%s', where it is left; every "
		   "round of a workflow's loop comes there",
		   quoted(analysis, loop->header), quoted(analysis, back), quoted(analysis, loop->exit));
	return false;
}

/* The nodes that a node's ways lead to; of a loop's end, those of the ways out. Calls act for each. */
static void each_target(struct analysis *analysis, int node, void (*act)(struct analysis *, int node, int to))
{
	const struct asl_flow *flow = analysis->flow;
	int states = (int)analysis->scope->count;
	int from = node < states ? node : flow->loops[node - states].exit;
	const struct asl_state *state = &analysis->scope->states[from];
	for (size_t i = 0; i < state->way_count; i++)
		if (node < states || !flow->loops[node - states].body[state->ways[i].to])
			act(analysis, node, asl_flow_target(flow, from, i));
	if (node < states && ends_well(state))
		act(analysis, node, flow->end);
}

static void add_in_order(struct analysis *analysis, int from, int node)
{
	if (analysis->visits[node] != UNSEEN)
		return;
	analysis->visits[node] = ENTERED;
	if (node != analysis->flow->end)
		each_target(analysis, node, add_in_order);
	analysis->order[analysis->order_count++] = node;
}

/* How far it is to the end, from meeting to meeting. */
static size_t height_of(const struct asl_flow *flow, int node)
{
	size_t height = 0;
	for (; node != flow->end; node = flow->meeting[node])
		height++;
	return height;
}

int asl_flow_meeting(const struct asl_flow *flow, int a, int b)
{
	if (flow->meeting[a] == ASL_NONE)
		return b;
	if (flow->meeting[b] == ASL_NONE)
		return a;
	size_t height_a = height_of(flow, a);
	size_t height_b = height_of(flow, b);
	while (a != b) {
		bool is_a = height_a >= height_b;
		bool is_b = height_b >= height_a;
		if (is_a) {
			a = flow->meeting[a];
			height_a--;
		}
		if (is_b) {
			b = flow->meeting[b];
			height_b--;
		}
	}
	return a;
}

static void meet(struct analysis *analysis, int node, int to)
{
	struct asl_flow *flow = analysis->flow;
	if (flow->meeting[to] == ASL_NONE)
		return;
	flow->meeting[node] = flow->meeting[node] == ASL_NONE ? to : asl_flow_meeting(flow, flow->meeting[node], to);
}

static void find_meetings(struct analysis *analysis, size_t node_count)
{
	struct asl_flow *flow = analysis->flow;
	memset(analysis->visits, UNSEEN, node_count);
	for (size_t i = 0; i < node_count; i++)
		flow->meeting[i] = ASL_NONE;
	flow->meeting[flow->end] = flow->end;
	for (int i = 0; i < (int)node_count; i++)
		add_in_order(analysis, ASL_NONE, i);
	for (size_t i = 0; i < analysis->order_count; i++)
		if (analysis->order[i] != flow->end)
			each_target(analysis, analysis->order[i], meet);
}

bool asl_flow_init(struct asl_flow *flow, const struct asl_scope *scope, struct arena *arena, struct diag *diag)
{
	size_t node_count = 2 * scope->count + 1;
	struct analysis analysis = {
		.flow = flow,
		.scope = scope,
		.arena = arena,
		.diag = diag,
		.visits = ARENA_ARRAY(arena, unsigned char, node_count),
		.is_alive = ARENA_ARRAY(arena, bool, scope->count),
		.stack = ARENA_ARRAY(arena, int, node_count),
		.order = ARENA_ARRAY(arena, int, node_count),
	};
	*flow = (struct asl_flow){
		.scope = scope,
		.meeting = ARENA_ARRAY(arena, int, node_count),
		.loops = ARENA_ARRAY(arena, struct asl_loop, scope->count),
		.loop_at = ARENA_ARRAY(arena, int, scope->count),
	};
	for (size_t i = 0; i < scope->count; i++)
		flow->loop_at[i] = ASL_NONE;
	find_sources(&analysis);
	for (size_t i = 0; i < scope->count; i++)
		analysis.is_alive[i] = ends_well(&scope->states[i]);
	add_sources(&analysis, analysis.is_alive, ASL_NONE);
	find_loops(&analysis, scope->start);
	for (int i = 0; i < (int)scope->count; i++)
		if (analysis.visits[i] == UNSEEN)
			find_loops(&analysis, i);
	bool ok = true;
	for (size_t i = 0; i < flow->loop_count; i++) {
		add_sources(&analysis, flow->loops[i].body, flow->loops[i].header);
		ok = check_loop(&analysis, &flow->loops[i]) && ok;
	}
	if (!ok)
		return false;
	flow->end = (int)(scope->count + flow->loop_count);
	find_meetings(&analysis, (size_t)flow->end + 1);
	return true;
}
