/*
 * A visit in closed form, step by step (on a host with room for all, and on an instance that could take others) and in
 * the planner's means: the same time and the same bill, over random sandboxes and random work without luck. Every part
 * of a start and of a visit is there in a good share of the cases, so that a form which leaves one out is found.
 */
#include "plan/stage.h"
#include "random/stream.h"
#include "serving/demand.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

static struct stream luck;

static double between(double low, double high)
{
	return low + stream_uniform(&luck) * (high - low);
}

static bool one_in(uint64_t n)
{
	return stream_below(&luck, n) == 0;
}

static struct quantiles some(struct toy *toy, double low, double high)
{
	return toy_constant(&toy->arena, between(low, high));
}

static struct quantiles maybe(struct toy *toy, double low, double high)
{
	return one_in(3) ? (struct quantiles){0} : some(toy, low, high);
}

static void random_prices(struct platform_price *price)
{
	*price = (struct platform_price){
		.usd_per_gb_second = 1e-5 * between(1, 2),
		.usd_per_vcpu_second = one_in(2) ? 1e-5 : 0,
		.usd_per_device_second = 1e-4,
		.usd_per_gb_second_arm64 = 1e-5 * between(0.5, 1),
		.usd_per_million_requests = 0.2,
		.granularity_seconds = 1e-6,
		.minimum_seconds = one_in(3) ? 5 : 0,
		.used_memory_step_mb = one_in(3) ? 128 : 0,
		.init_billed = one_in(2),
		.image_init_billed = one_in(2),
		.usd_per_provisioned_gb_second = 4e-6,
		.usd_per_provisioned_gb_second_busy = 9e-6,
		.usd_per_provisioned_gb_second_arm64 = 3e-6,
		.usd_per_provisioned_gb_second_busy_arm64 = 8e-6,
		.provisioned_step_seconds = one_in(3) ? 0 : 300,
		.usd_per_tmp_gb_second = 1e-7,
		.usd_per_gb_restored = 1e-4,
		.usd_per_cached_gb_second = 1e-6,
		.cached_minimum_seconds = 10800,
		.usd_per_1000_transitions = 0.025,
		.usd_per_1000_puts = 0.005,
		.usd_per_1000_gets = 0.0004,
		.usd_per_put_gb = 0.01,
		.usd_per_get_gb = 0.02,
	};
}

static void random_platform(struct toy *toy, struct platform_runtime *runtime)
{
	struct platform *platform = &toy->platform;
	platform->cpu.visible_vcpus.values[0] = 4;
	platform->cpu.overhead_share = between(0, 0.1);
	platform->cpu.receive_seconds = between(0, 0.01);
	platform->cpu.arm64_speed = 0.8;
	if (one_in(2)) {
		static int64_t sizes_mb[] = {500, 1500};
		static double shares[] = {0.4, 1.35};
		platform->cpu.arm64_share_at_mb = (struct bind_ints){sizes_mb, 2};
		platform->cpu.arm64_shares = (struct bind_doubles){shares, 2};
	}
	platform->sandbox = (struct platform_sandbox){
		.cold_start_seconds = some(toy, 0.2, 1),
		.package_reference_mb = 250,
		.package_seconds = some(toy, 0.5, 2),
		.image_seconds = maybe(toy, 0.3, 0.8),
		.restore_seconds = some(toy, 0.2, 1),
		.warm_start_seconds = some(toy, 0.01, 0.1),
		.keep_alive_seconds = toy_constant(&toy->arena, 600),
	};
	*runtime = (struct platform_runtime){
		.name = "x", .init_seconds = some(toy, 0.1, 0.3), .image_init_seconds = maybe(toy, 0.4, 0.6)};
	platform->limits.init_seconds = one_in(2) ? 10 : 0;
	platform->device = (struct platform_device){.name = "d", .start_seconds = some(toy, 1, 3)};
	platform->hosts = (struct platform_hosts){.memory_mb = 8000, .card_mb_per_second = 1e9};
	double rate = between(20, 200);
	platform->network = (struct platform_network){
		.burst_mb_per_second = rate,
		.refill_mb_per_second = rate,
		.cpu_seconds_per_mb = between(0.005, 0.02),
		.cpu_seconds_per_put_mb = one_in(2) ? between(0.03, 0.05) : 0,
		.is_overlapped = one_in(2),
	};
	if (platform->network.is_overlapped && one_in(2))
		platform->network.cpu_beside_share = 0.4;
	platform->store = (struct platform_store){
		.get_seconds = some(toy, 0.02, 0.1),
		.put_seconds = some(toy, 0.1, 0.2),
		.kept_put_seconds = maybe(toy, 0.01, 0.03),
		.connection_mb_per_second = between(20, 100),
		.bulk_above_mb = one_in(2) ? 15 : 0,
		.bulk_get_seconds = 0.3,
		.bulk_put_seconds = 0.5,
		.bulk_connections = 3,
		.part_mb = one_in(2) ? 8 : 0,
		.part_put_requests = 2,
		.part_get_requests = 1,
		.event_seconds = some(toy, 0.3, 0.6),
	};
	random_prices(&platform->price);
}

static struct phase random_transfer(bool is_put, bool cold_only)
{
	struct phase phase = toy_transfer(between(5, 40), is_put);
	*(is_put ? &phase.puts : &phase.gets) = 1 + (int64_t)stream_below(&luck, 3);
	phase.stream_mb_per_second = one_in(2) ? between(5, 30) : HUGE_VAL;
	phase.has_client_cpu = one_in(3);
	phase.client_cpu_seconds_per_mb = 0.04;
	phase.is_timed_elsewhere = one_in(6);
	phase.cold_only = cold_only;
	phase.keeps_connection = one_in(2);
	return phase;
}

static struct phase random_cpu(bool cold_only)
{
	return (struct phase){
		.cpu_ns = one_in(4) ? 0 : ns_from_seconds(between(2, 6)),
		.threads = 1 + (int64_t)stream_below(&luck, 2),
		.wait_ns = one_in(3) ? ns_from_seconds(between(0.5, 1)) : 0,
		.pieces = one_in(3) ? 1 + (int64_t)stream_below(&luck, 50) : 0,
		.cold_only = cold_only,
	};
}

static void random_function(struct toy *toy, const struct platform_runtime *runtime, const struct quantiles *measured)
{
	struct setting_function *function = toy_function(toy, "f", 1000, &(struct toy_work){.memory_mb = 100});
	bool has_device = one_in(4);
	function->tmp_mb = one_in(2) ? 512 : 2048;
	function->sandbox = (struct sandbox_spec){
		.package_mb = between(0, 250),
		.is_image = one_in(3),
		.has_snapshot = one_in(4),
		.is_snapshot_free = one_in(3),
		.is_arm64 = one_in(3),
		.runtime = one_in(3) ? NULL : runtime,
		.init_cpu_ns = ns_from_seconds(between(0, 20)),
		.measured_init = one_in(4) ? measured : NULL,
		.provisioned = one_in(3),
		.has_device = has_device,
	};
	struct phase *phases = function->work.phases;
	phases[WORK_IMPORT] = random_cpu(true);
	phases[WORK_IMPORT].threads = 1;
	phases[WORK_WEIGHTS_GET] = one_in(2) ? (struct phase){.cold_only = true} : random_transfer(false, true);
	phases[WORK_WEIGHTS_LOAD] = random_cpu(true);
	if (one_in(2))
		phases[WORK_WEIGHTS_LOAD].loads[one_in(2)] = (struct load_part){
			.seconds_per_gb = &toy->platform.sandbox.cold_start_seconds, .gb = between(0.1, 3)};
	phases[WORK_RECORD_GET] = random_transfer(false, false);
	phases[WORK_DECODE] = random_cpu(false);
	phases[WORK_COMPUTE] = random_cpu(false);
	phases[WORK_DEVICE].device_ns = has_device ? ns_from_seconds(between(1, 2)) : 0;
	phases[WORK_WAIT].wait_ns = one_in(2) ? ns_from_seconds(between(0.5, 1)) : 0;
	phases[WORK_SERIALISE] = random_cpu(false);
	phases[WORK_RECORD_PUT] = random_transfer(true, false);
	function->last_work = function->work;
}

/* Seconds and dollars of a run. */
struct cost {
	double seconds;
	double usd;
};

/* One record meets the sandbox as it starts, the second one finds everything loaded. */
static struct cost simulated(struct toy *toy, int64_t records)
{
	toy_records(toy, records);
	struct outcome o = toy_simulate(toy, 1);
	return (struct cost){seconds_from_ns(o.makespan_ns), o.bill.total_usd};
}

static struct cost planned(struct toy *toy, int64_t records)
{
	const struct setting_function *function = &toy->functions[0];
	struct stage stage;
	struct stage_figures of;
	stage_init(&stage, &toy->setting, 0);
	stage_at(&stage, function->memory_mb, &of);
	bool is_kept = function->sandbox.provisioned > 0;
	struct cost cost = {stage.hop_seconds + (is_kept ? of.kept_seconds : of.cold_seconds),
			    is_kept ? of.kept_usd : of.cold_usd};
	if (records > 1) {
		cost.seconds += of.warm_seconds;
		cost.usd += is_kept ? of.kept_warm_usd : of.warm_usd;
	}
	const struct stage_standing standing = {
		.step_seconds = toy->platform.price.provisioned_step_seconds,
		.clock_least_seconds = toy->platform.price.cached_minimum_seconds,
		.step_usd = of.step_usd,
		.clock_usd = of.clock_usd,
		.beside_usd = stage_beside_usd(&toy->setting),
	};
	cost.usd += stage_standing_usd(&standing, cost.seconds);
	return cost;
}

/* What stands on the bill beside costs about as much as the function. */
static void random_beside(struct toy *toy)
{
	struct platform_price *price = &toy->platform.price;
	const int64_t kb = 1024;
	price->usd_per_log_gb = price->usd_per_nat_gb = price->usd_per_egress_gb = 0.1;
	price->usd_per_file_read_gb = price->usd_per_kept_gb_month = 0.1;
	price->usd_per_nat_hour = price->usd_per_million_http_requests = 1;
	price->usd_per_registry_gb_month = 1000;
	toy->setting.beside = (struct setting_beside){
		.log_bytes = one_in(2) ? 10 * kb : 0,
		.nat_gateways = one_in(2) ? 3 : 0,
		.nat_bytes = one_in(2) ? 200 * kb : 0,
		.nat_carries_store = one_in(2),
		.egress_bytes = one_in(2) ? 100 * kb : 0,
		.api_requests = one_in(2) ? 2 : 0,
		.file_read_bytes = one_in(2) ? 300 * kb : 0,
		.registry_bytes = one_in(2) ? 1000 * kb * kb : 0,
		.kept_months = one_in(2) ? 3 : 0,
	};
}

enum form { IN_CLOSED_FORM, ON_A_HOST, SHARED, FORMS };
static const char *const form_names[] = {"in closed form", "step by step on a host", "on an instance that is shared"};

/* How many of the two runs are off, relative or by so many seconds. */
static int count_off(struct toy *toy, enum form form, double tolerance, double tolerance_seconds)
{
	int off = 0;
	toy->functions[0].sandbox.requests_max = 1;
	for (int64_t records = 1; records <= 2; records++) {
		toy->setting.has_hosts = false;
		struct cost want = planned(toy, records);
		toy->setting.has_hosts = form == ON_A_HOST;
		toy->functions[0].sandbox.requests_max = form == SHARED ? 2 : 1;
		struct cost got = simulated(toy, records);
		toy->functions[0].sandbox.requests_max = 1;
		double rate = tolerance + tolerance_seconds / want.seconds;
		bool is_off = fabs(got.seconds - want.seconds) > rate * want.seconds ||
			      fabs(got.usd - want.usd) > rate * want.usd;
		if (is_off && off == 0)
			printf("# %s, %d records: %.9g s, %.9g USD; planned %.9g s, %.9g USD\n", form_names[form],
			       (int)records, got.seconds, got.usd, want.seconds, want.usd);
		off += is_off;
	}
	return off;
}

/* Half a period of every phase, and in two records of every piece where CPU and waiting alternate: all are alike. */
static double seconds_off(const struct toy *toy)
{
	double seconds = 0.1;
	for (int i = 0; i < WORK_PHASES; i++)
		seconds += 0.02 * (double)toy->functions[0].work.phases[i].pieces;
	return seconds;
}

enum { CASES = 300 };

static void forms_agree(bool is_throttled)
{
	int off[FORMS] = {0};
	for (int i = 0; i < CASES; i++) {
		struct toy toy;
		struct platform_runtime runtime;
		toy_init(&toy);
		random_platform(&toy, &runtime);
		struct quantiles measured = some(&toy, 1, 12);
		random_function(&toy, &runtime, &measured);
		random_beside(&toy);
		toy.setting.client_ns = one_in(2) ? ns_from_seconds(between(0.02, 0.1)) : 0;
		toy.setting.orchestrator = one_in(3) ? ORCHESTRATOR_STORE_EVENTS : ORCHESTRATOR_DRIVER;
		toy_memory(&toy, is_throttled ? 300 + 100 * (int64_t)stream_below(&luck, 17) : 3000);
		for (enum form form = 0; form < FORMS; form++)
			off[form] += is_throttled ? count_off(&toy, form, 0.005, seconds_off(&toy))
						  : count_off(&toy, form, 1e-6, 0);
		toy_release(&toy);
	}
	for (enum form form = 0; form < FORMS; form++)
		t_int(off[form], 0, form_names[form]);
}

/* What is done once in a sandbox's life takes every request the same, and so is rounded up the same. */
static void what_is_loaded_does_not_vary(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.import_seconds = 3.2});
	toy.functions[0].last_work.variation = 0.5;
	toy.platform.price.granularity_seconds = 1;
	t_near(planned(&toy, 1).usd, simulated(&toy, 1).usd, 1e-9, 0, "4 s are paid for");
	toy_release(&toy);
}

/* Mean seconds of a request, over wherever its period begins. */
static double mean_simulated(struct toy *toy)
{
	enum { SEEDS = 2000 };
	double seconds = 0;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		seconds += seconds_from_ns(toy_simulate(toy, seed).makespan_ns) / SEEDS;
	return seconds;
}

/* By how much longer a request takes that has taken 4 ms of its period's quota. */
static void quota_that_a_request_takes_is_missed(double download_mb, double want_seconds, const char *name)
{
	double simulated[2];
	double in_plan[2];
	for (int i = 0; i < 2; i++) {
		struct toy toy;
		toy_init(&toy);
		toy.platform.cpu.receive_seconds = i * 0.004;
		toy_function(&toy, "f", 300, &(struct toy_work){.cpu_seconds = 0.5, .download_mb = download_mb});
		/* So that requests end anywhere in a period. */
		toy.functions[0].last_work.variation = 0.1;
		simulated[i] = mean_simulated(&toy);
		in_plan[i] = planned(&toy, 1).seconds;
		toy_release(&toy);
	}
	t_near(simulated[1] - simulated[0], want_seconds, 0, 0.001, name);
	t_near(in_plan[1] - in_plan[0], want_seconds, 0, 0.001, "and in the mean");
}

/* Half a second of waiting and 0.3 s of CPU time at 0.3 vCPUs, in so many pieces. */
static void alternating(int64_t memory_mb, int64_t pieces, double want_seconds, const char *name)
{
	struct toy toy;
	toy_init(&toy);
	struct work *work = &toy_function(&toy, "f", memory_mb, &(struct toy_work){.cpu_seconds = 0.3})->last_work;
	work->phases[WORK_COMPUTE].wait_ns = NS_PER_SECOND / 2;
	work->phases[WORK_COMPUTE].pieces = pieces;
	work->variation = 0.1;
	/* A new sandbox is there after 0.5 s. */
	t_near(mean_simulated(&toy) - 0.5, want_seconds, 0, 0.015, name);
	t_near(planned(&toy, 1).seconds - 0.5, want_seconds, 0, 0.015, "and in the mean");
	toy_release(&toy);
}

static void quota_comes_in_while_work_waits(void)
{
	alternating(300, 1, 0.5 + 1 - 0.014, "once: waiting and throttled CPU time add up, less a whole quota");
	alternating(300, 6, 0.5 + 1 - 6 * 0.014, "six times: a whole quota each time");
	alternating(300, 50, 1, "fifty times: quota comes in during all of the wait");
	alternating(150, 50, 2 - 0.01, "the same at half the size: CPU time is all that counts");
	alternating(800, 50, 0.8, "never less than waiting and unthrottled work");
	alternating(1000, 50, 0.8, "which is what a whole vCPU takes");
}

enum { DRAWS = 20000 };

static void variance_is_that_of_draws(void)
{
	struct toy toy;
	struct stage stage;
	struct demand_table table;
	double sum = 0;
	double squares = 0;
	int phase = WORK_RECORD_GET;
	const struct demand_visit any = {0};
	toy_init(&toy);
	toy.platform.store.get_seconds = toy_between(&toy.arena, 0.1, 0.7);
	toy.platform.store.put_seconds = toy_between(&toy.arena, 0.2, 1.8);
	struct work *work = &toy_function(&toy, "f", 1000, &(struct toy_work){.download_mb = 1, .upload_mb = 1})->work;
	work->phases[WORK_RECORD_GET].gets = 3;
	demand_table_init(&table, &toy.platform, work);
	const struct demand *demand = demand_find(&table, &any, &phase);
	t_int(phase, WORK_RECORD_GET, "it asks");
	for (int i = 0; i < DRAWS; i++) {
		double seconds = demand_latency_seconds(demand, &luck);
		sum += seconds / DRAWS;
		squares += seconds * seconds / DRAWS;
	}
	t_near(demand_latency_seconds(demand, NULL), sum, 0.01, 0, "the mean of three requests");
	t_near(demand_latency_variance(demand), squares - sum * sum, 0.05, 0, "their variance");
	toy_records(&toy, 2);
	stage_init(&stage, &toy.setting, 0);
	t_near(stage.visits[STAGE_WARM].fixed_variance, (3 * 0.36 + 2.56) / 12, 1e-9, 0, "the planner has all of it");
	toy_release(&toy);
}

/* All forms read the same list: what it leaves out, all of them would. */
static void list_is_complete(void)
{
	struct toy toy;
	struct demand_table table;
	struct work work = {.phases = {
				    [WORK_IMPORT] = {.cpu_ns = 5, .wait_ns = 7, .cold_only = true},
				    [WORK_COMPUTE] = {.cpu_ns = 11, .threads = 3},
				    [WORK_DEVICE] = {.device_ns = 13},
			    }};
	const struct demand_visit first = {.is_first = true, .repeat_init_ns = 100, .traced_wait_ns = 1000};
	const struct demand_visit second = {.repeat_init_ns = 100};
	const struct demand_visit third = {0};
	toy_init(&toy);
	demand_table_init(&table, &toy.platform, &work);
	int phase = 0;
	const struct demand *demand = demand_find(&table, &first, &phase);
	t_int(phase, WORK_IMPORT, "loading");
	t_int(demand->cpu_ns, 105, "its CPU and what was broken off");
	t_int(demand->wait_ns, 7, "its wait");
	t_int(demand->traced_wait_ns, 0, "and no other");
	t_int(demand->threads, 1, "on a thread");
	t_ok(!demand->cpu_varies, "once in a life");
	phase++;
	demand = demand_find(&table, &first, &phase);
	t_int(phase, WORK_COMPUTE, "computing");
	t_ok(demand->cpu_ns == 11 && demand->threads == 3 && demand->cpu_varies, "threads that vary");
	phase++;
	demand = demand_find(&table, &first, &phase);
	t_int(phase, WORK_DEVICE, "a turn");
	t_int(demand->device_ns, 13, "on the accelerator");
	phase++;
	demand = demand_find(&table, &first, &phase);
	t_int(phase, WORK_WAIT, "a wait that is only the trace's");
	t_int(demand->traced_wait_ns, 1000, "as long as that tells");
	t_int(demand->cpu_ns, 0, "and nothing that was broken off");
	phase++;
	t_ok(!demand_find(&table, &first, &phase), "nothing else");
	t_int(phase, WORK_PHASES, "the end");
	const struct demand_visit *later[] = {&second, &third};
	for (size_t i = 0; i < ARRAY_LEN(later); i++) {
		phase = 0;
		demand = demand_find(&table, later[i], &phase);
		t_int(phase, WORK_COMPUTE, "found loaded");
		t_int(demand->cpu_ns, 11, "and nothing changed");
	}
	phase = WORK_WAIT;
	t_ok(!demand_find(&table, &third, &phase), "the wait was one visit's");
	toy_release(&toy);
}

int main(void)
{
	list_is_complete();
	stream_init(&luck, 1, 0, stream_id_from_name("test"), 0);
	what_is_loaded_does_not_vary();
	variance_is_that_of_draws();
	/* 4 ms are two thirds of a period's quota, and missed unless the period ends first. */
	quota_that_a_request_takes_is_missed(0, 0.004 / 0.3 * 0.75, "a request that computes misses what it took");
	quota_that_a_request_takes_is_missed(1, 0, "a request that first waits for the store does not");
	quota_comes_in_while_work_waits();
	forms_agree(false);
	forms_agree(true);
	return t_done();
}
