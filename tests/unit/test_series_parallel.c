/*
 * The planner's search over series-parallel graphs: equal to trying everything on random ones, fast on large ones, and
 * confirmed by independent solvers where they are installed.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/num.h"
#include "plan/series_parallel.h"
#include "random/stream.h"
#include "tests/tap.h"
#include "tests/unit/solvers.h"

enum { NODES_MAX = 400, FUNCTIONS_MAX = 24 };

struct random_graph {
	struct sp_graph graph;
	struct sp_node nodes[NODES_MAX];
	struct sp_options functions[FUNCTIONS_MAX];
	struct arena *arena;
	struct stream luck;
	size_t tasks_left;
	bool may_share;
};

static double uniform(struct random_graph *r, double low, double high)
{
	return low + (high - low) * stream_uniform(&r->luck);
}

static int32_t new_node(struct random_graph *r, enum sp_kind kind)
{
	size_t at = r->graph.node_count++;
	bool is_scaled = stream_uniform(&r->luck) < 0.3;
	r->nodes[at] = (struct sp_node){
		.kind = kind,
		.fixed_seconds = stream_uniform(&r->luck) < 0.5 ? uniform(r, 0, 0.3) : 0,
		.weight = is_scaled ? uniform(r, 0.2, 3) : 1,
		.first_child = -1,
		.next = -1,
		.visits = uniform(r, 0.5, 5),
	};
	return (int32_t)at;
}

static int32_t random_node(struct random_graph *r, int depth)
{
	if (depth == 0 || r->tasks_left <= 1 || stream_uniform(&r->luck) < 0.2) {
		int32_t at = new_node(r, SP_TASK);
		bool shares = r->may_share && r->graph.function_count > 1 && stream_uniform(&r->luck) < 0.25;
		r->nodes[at].function =
			shares ? stream_u64(&r->luck) % r->graph.function_count : r->graph.function_count++;
		r->tasks_left -= r->tasks_left > 0 && !shares;
		return at;
	}
	int32_t at = new_node(r, stream_uniform(&r->luck) < 0.5 ? SP_SERIES : SP_PARALLEL);
	int32_t *link = &r->nodes[at].first_child;
	for (uint64_t children = 2 + stream_u64(&r->luck) % 3; children > 0 && r->tasks_left > 0; children--) {
		*link = random_node(r, depth - 1);
		link = &r->nodes[*link].next;
	}
	if (r->nodes[at].first_child < 0)
		r->nodes[at].kind = SP_TASK;
	return at;
}

/* CPU work that runs in proportion to memory up to one vCPU, billed by the millisecond. */
static void make_options(struct random_graph *r, size_t function, int64_t step_mb)
{
	size_t most = (size_t)(3008 / step_mb);
	struct sp_options *out = &r->functions[function];
	out->seconds = ARENA_ARRAY(r->arena, double, most);
	out->usd = ARENA_ARRAY(r->arena, double, most);
	size_t *order = ARENA_ARRAY(r->arena, size_t, most);
	double cpu = uniform(r, 0.05, 3);
	double wait = stream_uniform(&r->luck) < 0.7 ? uniform(r, 0, 1) : 0;
	double threads = 1 + (double)(stream_u64(&r->luck) % 2);
	size_t count = 0;
	for (int64_t mb = 128; mb <= 3008 && count < most; mb += step_mb, count++) {
		double vcpus = fmin(threads, (double)mb / 1769);
		out->seconds[count] = wait + cpu / vcpus;
		out->usd[count] = ceil(out->seconds[count] * 1000) / 1000 * (double)mb / 1024 * 1.66667e-5 + 2e-7;
	}
	out->count = sp_options_sort(out->seconds, out->usd, order, count);
}

static void make(struct random_graph *r, uint32_t number, size_t tasks, int64_t step_mb, bool may_share,
		 struct arena *arena)
{
	memset(r, 0, sizeof *r);
	r->arena = arena;
	r->tasks_left = tasks;
	r->may_share = may_share;
	stream_init(&r->luck, 5, number, stream_id_from_name("graphs"), 0);
	r->graph.nodes = r->nodes;
	r->graph.functions = r->functions;
	do {
		r->graph.node_count = r->graph.function_count = 0;
		r->tasks_left = tasks;
		r->graph.root = random_node(r, 5);
	} while (r->graph.function_count < (tasks + 1) / 2);
	for (size_t f = 0; f < r->graph.function_count; f++)
		make_options(r, f, step_mb);
}

/* A deadline between the fastest and the cheapest. */
static double deadline_of(struct random_graph *r)
{
	size_t fastest[FUNCTIONS_MAX] = {0};
	size_t cheapest[FUNCTIONS_MAX];
	for (size_t f = 0; f < r->graph.function_count; f++)
		cheapest[f] = r->functions[f].count - 1;
	double low = sp_seconds(&r->graph, fastest);
	return low + uniform(r, 0.01, 0.9) * (sp_seconds(&r->graph, cheapest) - low);
}

static double brute_force(const struct sp_graph *graph, double deadline)
{
	size_t options[FUNCTIONS_MAX] = {0};
	double best = HUGE_VAL;
	size_t f;
	do {
		if (sp_seconds(graph, options) <= deadline)
			best = fmin(best, sp_usd(graph, options));
		for (f = 0; f < graph->function_count && ++options[f] == graph->functions[f].count; f++)
			options[f] = 0;
	} while (f < graph->function_count);
	return best;
}

static void test_exhaustive(bool may_share)
{
	int equal = 0;
	int many = 0;
	enum { GRAPHS = 400 };
	for (uint32_t i = 0; i < GRAPHS; i++) {
		struct arena arena;
		struct random_graph r;
		struct sp_answer answer;
		arena_init(&arena);
		make(&r, i, 5, 400, may_share, &arena);
		double deadline = deadline_of(&r);
		sp_solve(&r.graph, deadline, &arena, &answer);
		double best = brute_force(&r.graph, deadline);
		bool is_equal = answer.is_feasible && answer.is_proven && fabs(answer.usd - best) <= 1e-12 * best &&
				sp_seconds(&r.graph, answer.options) <= deadline &&
				answer.bound_usd <= best * (1 + 1e-12);
		if (!is_equal)
			printf("# graph %u: %.12g, not %.12g\n", i, answer.usd, best);
		equal += is_equal;
		many += r.graph.function_count < r.graph.node_count;
		arena_release(&arena);
	}
	t_int(equal, GRAPHS,
	      may_share ? "all as if everything were tried, functions of several tasks too"
			: "all as if everything were tried");
	t_ok(many > GRAPHS / 2, "most of them have blocks");
}

static void test_infeasible(void)
{
	struct arena arena;
	struct random_graph r;
	struct sp_answer answer;
	size_t fastest[FUNCTIONS_MAX] = {0};
	arena_init(&arena);
	make(&r, 1, 8, 64, false, &arena);
	double least = sp_seconds(&r.graph, fastest);
	sp_solve(&r.graph, least * 0.999, &arena, &answer);
	t_ok(!answer.is_feasible, "no plan is faster than the fastest");
	sp_solve(&r.graph, least, &arena, &answer);
	t_ok(answer.is_feasible && answer.is_proven, "which is one");
	sp_solve(&r.graph, 1e9, &arena, &answer);
	size_t cheapest[FUNCTIONS_MAX];
	for (size_t f = 0; f < r.graph.function_count; f++)
		cheapest[f] = r.functions[f].count - 1;
	t_near(answer.usd, sp_usd(&r.graph, cheapest), 1e-12, 0, "without a deadline the cheapest is best");
	arena_release(&arena);
}

/* Twenty tasks, sizes in steps of 1 MB. The bound is that of a slow machine under sanitizers. */
static void test_large(void)
{
	double worst = 0;
	int proven = 0;
	enum { GRAPHS = 10 };
	for (uint32_t i = 0; i < GRAPHS; i++) {
		struct arena arena;
		struct random_graph r;
		struct sp_answer answer;
		arena_init(&arena);
		make(&r, 1000 + i, 20, 1, false, &arena);
		double deadline = deadline_of(&r);
		clock_t begin = clock();
		sp_solve(&r.graph, deadline, &arena, &answer);
		double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
		worst = fmax(worst, seconds);
		proven += answer.is_feasible && answer.is_proven;
		arena_release(&arena);
	}
	printf("# 20 tasks at 1 MB: %.2f s of CPU at most\n", worst);
	t_int(proven, GRAPHS, "twenty tasks are proven");
	t_ok(worst < 20, "in no long time");
}

static void test_independent(const struct solver *solver)
{
	if (!solver_is_there(solver)) {
		t_ok(true, "# SKIP %s is not installed", solver->name);
		return;
	}
	int equal = 0;
	enum { GRAPHS = 100 };
	for (uint32_t i = 0; i < GRAPHS; i++) {
		struct arena arena;
		struct random_graph r;
		struct sp_answer answer;
		struct buf text;
		arena_init(&arena);
		buf_init(&text);
		make(&r, 5000 + i, 3 + i % 6, 256, i % 2, &arena);
		double deadline = deadline_of(&r);
		sp_solve(&r.graph, deadline, &arena, &answer);
		sp_write_lp(&r.graph, deadline, &text);
		double proven = solver_ask(solver, &text) / 1e6;
		bool is_equal = answer.is_proven && fabs(proven - answer.usd) <= 1e-6 * answer.usd;
		if (!is_equal)
			printf("# graph %u: %.12g, %s %.12g\n", i, answer.usd, solver->name, proven);
		equal += is_equal;
		buf_release(&text);
		arena_release(&arena);
	}
	t_ok(equal == GRAPHS, "%s proves the same costs (%d of %d)", solver->name, equal, GRAPHS);
}

int main(void)
{
	test_exhaustive(false);
	test_exhaustive(true);
	test_infeasible();
	test_large();
	for (size_t i = 0; i < ARRAY_LEN(solvers); i++)
		test_independent(&solvers[i]);
	return t_done();
}
