/* The scan of sizes and requests at once, beside every point of a small grid simulated in full. */
#include "plan/shared_plan.h"

#include "tests/tap.h"
#include "tests/unit/toy_plan.h"

enum { SIZES = 5, REQUESTS = 4 };

static int64_t sizes_mb[SIZES] = {500, 1000, 2000, 4000, 8000};
static const int64_t requests[REQUESTS] = {1, 2, 4, 8};

/* Instances of unlike speeds that are paid for while they have requests, half a vCPU or more. */
static void world(struct toy *toy, double rate, const struct toy_work *work, double shared_mb)
{
	toy_init(toy);
	toy->platform.memory.sizes_mb.values = sizes_mb;
	toy->platform.memory.sizes_mb.count = SIZES;
	toy->platform.memory.min_mb = 500;
	toy->platform.memory.max_mb = 8000;
	toy->platform.cpu.visible_up_to_mb.values[0] = 8000;
	toy->platform.cpu.visible_vcpus.values[0] = 8;
	toy->platform.cpu.speed_spread = 0.2;
	toy->platform.sandbox.requests_max = 8;
	toy->platform.sandbox.requests_default = 8;
	toy->platform.sandbox.shared_from_vcpus = 1;
	toy->platform.sandbox.target_share = 0.6;
	toy->platform.sandbox.target_window_seconds = 60;
	toy->platform.store.get_seconds = toy_constant(&toy->arena, 0.4);
	toy->platform.limits.concurrency = 100;
	toy->platform.limits.burst = 100;
	toy->platform.price.billed_by = BILLED_BY_ACTIVITY;
	toy->platform.price.usd_per_gb_second = 0.0000025;
	toy->platform.price.usd_per_vcpu_second = 0.000024;
	toy->setting.arrivals = (struct arrival_process){
		.kind = ARRIVALS_POISSON, .rate_per_second = rate, .duration_ns = ns_from_seconds(30)};
	toy->setting.images = 0;
	toy->setting.records = 1000000;
	toy->setting.parallel = INT64_MAX;
	toy_function(toy, "f", 1000, work)->work.shared_memory_mb = shared_mb;
}

static struct trial_control control_of(struct arena *arena)
{
	struct trial_control control = toy_control(NULL, arena);
	control.seconds_metric = METRIC_RECORD_P95_SECONDS;
	control.replications = 4;
	control.failing_share = 0.05;
	return control;
}

/* The least cost of the grid within the bound; HUGE_VAL where nothing keeps it. */
static double least_usd(struct toy *toy, double rate, double seconds_max, const struct trial_control *control)
{
	const struct setting_function *function = &toy->functions[0];
	double least = HUGE_VAL;
	for (int i = 0; i < SIZES * REQUESTS; i++) {
		struct trial trial = {.setting = setting_copy(&toy->setting, control->arena)};
		double memory_mb = (double)sizes_mb[i / REQUESTS];
		int64_t at_once = requests[i % REQUESTS];
		double own_mb = function->work.peak_memory_mb - function->work.shared_memory_mb;
		if (function->work.shared_memory_mb + own_mb * (double)at_once > memory_mb ||
		    (at_once > 1 && memory_mb < 1000))
			continue;
		trial.setting->functions[0].memory_mb = (int64_t)memory_mb;
		trial.setting->functions[0].sandbox.requests_max = at_once;
		trial.setting->warm_sandboxes = slice_instances(trial.setting, rate);
		t_ok(trial_run(&trial, 1, control), "%g MB for %lld", memory_mb, (long long)at_once);
		if (trial_works(&trial) && trial.seconds_at <= seconds_max)
			least = fmin(least, trial.usd);
	}
	return least;
}

static void finds_the_best_of_the_grid(void)
{
	static const struct {
		double rate;
		double cpu_seconds;
		double memory_mb;
		double shared_mb;
		double input_mb; /* 0.4 s of waiting, where there is any */
		double seconds_max;
	} rows[] = {
		{20, 0.42, 900, 700, 0, 1},    {20, 0.2, 900, 700, 0.1, 1},  {2, 0.1, 300, 100, 0, 2},
		{40, 0.1, 300, 100, 0.1, 0.6}, {10, 0.3, 2500, 100, 0.1, 1}, {60, 0.05, 400, 300, 0.1, 0.8},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct toy toy;
		world(&toy, rows[i].rate,
		      &(struct toy_work){.cpu_seconds = rows[i].cpu_seconds,
					 .memory_mb = rows[i].memory_mb,
					 .download_mb = rows[i].input_mb},
		      rows[i].shared_mb);
		struct trial_control control = control_of(&toy.arena);
		struct search_goal goal = search_cheapest();
		struct shared_plan plan;
		goal.seconds_max = rows[i].seconds_max;
		t_ok(shared_plan_find(&toy.setting, rows[i].rate, &goal, &control, 0, &plan), "a plan");
		double least = least_usd(&toy, rows[i].rate, rows[i].seconds_max, &control);
		t_ok(plan.is_allowed && plan.best.usd <= 1.006 * least,
		     "%zu: %lld MB for %lld cost %.6g, the grid's least is %.6g", i,
		     (long long)plan.best.setting->functions[0].memory_mb,
		     (long long)plan.best.setting->functions[0].sandbox.requests_max, plan.best.usd, least);
		toy_release(&toy);
	}
}

/* A load that no setting carries is given up, not followed until the last is served. */
static void gives_up_on_a_crowd(void)
{
	struct toy toy;
	world(&toy, 1000, &(struct toy_work){.cpu_seconds = 10, .memory_mb = 300}, 100);
	toy.platform.limits.concurrency = 100000;
	struct trial_control control = control_of(&toy.arena);
	struct trial trial = {.setting = setting_copy(&toy.setting, &toy.arena)};
	slice_bound_crowd(trial.setting);
	t_int(trial.setting->in_flight_max, 100 + 1000 * (60 + 4 * 10), "as many as come within its patience");
	t_int(trial.setting->horizon_ns, ns_from_seconds(30 + 60 + 4 * 10), "no longer than that after the last");
	toy.platform.limits.concurrency = 2;
	trial.setting->arrivals.rate_per_second = 20;
	slice_bound_crowd(trial.setting);
	t_int(trial.setting->in_flight_max, 100 + 2 * 2, "twice what two could have under way, where two are too few");
	t_ok(trial_run(&trial, 1, &control) && trial.is_stopped, "it is stopped");
	struct search_goal goal = search_cheapest();
	struct shared_plan plan;
	goal.seconds_max = 20;
	t_ok(shared_plan_find(trial.setting, 20, &goal, &control, 0, &plan) && !plan.is_allowed, "no plan keeps it");
	toy_release(&toy);
}

int main(void)
{
	finds_the_best_of_the_grid();
	gives_up_on_a_crowd();
	return t_done();
}
