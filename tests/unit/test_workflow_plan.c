/*
 * Plans of random workflows on a platform without luck, against simulating every combination of a few sizes: nothing
 * that was simulated keeps the deadline for less.
 */
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "plan/workflow_plan.h"
#include "random/stream.h"
#include "serving/simulate.h"
#include "tests/tap.h"
#include "tests/unit/resolved.h"

static uint64_t below(struct stream *luck, uint64_t n)
{
	return stream_u64(luck) % n;
}

enum { FUNCTIONS = 4, SIZES = 4, STEP_MB = 512 };

static void write_steps(struct stream *luck, int depth, int *next, struct buf *out)
{
	buf_add(out, "[");
	for (uint64_t i = below(luck, 2) + 1; i > 0; i--) {
		uint64_t kind = depth > 0 ? below(luck, 4) : 0;
		if (kind == 0) {
			/* Each function once, then any of them again. */
			int function = *next < FUNCTIONS ? (*next)++ : (int)below(luck, FUNCTIONS);
			buf_printf(out, "{task: f%d}", function);
		} else if (kind < 3) {
			buf_add(out, "{parallel: [");
			for (uint64_t k = below(luck, 2) + 2; k > 0; k--) {
				write_steps(luck, depth - 1, next, out);
				buf_add(out, k > 1 ? ", " : "]}");
			}
		} else {
			buf_printf(out, "{map: {items: %d, concurrency: %d, steps: ", 1 + (int)below(luck, 5),
				   1 + (int)below(luck, 3));
			write_steps(luck, depth - 1, next, out);
			buf_add(out, "}}");
		}
		buf_add(out, i > 1 ? ", " : "]");
	}
}

static void write_experiment(struct stream *luck, struct buf *out)
{
	int next = 0;
	buf_add(out, "apiVersion: lamina/v1\nname: p\nplatform: aws-lambda-2023\n"
		     "platform_values:\n"
		     "  cpu: {speed_spread: 0}\n"
		     "  sandbox: {warm_start_seconds: {probability: [0.5], value: [0]}}\n"
		     "  workflow: {hop_seconds: {probability: [0.5], value: [0.1]}, map_pace: {seconds: 0, "
		     "seconds_per_item: 0}}\n"
		     "workload: {images: 1}\npipeline: {warm_sandboxes: 40}\n"
		     "plan: {memory: {from_mb: 512, to_mb: 2048, step_mb: 512}}\nfunctions:\n");
	for (int i = 0; i < FUNCTIONS; i++)
		buf_printf(out, "  f%d: {memory_mb: 512, work: {wait_seconds: %.3f, cpu_seconds: %.3f}}\n", i,
			   (double)below(luck, 1000) / 1000, 0.1 + (double)below(luck, 2000) / 1000);
	buf_add(out, "workflow:\n  steps: ");
	write_steps(luck, 2, &next, out);
	buf_add(out, "\n");
}

/* Every combination of sizes, simulated. */
static void simulate_all(struct fixture *f, double *seconds, double *usd)
{
	struct simulate_options options = {.seed = 1};
	for (int code = 0; code < SIZES * SIZES * SIZES * SIZES; code++) {
		struct arena arena;
		struct outcome outcome;
		int rest = code;
		for (int i = 0; i < FUNCTIONS; i++, rest /= SIZES)
			f->setting.functions[i].memory_mb = STEP_MB * (1 + rest % SIZES);
		arena_init(&arena);
		simulate(&f->setting, &options, &arena, &outcome);
		seconds[code] = (double)outcome.makespan_ns / 1e9;
		usd[code] = outcome.bill.total_usd;
		arena_release(&arena);
	}
}

enum { GRAPHS = 60 };

static void test_exhaustive(void)
{
	static double seconds[SIZES * SIZES * SIZES * SIZES];
	static double usd[SIZES * SIZES * SIZES * SIZES];
	int kept = 0;
	int equal = 0;
	double worst = 0;
	for (uint32_t i = 0; i < GRAPHS; i++) {
		struct fixture f;
		struct stream luck;
		struct buf text;
		buf_init(&text);
		stream_init(&luck, 3, i, stream_id_from_name("graphs"), 0);
		write_experiment(&luck, &text);
		if (!setup(&f, buf_text(&text)))
			t_ok(false, "graph %u is read", i);
		simulate_all(&f, seconds, usd);
		double low = HUGE_VAL;
		double high = 0;
		for (size_t k = 0; k < ARRAY_LEN(seconds); k++) {
			low = fmin(low, seconds[k]);
			high = fmax(high, seconds[k]);
		}
		double deadline = low + (0.05 + 0.9 * stream_uniform(&luck)) * (high - low);
		double best = HUGE_VAL;
		for (size_t k = 0; k < ARRAY_LEN(seconds); k++)
			best = seconds[k] <= deadline ? fmin(best, usd[k]) : best;
		struct run_control control = {.jobs = 1};
		struct plan_request request = {
			.experiment = &f.experiment,
			.setting = &f.setting,
			.library = &f.library,
			.strategy = STRATEGY_COST,
			.seconds_max = deadline,
			.seconds_metric = "makespan_seconds",
			.seed = 1,
			.replications = 1,
			.run = &control,
		};
		struct workflow_plan plan;
		enum plan_end end = workflow_plan_run(&request, &f.arena, &f.diag, &plan);
		kept += end == PLAN_FOUND && plan.best.seconds <= deadline;
		double over = end == PLAN_FOUND ? plan.best.usd / best - 1 : HUGE_VAL;
		equal += over < 1e-9;
		worst = fmax(worst, over);
		if (over >= 0.005)
			printf("# graph %u: %.3f %% over, deadline %g\n", i, 100 * over, deadline);
		buf_release(&text);
		release(&f);
	}
	t_int(kept, GRAPHS, "every plan keeps its deadline");
	t_ok(equal >= GRAPHS * 9 / 10, "%d of %d are what simulating everything finds", equal, GRAPHS);
	t_ok(worst < 0.01, "and no other costs 1 %% more: %.3f %%", 100 * worst);
}

int main(void)
{
	test_exhaustive();
	return t_done();
}
