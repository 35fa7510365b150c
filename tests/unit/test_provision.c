/*
 * Provisioned sandboxes against what queueing theory says of them: with Poisson requests and a sandbox for each, the
 * number that is busy is Poisson distributed (M/G/infinity), the k-th provisioned one is busy for P(N >= k) of the
 * time, and it pays for itself where that exceeds its standing price over what its calls save.
 */
#include "plan/provision.h"
#include "tests/tap.h"
#include "tests/unit/toy_plan.h"

static struct trial_control control_of(const struct space *space, struct arena *arena)
{
	struct trial_control control = toy_control(space, arena);
	control.seconds_metric = METRIC_RECORD_P95_SECONDS;
	control.seed = 3;
	control.replications = 4;
	return control;
}

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

static struct provision choose(struct toy *toy, double seconds_max, struct planner_answer *answer)
{
	struct space *space = ARENA_NEW(&toy->arena, struct space);
	struct provision provision;
	space_init_of_setting(space, &toy->setting, &toy_only_1000, 0, &toy->arena);
	struct trial_control control = control_of(space, &toy->arena);
	struct search_goal goal = search_cheapest();
	goal.seconds_max = seconds_max;
	const struct planner planner = planner_of(&control, &goal);
	planner_find(&planner, answer);
	t_ok(provision_choose(answer, &provision), "nothing interrupts");
	*answer = provision.answer;
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
	space_init_of_setting(space, &toy.setting, &toy_only_1000, 0, &toy.arena);
	struct trial_control control = control_of(space, &toy.arena);
	struct search_goal goal = search_cheapest();
	const struct planner planner = planner_of(&control, &goal);
	planner_find(&planner, &answer);
	t_int(answer.end, PLANNER_INFEASIBLE, "what cannot be served is no plan, though part of it was cheap");
	const struct trial *trial = &answer.after.latest->trial;
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
	space_init_of_setting(space, &toy.setting, &toy_only_1000, 0, &toy.arena);
	space_add_setting(space, &restored);
	struct trial_control control = control_of(space, &toy.arena);
	struct search_goal goal = search_cheapest();
	goal.seconds_max = 3;
	const struct planner planner = planner_of(&control, &goal);
	planner_find(&planner, &answer);
	t_ok(provision_choose(&answer, &provision), "nothing interrupts");
	answer = provision.answer;
	t_ok(answer.end == PLANNER_FOUND && answer.best.setting->functions[0].sandbox.has_snapshot &&
		     provision_total(answer.best.setting) == 0,
	     "the cheaper of the two is chosen");
	t_ok(provision.rival.setting && provision.rival.usd > answer.best.usd, "the other was tried");
	t_int(provision.rival.setting && provision.rival.setting->functions[0].sandbox.has_snapshot, goes_together,
	      "both at once only where that is sold");
	t_ok(space->sizes[0].is_feasible && space->sizes[1].is_feasible, "both stay candidates");
	toy_release(&toy);
}

/* Forty records at once, whose cold starts take more than twice what they may: a batch on provisioned sandboxes. */
static void test_batch(void)
{
	struct toy toy;
	struct provision provision;
	struct planner_answer answer;
	toy_init(&toy);
	toy.platform.price.usd_per_provisioned_gb_second = 0.0000041667;
	toy.platform.price.usd_per_provisioned_gb_second_busy = 0.0000097222;
	toy.platform.limits.burst = 1000;
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1, .memory_mb = 100})->sandbox.init_cpu_ns =
		6 * NS_PER_SECOND;
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 0.1, .memory_mb = 100});
	toy_records(&toy, 40);
	struct space *space = ARENA_NEW(&toy.arena, struct space);
	space_init_of_setting(space, &toy.setting, &toy_only_1000, 0, &toy.arena);
	struct trial_control control = toy_control(space, &toy.arena);
	struct search_goal goal = search_cheapest();
	goal.seconds_max = 3;
	struct planner planner = planner_of(&control, &goal);
	planner_find(&planner, &answer);
	t_int(answer.end, PLANNER_INFEASIBLE, "no plan without them is that fast");
	t_ok(provision_choose(&answer, &provision), "nothing interrupts");
	const struct setting *best = provision.answer.best.setting;
	t_int(provision.answer.end, PLANNER_FOUND, "one with them is");
	t_ok(best && best->functions[0].sandbox.provisioned == 40 && best->functions[1].sandbox.provisioned == 0,
	     "of the function that needs them, and of no other");
	t_ok(best && provision.answer.best.seconds_at <= 3, "it keeps the bound");
	struct planner_deviation deviation = planner_deviation_of(&provision.answer.best);
	t_ok(!deviation.is_large, "the model says so, too (%+.3f)", deviation.seconds);
	t_int(provision.answer.after.control.space->sizes[0].setting->functions[0].sandbox.provisioned, 40,
	      "its space has them");
	goal.seconds_max = 1;
	planner = planner_of(&control, &goal);
	planner_find(&planner, &answer);
	t_ok(provision_choose(&answer, &provision), "nothing interrupts");
	t_ok(provision.answer.end == PLANNER_INFEASIBLE && provision.nearest.setting &&
		     provision.nearest.seconds_at < 3 && provision_total(provision.nearest.setting) == 80,
	     "what comes nearest to a bound that nothing keeps has some");
	goal.seconds_max = HUGE_VAL;
	toy.functions[0].sandbox.provisioned = 5;
	space_init_of_setting(space, &toy.setting, &toy_only_1000, 0, &toy.arena);
	planner = planner_of(&control, &goal);
	planner_find(&planner, &answer);
	t_ok(provision_choose(&answer, &provision), "nothing interrupts");
	t_ok(provision.is_offered && provision_total(provision.answer.best.setting) == 0,
	     "what the experiment states is dropped where it does not pay");
	t_ok(provision.rival.setting && provision.rival.usd > provision.answer.best.usd, "as its simulation says");
	toy_release(&toy);
}

int main(void)
{
	test_batch();
	test_snapshot(false);
	test_snapshot(true);
	test_steady();
	test_bound();
	test_none();
	test_overload();
	return t_done();
}
