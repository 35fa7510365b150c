/*
 * Provisioned sandboxes against what queueing theory says of them: with Poisson requests and a sandbox for each, the
 * number that is busy is Poisson distributed (M/G/infinity), the k-th provisioned one is busy for P(N >= k) of the
 * time, and it pays for itself where that exceeds its standing price over what its calls save.
 */
#include "plan/provision.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

static const struct run_control one_thread = {.jobs = 1};
static const struct plan_memory only_1000 = {.from_mb = 1000, .to_mb = 1000, .step_mb = 100};

/* Requests over time at a function of one second, at a vCPU. */
static void init(struct toy *toy, double rate_per_second, int64_t requests)
{
	toy_init(toy);
	toy->platform.price.granularity_seconds = 0.001;
	toy->platform.price.usd_per_provisioned_gb_second = 0.0000041667;
	toy->platform.price.usd_per_provisioned_gb_second_busy = 0.0000097222;
	toy_function(toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1, .memory_mb = 100});
	toy_records(toy, requests);
	toy->setting.parallel = INT64_MAX;
	toy->setting.arrivals = (struct arrival_process){
		.kind = ARRIVALS_POISSON, .rate_per_second = rate_per_second, .requests = requests};
}

static struct trial_control control_of(struct space *space, struct arena *arena)
{
	return (struct trial_control){
		.space = space,
		.seconds_metric = METRIC_RECORD_P95_SECONDS,
		.seed = 3,
		.replications = 4,
		.share = 0.95,
		.run = &one_thread,
		.arena = arena,
	};
}

static struct provision choose(struct toy *toy, double seconds_max, struct planner_answer *answer)
{
	struct space *space = ARENA_NEW(&toy->arena, struct space);
	struct planner *planner = ARENA_NEW(&toy->arena, struct planner);
	struct provision provision;
	space_init_of_setting(space, &toy->setting, &only_1000, 0, &toy->arena);
	struct trial_control control = control_of(space, &toy->arena);
	struct search_goal goal = search_cheapest();
	goal.seconds_max = seconds_max;
	planner_init(planner, &control, &goal);
	planner_find(planner, answer);
	t_ok(provision_choose(planner, answer, &provision), "nothing interrupts");
	return provision;
}

/* The largest k with P(N >= k) > share, for N Poisson distributed. */
static int64_t pays_up_to(double mean, double share)
{
	double point = exp(-mean);
	double below = 0;
	int64_t k = 0;
	while (1 - below > share) {
		below += point;
		point *= mean / (double)++k;
	}
	return k - 1;
}

static void test_steady(void)
{
	struct toy toy;
	struct planner_answer answer;
	init(&toy, 10, 30000);
	struct provision provision = choose(&toy, HUGE_VAL, &answer);
	t_int(answer.end, PLANNER_FOUND, "there is a plan");
	/* 3,000 s and a little are paid for as 3,000 or as 3,300. */
	double share = 1.05 * 4.1667 / (16.6667 - 9.7222);
	int64_t number = provision_total(answer.best.setting);
	t_ok(llabs(number - pays_up_to(10 * 1.01, share)) <= 1, "%lld pay for themselves, by theory %lld",
	     (long long)number, (long long)pays_up_to(10 * 1.01, share));
	t_ok(answer.best.usd < provision.none.usd, "they save %.1f %%",
	     100 * (1 - answer.best.usd / provision.none.usd));
	t_ok(provision.tried >= 6, "of %zu tries", provision.tried);
	toy_release(&toy);
}

static void test_bound(void)
{
	struct toy toy;
	struct planner_answer answer;
	init(&toy, 0.02, 300);
	toy.platform.sandbox.keep_alive_seconds = toy_constant(&toy.arena, 1);
	struct provision provision = choose(&toy, 1.2, &answer);
	t_int(answer.end, PLANNER_FOUND, "a bound that every cold start breaks");
	t_ok(provision.none.setting == NULL, "is not kept without");
	t_int(provision_total(answer.best.setting), 1, "and is kept by one");
	t_ok(answer.best.seconds_at < 1.2, "%g s", answer.best.seconds_at);
	toy_release(&toy);
}

static void test_none(void)
{
	struct toy toy;
	struct planner_answer answer;
	init(&toy, 0.02, 300);
	struct provision provision = choose(&toy, HUGE_VAL, &answer);
	t_int(provision_total(answer.best.setting), 0, "one that is busy for a fiftieth of the time does not pay");
	t_ok(provision.rival.setting && provision.rival.usd > answer.best.usd, "as its trial says");
	toy_release(&toy);

	init(&toy, 10, 3000);
	toy.platform.price.usd_per_provisioned_gb_second = 0;
	provision = choose(&toy, HUGE_VAL, &answer);
	t_ok(!provision.is_offered && provision_total(answer.best.setting) == 0, "what is not sold is not offered");
	toy_release(&toy);
}

/* Two requests a second at one place, which serves one: fifty are under way after less than a minute. */
static void test_overload(void)
{
	struct toy toy;
	struct planner_answer answer;
	init(&toy, 2, 3000);
	toy.setting.parallel = 1;
	toy.setting.in_flight_max = 50;
	struct space *space = ARENA_NEW(&toy.arena, struct space);
	space_init_of_setting(space, &toy.setting, &only_1000, 0, &toy.arena);
	struct trial_control control = control_of(space, &toy.arena);
	struct search_goal goal = search_cheapest();
	struct planner *planner = ARENA_NEW(&toy.arena, struct planner);
	planner_init(planner, &control, &goal);
	planner_find(planner, &answer);
	t_int(answer.end, PLANNER_INFEASIBLE, "what cannot be served is no plan, though part of it was cheap");
	const struct trial *trial = &planner->trials[0];
	t_ok(trial->is_stopped && !trial_works(trial) && trial->failed == 0, "the bound stopped it, no record failed");
	t_near(trial->seconds, 50, 0.05, 0, "those under way would take 1 s each");
	t_ok(trial->seconds_at >= trial->seconds, "which is its latency, not that of the first few");
	toy_release(&toy);
}

/* A cold start of 7 s or a restore of 1 s, where 3 s are allowed: snapshots do for less than a provisioned sandbox. */
static void test_snapshot(bool goes_together)
{
	struct toy toy;
	struct planner_answer answer;
	struct provision provision;
	init(&toy, 0.02, 300);
	toy.platform.sandbox.keep_alive_seconds = toy_constant(&toy.arena, 1);
	toy.platform.sandbox.restore_seconds = toy_constant(&toy.arena, 0.5);
	toy.platform.price.usd_per_cached_gb_second = 0.0000015;
	toy.platform.limits.snapshot_provisioned = goes_together;
	toy.functions[0].sandbox.init_cpu_ns = 6 * NS_PER_SECOND;
	struct setting restored = toy.setting;
	struct setting_function function = toy.functions[0];
	function.sandbox.has_snapshot = true;
	restored.functions = &function;
	struct space *space = ARENA_NEW(&toy.arena, struct space);
	struct planner *planner = ARENA_NEW(&toy.arena, struct planner);
	space_init_of_setting(space, &toy.setting, &only_1000, 0, &toy.arena);
	space_add_setting(space, &restored);
	struct trial_control control = control_of(space, &toy.arena);
	struct search_goal goal = search_cheapest();
	goal.seconds_max = 3;
	planner_init(planner, &control, &goal);
	planner_find(planner, &answer);
	t_ok(provision_choose(planner, &answer, &provision), "nothing interrupts");
	t_ok(answer.end == PLANNER_FOUND && answer.best.setting->functions[0].sandbox.has_snapshot &&
		     provision_total(answer.best.setting) == 0,
	     "the cheaper of the two is chosen");
	t_ok(provision.rival.setting && provision.rival.usd > answer.best.usd, "the other was tried");
	t_int(provision.rival.setting && provision.rival.setting->functions[0].sandbox.has_snapshot, goes_together,
	      "both at once only where that is sold");
	t_ok(space->sizes[0].is_feasible && space->sizes[1].is_feasible, "both stay candidates");
	toy_release(&toy);
}

int main(void)
{
	test_snapshot(false);
	test_snapshot(true);
	test_steady();
	test_bound();
	test_none();
	test_overload();
	return t_done();
}
