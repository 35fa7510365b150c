/*
 * Plans of random workflows, with luck and without, of memory alone and of all that a plan may set, against simulating
 * every combination of a few sizes and of all the rest.
 */
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "experiment/replicate.h"
#include "plan/workflow_plan.h"
#include "random/stream.h"
#include "tests/tap.h"
#include "tests/unit/resolved.h"
#include "tests/unit/solvers.h"

static uint64_t below(struct stream *luck, uint64_t n)
{
	return stream_u64(luck) % n;
}

enum { FUNCTIONS = 4, SIZES = 4, STEP_MB = 512 };

enum { FEWER = T_TIMES(1, 4) };

/* Of so many plans, the mean of one is given to other solvers, which take longer than the plan. */
enum { CERTIFIED = 3 };

/* What a random workflow has. */
struct world {
	const char *name;
	bool has_luck; /* choices, spreads, items by distribution, new sandboxes; 4 records in several replications */
	bool has_layouts; /* kind, parallel and each map's concurrency are planned, too */
	bool is_budget;
	int graphs;
};

/* Nothing but rounding. */
static const double EQUAL = 1e-9;

static void write_steps(const struct world *world, struct stream *luck, int depth, int *next, struct buf *out)
{
	buf_add(out, "[");
	for (uint64_t i = below(luck, 2) + 1; i > 0; i--) {
		uint64_t kind = depth > 0 ? below(luck, world->has_luck ? 5 : 4) : 0;
		if (kind == 0) {
			/* Each function once, then any of them again. */
			int function = *next < FUNCTIONS ? (*next)++ : (int)below(luck, FUNCTIONS);
			buf_printf(out, "{task: f%d}", function);
		} else if (kind < 3) {
			buf_add(out, "{parallel: [");
			for (uint64_t k = below(luck, 2) + 2; k > 0; k--) {
				write_steps(world, luck, depth - 1, next, out);
				buf_add(out, k > 1 ? ", " : "]}");
			}
		} else if (kind == 3) {
			int items = 1 + (int)below(luck, 5);
			if (world->has_luck)
				buf_printf(out, "{map: {items: {probability: [0, 1], value: [1, %d]}, ", items);
			else
				buf_printf(out, "{map: {items: %d, ", items);
			buf_printf(out, "concurrency: %d, steps: ", 1 + (int)below(luck, 3));
			write_steps(world, luck, depth - 1, next, out);
			buf_add(out, "}}");
		} else {
			buf_add(out, "{choice: [{probability: 0.3, steps: ");
			write_steps(world, luck, depth - 1, next, out);
			buf_add(out, "}, {}]}");
		}
		buf_add(out, i > 1 ? ", " : "]");
	}
}

static void write_experiment(const struct world *world, struct stream *luck, struct buf *out)
{
	int next = 0;
	buf_printf(out,
		   "apiVersion: lamina/v1\nname: p\nplatform: aws-lambda-2023\n"
		   "platform_values:\n"
		   "%s  workflow: {hop_seconds: {probability: [0.5], value: [0.1]}, map_pace: {seconds: 0, "
		   "seconds_per_item: 0}}\n"
		   "workload: {images: %d}\npipeline: {%s}\n"
		   "plan: {memory: {from_mb: 512, to_mb: 2048, step_mb: 512}, keep: [%s]}\nfunctions:\n",
		   world->has_luck ? ""
				   : "  cpu: {speed_spread: 0}\n"
				     "  sandbox: {warm_start_seconds: {probability: [0.5], value: [0]}}\n",
		   world->has_luck || world->has_layouts ? 4 : 1,
		   world->has_luck ? "parallel: 2" : "parallel: 1, warm_sandboxes: 40",
		   world->has_layouts ? "architecture" : "kind, architecture, concurrency, parallel");
	for (int i = 0; i < FUNCTIONS; i++) {
		/* One after the other: the order of arguments is the compiler's. */
		double cpu_seconds = 0.1 + (double)below(luck, 2000) / 1000;
		double wait_seconds = (double)below(luck, 1000) / 1000;
		buf_printf(out,
			   "  f%d: {memory_mb: 512, work: {wait_seconds: %.3f, cpu_seconds: %.3f, variation: %s}}\n", i,
			   wait_seconds, cpu_seconds, world->has_luck ? "0.3" : "0");
	}
	buf_add(out, "workflow:\n  steps: ");
	write_steps(world, luck, 2, &next, out);
	buf_add(out, "\n");
}

/* Every combination of sizes and layouts, simulated by the planner's own trials. */
struct everything {
	double *seconds;
	double *usd;
	size_t count;
};

enum { COMBINATIONS = SIZES * SIZES * SIZES * SIZES, LAYOUTS_MOST = 48, REPLICATIONS_LUCK = 5 };

static void simulate_all(struct fixture *f, const struct plan_request *request, const struct world *world,
			 struct everything *all)
{
	struct knobs knobs;
	struct layout layout = {{0}};
	knobs_init(&knobs, request, &f->arena);
	all->count = 0;
	do {
		struct arena arena;
		arena_init(&arena);
		const struct setting *from = layout_resolve(request, &knobs, &layout, &arena);
		struct run_job *jobs = ARENA_ARRAY(&arena, struct run_job, COMBINATIONS);
		for (int code = 0; from && code < COMBINATIONS; code++) {
			struct setting *setting = setting_copy(from, &arena);
			int rest = code;
			for (int i = 0; i < FUNCTIONS; i++, rest /= SIZES)
				setting->functions[i].memory_mb = STEP_MB * (1 + rest % SIZES);
			jobs[code] = (struct run_job){
				.setting = setting,
				.seed = 1,
				.replications = {.min = request->replications, .max = request->replications}};
		}
		if (from)
			replicate(jobs, COMBINATIONS, request->run, &arena);
		for (int code = 0; from && code < COMBINATIONS; code++, all->count++) {
			bool fails = jobs[code].result.metrics[METRIC_FAILED_RECORDS].mean > 0;
			all->seconds[all->count] =
				fails ? HUGE_VAL : jobs[code].result.metrics[METRIC_MAKESPAN_SECONDS].mean;
			all->usd[all->count] = jobs[code].result.metrics[METRIC_COST_USD].mean;
		}
		arena_release(&arena);
	} while (world->has_layouts && layout_next(&knobs, &layout));
}

/* A bound between the least and the most; of what keeps it, the least of the other. */
static double place_bound(const double *bounded, const double *wanted, size_t count, double share, double *best)
{
	double low = HUGE_VAL;
	double high = 0;
	for (size_t k = 0; k < count; k++) {
		low = fmin(low, bounded[k]);
		high = bounded[k] < HUGE_VAL ? fmax(high, bounded[k]) : high;
	}
	double bound = low + share * (high - low);
	*best = HUGE_VAL;
	for (size_t k = 0; k < count; k++)
		*best = bounded[k] <= bound ? fmin(*best, wanted[k]) : *best;
	return bound;
}

struct tally {
	int kept;
	int equal;
	int optimal; /* are said to be */
	int wrong;   /* ... though they are not */
	double worst;
	double sum;
	int certificates; /* written, ... */
	int confirmed;    /* ... and found to be so, by every solver that is there */
};

/* What the plan says of the mean, as an instance that others solve. */
static void confirm(const struct workflow_plan *plan, struct tally *tally)
{
	struct buf text;
	bool is_confirmed = plan->least.is_proven;
	buf_init(&text);
	sp_write_lp(&plan->graph, plan->mean_seconds, &text);
	for (size_t i = 0; i < ARRAY_LEN(solvers); i++) {
		if (!solver_is_there(&solvers[i]))
			continue;
		double usd = solver_ask(&solvers[i], &text) / 1e6;
		is_confirmed = is_confirmed && fabs(usd - plan->least.usd) <= 1e-6 * usd;
		if (!(fabs(usd - plan->least.usd) <= 1e-6 * usd))
			printf("# %.12g, %s %.12g\n", plan->least.usd, solvers[i].name, usd);
	}
	tally->certificates++;
	tally->confirmed += is_confirmed;
	buf_release(&text);
}

static void plan_one(const struct world *world, uint32_t number, struct tally *tally)
{
	static double seconds[COMBINATIONS * LAYOUTS_MOST];
	static double usd[COMBINATIONS * LAYOUTS_MOST];
	struct everything all = {seconds, usd, 0};
	struct fixture f;
	struct stream luck;
	struct buf text;
	buf_init(&text);
	stream_init(&luck, 3, number, stream_id_from_name("graphs"), 0);
	write_experiment(world, &luck, &text);
	if (!setup(&f, buf_text(&text)))
		t_ok(false, "graph %u is read", number);
	struct run_control control = {.jobs = 2};
	struct plan_request request = {
		.experiment = &f.experiment,
		.setting = &f.setting,
		.library = &f.library,
		.strategy = world->is_budget ? STRATEGY_SPEED : STRATEGY_COST,
		.seconds_metric = "makespan_seconds",
		.seed = 1,
		.replications = world->has_luck ? REPLICATIONS_LUCK : 1,
		.run = &control,
	};
	struct workflow_plan plan;
	struct knobs knobs;
	double best;
	knobs_init(&knobs, &request, &f.arena);
	if (knobs_product(&knobs, LAYOUTS_MOST + 1) > LAYOUTS_MOST) {
		buf_release(&text);
		release(&f);
		plan_one(world, number + 1000, tally);
		return;
	}
	simulate_all(&f, &request, world, &all);
	double share = 0.05 + 0.9 * stream_uniform(&luck);
	if (world->is_budget)
		request.usd_max = place_bound(usd, seconds, all.count, share, &best);
	else
		request.seconds_max = place_bound(seconds, usd, all.count, share, &best);
	enum plan_end end = workflow_plan_run(&request, &f.arena, &f.diag, &plan);
	double found = world->is_budget ? plan.best.seconds : plan.best.usd;
	double over = end == PLAN_FOUND ? found / best - 1 : HUGE_VAL;
	tally->kept += end == PLAN_FOUND &&
		       (world->is_budget ? plan.best.usd <= request.usd_max : plan.best.seconds <= request.seconds_max);
	tally->equal += over <= EQUAL;
	tally->worst = fmax(tally->worst, over);
	tally->sum += over;
	tally->optimal += plan.is_exhausted;
	tally->wrong += plan.is_exhausted && over > EQUAL;
	if (over > EQUAL)
		printf("# %s, graph %u: %.3f %% over, bound %g, %s\n", world->name, number, 100 * over,
		       world->is_budget ? request.usd_max : request.seconds_max,
		       plan.is_exhausted ? "said optimal" : "");
	if (end == PLAN_FOUND && number % CERTIFIED == 0)
		confirm(&plan, tally);
	buf_release(&text);
	release(&f);
}

static void test_world(const struct world *world)
{
	int graphs = (world->graphs + FEWER - 1) / FEWER;
	struct tally tally = {0};
	for (uint32_t i = 0; i < (uint32_t)graphs; i++)
		plan_one(world, i, &tally);
	printf("# %s: %d of %d as simulating everything finds, %.3f %% over in the mean, %.2f %% at most; %d said "
	       "optimal, %d of them wrongly\n",
	       world->name, tally.equal, graphs, 100 * tally.sum / graphs, 100 * tally.worst, tally.optimal,
	       tally.wrong);
	t_ok(tally.kept == graphs, "%s: every plan keeps its bound (%d of %d)", world->name, tally.kept, graphs);
	t_ok(tally.equal == graphs, "%s: and is as good as any (%d of %d)", world->name, tally.equal, graphs);
	t_ok(tally.wrong == 0, "%s: what is said to be optimal is", world->name);
	t_ok(tally.confirmed == tally.certificates, "%s: others confirm the mean (%d of %d)", world->name,
	     tally.confirmed, tally.certificates);
	t_ok(tally.optimal == graphs, "%s: all are said to be optimal", world->name);
}

int main(void)
{
	static const struct world worlds[] = {
		{"without luck", false, false, false, 20}, {"without luck, in a budget", false, false, true, 20},
		{"with luck", true, false, false, 12},     {"with luck, in a budget", true, false, true, 12},
		{"layouts", false, true, false, 6},        {"layouts with luck", true, true, false, 3},
	};
	for (size_t i = 0; i < ARRAY_LEN(worlds); i++)
		test_world(&worlds[i]);
	return t_done();
}
