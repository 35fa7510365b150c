/* What a plan may choose from: options, what rulings take away, and which sizes differ in one thing. */
#include "plan/space.h"
#include "tests/tap.h"
#include "tests/unit/toy_plan.h"

static const struct plan_memory hundreds = {.from_mb = 500, .to_mb = 2000, .step_mb = 100};

static void init(struct toy *toy, struct space *space)
{
	toy_init(toy);
	toy_function(toy, "f", 1000, &(struct toy_work){.cpu_seconds = 2, .memory_mb = 300});
	toy_function(toy, "g", 1000, &(struct toy_work){.cpu_seconds = 2, .memory_mb = 300});
	toy_records(toy, 4);
	space_init_of_setting(space, &toy->setting, &hundreds, 0.03, &toy->arena);
}

/* Each function has rulings of its own; a size is no candidate once one function has nothing left. */
static void test_rulings(void)
{
	struct toy toy;
	struct space space;
	init(&toy, &space);
	const struct space_table *table = &space.sizes[0].tables[1];
	struct rulings rulings = space.rulings;
	rulings.handler_max_seconds[1] = table->figures[2].handler_seconds;
	const struct space *ruled = space_ruled(&space, &rulings, &toy.arena);
	t_int((long long)ruled->sizes[0].tables[0].first, 0, "the first function keeps all options");
	t_int((long long)ruled->sizes[0].tables[1].first, 2, "the second has those that are quick enough");
	t_ok(ruled->sizes[0].is_feasible, "which are some");
	t_int((long long)space.sizes[0].tables[1].first, 0, "the older space is as it was");
	t_int((long long)space_find_option(&ruled->sizes[0].tables[1], 500), 2, "no option before them is found");
	rulings.handler_max_seconds[1] = 0;
	ruled = space_ruled(&space, &rulings, &toy.arena);
	t_ok(!ruled->sizes[0].is_feasible && space.sizes[0].is_feasible, "where nothing is left it is no candidate");
	toy_release(&toy);
}

/* From the least that holds the peak and the headroom, in the platform's steps, to where one vCPU is reached. */
static void test_options(void)
{
	struct toy toy;
	struct space space;
	init(&toy, &space);
	const struct space_table *table = &space.sizes[0].tables[0];
	t_int(table->memory_mb[0], 500, "the smallest size that is sold");
	t_int(table->memory_mb[table->count - 1], 1000, "more than a vCPU makes one thread no faster");
	size_t above = space_find_option(table, 501);
	t_int((long long)above, 1, "the next size above");
	t_int((long long)space_find_option(table, table->memory_mb[1]), 1, "or the very one");
	t_int((long long)space_find_option(table, 5000), (long long)table->count - 1, "or the last");
	toy_release(&toy);

	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 2, .memory_mb = 590});
	toy_records(&toy, 4);
	space_init_of_setting(&space, &toy.setting, &hundreds, 0.03, &toy.arena);
	t_int(space.sizes[0].tables[0].floor_mb, 700, "590 MB and 3 % of headroom need 700");
	space_init_of_setting(&space, &toy.setting, &hundreds, 0.01, &toy.arena);
	t_int(space.sizes[0].tables[0].floor_mb, 600, "and 1 % 600");
	space_init_of_setting(&space, &toy.setting, &hundreds, 10, &toy.arena);
	t_ok(space.sizes[0].tables[0].floor_mb == 0 && !space.sizes[0].is_feasible, "more than is sold has no size");
	toy_release(&toy);
}

static struct setting *copy(struct toy *toy, bool is_arm64, unsigned snapshots)
{
	struct setting *setting = ARENA_NEW(&toy->arena, struct setting);
	*setting = toy->setting;
	setting->functions = ARENA_ARRAY(&toy->arena, struct setting_function, setting->function_count);
	for (size_t i = 0; i < setting->function_count; i++) {
		setting->functions[i] = toy->functions[i];
		setting->functions[i].sandbox.is_arm64 = is_arm64;
		setting->functions[i].sandbox.has_snapshot = snapshots >> i & 1;
	}
	return setting;
}

static void test_others(void)
{
	struct toy toy;
	struct space space;
	init(&toy, &space);
	toy.platform.cpu.arm64_speed = 1;
	t_int((long long)space_other_architecture(&space, 0), 1, "there is no other architecture");
	t_int((long long)space_other_snapshot(&space, 0), 1, "nor snapshots");
	space_add_setting(&space, copy(&toy, true, 0));
	space_add_setting(&space, copy(&toy, false, 2));
	space_add_setting(&space, copy(&toy, false, 3));
	space_add_setting(&space, copy(&toy, true, 3));
	t_int((long long)space_other_architecture(&space, 0), 1, "the other architecture");
	t_int((long long)space_other_architecture(&space, 3), 4, "with the same snapshots");
	t_int((long long)space_other_architecture(&space, 2), 5, "which may be none");
	t_int((long long)space_other_snapshot(&space, 0), 3, "without snapshots the most of them are the other");
	t_int((long long)space_other_snapshot(&space, 1), 4, "on the same architecture");
	t_int((long long)space_other_snapshot(&space, 2), 0, "with some, none are");
	t_ok(space_size_is_provisionable(&space.sizes[2]) && !space_size_is_provisionable(&space.sizes[3]),
	     "one function without a snapshot can have provisioned sandboxes");
	t_ok(space_function_is_provisionable(space.sizes[2].setting, 0) &&
		     !space_function_is_provisionable(space.sizes[2].setting, 1),
	     "that function, and not the other");
	const struct space *provisionable = space_provisionable(&space, &toy.arena);
	t_ok(provisionable->sizes[2].is_feasible && !provisionable->sizes[3].is_feasible && space.sizes[3].is_feasible,
	     "a space of those that can have some");
	toy.platform.limits.snapshot_provisioned = true;
	t_ok(space_size_is_provisionable(&space.sizes[3]), "all, where both go together");
	toy_release(&toy);
}

static void test_tmp(void)
{
	struct toy toy;
	struct space space;
	init(&toy, &space);
	toy.platform.limits.tmp_max_mb = 2000;
	toy.functions[0].work.tmp_mb = 700.5;
	toy.functions[1].last_work.tmp_mb = 100;
	t_int(space_tmp_needed_mb(&toy.functions[0]), 701, "a part of a MB is a whole one");
	t_int(space_tmp_needed_mb(&toy.functions[1]), 100, "the last record counts, too");
	t_ok(space_buy_tmp(&toy.setting), "what is sold is bought");
	t_ok(toy.functions[0].tmp_mb == 701 && toy.functions[1].tmp_mb == 512, "no more than is needed");
	toy.functions[0].work.tmp_mb = 2000;
	t_ok(space_buy_tmp(&toy.setting) && toy.functions[0].tmp_mb == 2000, "the most that is sold");
	toy.functions[0].work.tmp_mb = 2000.5;
	t_ok(!space_buy_tmp(&toy.setting), "and no more");
	toy_release(&toy);
}

/* Ten requests a second at two functions of 0.1 s: each one's calls are counted, and long runs go on as they begin. */
static void test_served(void)
{
	struct toy toy;
	struct served served;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 0.1, .memory_mb = 300});
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 0.1, .memory_mb = 300});
	toy.functions[1].sandbox.provisioned = 1;
	toy.platform.sandbox.keep_alive_seconds = toy_constant(&toy.arena, 1);
	toy.setting.parallel = INT64_MAX;
	toy_records(&toy, 2 * SERVED_REQUESTS_MAX);
	toy.setting.arrivals = (struct arrival_process){
		.kind = ARRIVALS_POISSON, .rate_per_second = 10, .requests = 2 * SERVED_REQUESTS_MAX};
	served_measure(&toy.setting, 2 * SERVED_REQUESTS_MAX, &served);
	t_near(served.seconds, 0.1 * 2 * SERVED_REQUESTS_MAX, 0.03, 0, "twice as long for twice what is simulated");
	t_ok(served.cold_share[0] > 0 && served.cold_share[0] < 0.5, "cold calls of the first: %g",
	     served.cold_share[0]);
	t_ok(served.cold_share[1] > 0 && served.cold_share[1] < served.cold_share[0], "fewer of the second: %g",
	     served.cold_share[1]);
	t_near(served.provisioned_share[0], 0, 0, 0, "none of it is provisioned");
	t_ok(served.provisioned_share[1] > 0.3 && served.provisioned_share[1] < 1, "of the second: %g",
	     served.provisioned_share[1]);
	toy_records(&toy, 1000);
	toy.setting.arrivals.requests = 1000;
	served_measure(&toy.setting, 1000, &served);
	t_near(served.seconds, 100, 0.15, 0, "a short run is simulated as a whole");
	toy_release(&toy);
}

int main(void)
{
	test_rulings();
	test_options();
	test_others();
	test_tmp();
	test_served();
	return t_done();
}
