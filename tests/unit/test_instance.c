/* Instances: times and bills worked out by hand, a processor-sharing queue, ends that take others along, hosts. */
#include <time.h>

#include "platform/host.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

/* `requests` of `seconds` of CPU at once on sandboxes of 1000 MB (1 vCPU) that take four each. */
static void toy_shared(struct toy *toy, int64_t requests, const struct toy_work *work)
{
	toy_init(toy);
	toy_records(toy, requests);
	toy->setting.parallel = requests;
	toy_function(toy, "f", 1000, work)->sandbox.requests_max = 4;
}

static void cpu_is_shared(void)
{
	struct toy toy;
	toy_shared(&toy, 4, &(struct toy_work){.cpu_seconds = 1});
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, 4500 * NS_PER_MS, "four requests of 1 s share a vCPU after a cold start of 0.5 s");
	t_int(o.functions[0].cold_starts, 1, "one sandbox is started");
	t_int(o.functions[0].joined, 3, "which the three others join while it starts");
	t_int(o.peak_concurrency, 1, "it is the only one");
	t_int(o.functions[0].cause_ns[CAUSE_COMPUTE], 4000 * NS_PER_MS, "each computes for 1 s");
	t_int(o.functions[0].cause_ns[CAUSE_INSTANCE], 12000 * NS_PER_MS, "and loses 3 s to the others");
	t_int(o.functions[0].duration_ns, 16000 * NS_PER_MS, "which together is all of their time");
	toy_release(&toy);
	toy_shared(&toy, 9, &(struct toy_work){.cpu_seconds = 1});
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].cold_starts, 3, "nine requests at four each start three sandboxes");
	t_int(o.peak_concurrency, 3, "which are in use at once");
	t_int(o.record_times.values[0], 1500 * NS_PER_MS, "the ninth has one for itself");
	toy_release(&toy);
}

/* 4 x 10 MB over 100 MB/s beside each other: 0.4 s each instead of 0.1 s. */
static void network_is_shared(void)
{
	struct toy toy;
	toy_shared(&toy, 4, &(struct toy_work){.download_mb = 10});
	struct outcome o = toy_simulate(&toy, 1);
	t_near(seconds_from_ns(o.makespan_ns), 0.5 + 0.02 + 0.4, 1e-8, 0, "four downloads share a network");
	t_near((double)o.functions[0].cause_ns[CAUSE_NETWORK] / 1e9, 0.4, 1e-7, 0, "alone they would take 0.1 s each");
	t_near((double)o.functions[0].cause_ns[CAUSE_INSTANCE] / 1e9, 1.2, 1e-7, 0, "the rest is the others'");
	toy_release(&toy);
}

static void loads_once(void)
{
	struct toy toy;
	toy_shared(&toy, 4,
		   &(struct toy_work){.cpu_seconds = 0.1, .import_seconds = 2, .weights_mb = 50, .memory_mb = 100});
	struct outcome o = toy_simulate(&toy, 1);
	t_near(seconds_from_ns(o.makespan_ns), 0.5 + 2 + 0.52 + 0.4, 1e-8, 0, "one request loads, the others wait");
	t_int(o.usage.gets, 1, "weights are fetched once");
	toy_release(&toy);
}

/* A request that runs out of time while it loads hands loading over to one that came later. */
static void loads_again(void)
{
	struct toy toy;
	toy_shared(&toy, 2, &(struct toy_work){.import_seconds = 10});
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_DETERMINISTIC, .rate_per_second = 1};
	toy.functions[0].timeout_ns = 5 * NS_PER_SECOND;
	toy.functions[0].last_work.phases[WORK_IMPORT].cpu_ns = 300 * NS_PER_MS;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.functions[0].cold_starts, 1, "the second request joins the first");
	t_int(o.functions[0].timeouts, 1, "which runs out of time after 5 s of importing");
	t_int(o.functions[0].completed, 1, "the second then imports and is done");
	toy_release(&toy);
}

static void memory_adds_up(void)
{
	struct toy toy;
	toy_shared(&toy, 4, &(struct toy_work){.cpu_seconds = 1, .memory_mb = 400});
	toy.functions[0].work.shared_memory_mb = 200;
	toy.functions[0].last_work = toy.functions[0].work;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.functions[0].out_of_memory, 0, "200 MB and four times 200 MB fit into 1000 MB");
	toy_records(&toy, 200);
	toy.functions[0].work.variation = 0.5;
	toy.functions[0].last_work = toy.functions[0].work;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].out_of_memory, 0, "who leaves makes room for who comes");
	t_int(o.records_completed, 200, "two hundred come, four at a time");
	toy_records(&toy, 4);
	toy.functions[0].work.variation = 0;
	toy.functions[0].work.peak_memory_mb = 401;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].out_of_memory, 4, "a little more ends all four, with their sandbox");
	t_int(o.records_failed, 4, "none has a result");
	t_int(o.usage.requests, 4, "all are paid for");
	toy.setting.retries = 1;
	toy.functions[0].work.peak_memory_mb = 600;
	o = toy_simulate(&toy, 1);
	t_int(o.records_completed + o.records_failed, 4, "repeated or not, every record ends once");
	toy_release(&toy);
}

static void timeout_ends_one(void)
{
	struct toy toy;
	toy_shared(&toy, 4, &(struct toy_work){.cpu_seconds = 1});
	toy_function(&toy, "unused", 1000, &(struct toy_work){.cpu_seconds = 0});
	toy.setting.function_count = 1;
	toy.functions[0].last_work.phases[WORK_COMPUTE].cpu_ns = 100 * NS_PER_SECOND;
	toy.functions[0].timeout_ns = 10 * NS_PER_SECOND;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.functions[0].timeouts, 1, "the long request runs out of time");
	t_int(o.functions[0].completed, 3, "the others on its sandbox do not");
	toy_release(&toy);
}

static void crash_ends_all(void)
{
	struct toy toy;
	toy_shared(&toy, 40, &(struct toy_work){.cpu_seconds = 5});
	toy.setting.failures.crashes_per_hour = 100;
	toy.setting.retries = 1000;
	struct outcome o = toy_simulate(&toy, 1);
	t_ok(o.functions[0].crashes > 0 && o.functions[0].crashes % 4 == 0, "a crash ends all four of a sandbox");
	t_int(o.records_completed, 40, "lost work is repeated");
	t_int(o.functions[0].invocations, o.functions[0].completed + o.functions[0].crashes, "nothing counts twice");
	toy_release(&toy);
}

static void bills(void)
{
	struct toy toy;
	toy_shared(&toy, 4, &(struct toy_work){.cpu_seconds = 1});
	toy.platform.price.billed_by = BILLED_BY_REQUEST;
	struct outcome o = toy_simulate(&toy, 1);
	t_ok(o.usage.billed_mb_ns == (price_mb_ns)16000 * NS_PER_MS * 1000, "by request: four times 4 s");
	toy.platform.price.billed_by = BILLED_BY_ACTIVITY;
	o = toy_simulate(&toy, 1);
	t_ok(o.usage.billed_mb_ns == (price_mb_ns)4000 * NS_PER_MS * 1000, "by activity: the 4 s of the sandbox");
	toy.functions[0].sandbox.init_cpu_ns = 330 * NS_PER_MS;
	toy.platform.price.init_billed = true;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].billed_ns, 4400 * NS_PER_MS, "with 0.33 s of initialising, rounded up to 0.1 s");
	t_int(o.functions[0].billed_rounding_ns, 70 * NS_PER_MS, "of which 0.07 s are rounding");
	toy.functions[0].sandbox.init_cpu_ns = 0;
	toy.platform.price.billed_by = BILLED_BY_INSTANCE;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].billed_ns, 604500 * NS_PER_MS,
	      "by instance: 0.5 s of start, 4 s, and 600 s until it expires");
	t_int(o.functions[0].billed_idle_ns, 600 * NS_PER_SECOND, "of which it is idle for 600 s");
	double usd[CAUSES];
	cause_costs(&o.functions[0], &toy.platform.price, usd);
	t_near(cause_sum(usd), o.bill.total_usd, 1e-12, 0, "the causes make up the bill");
	t_near(usd[CAUSE_STANDING], 600 * 1000 / 1024.0 * 0.0000166667, 1e-9, 0, "600 s of it are for being kept");
	toy_release(&toy);
}

/* Two of 1 s and 600 MB on 1 vCPU and 1000 MB, which may use twice that: what they use beyond it is paid for. */
static void bursts(void)
{
	struct toy toy;
	toy_shared(&toy, 2, &(struct toy_work){.cpu_seconds = 1, .memory_mb = 600});
	toy.platform.price.billed_by = BILLED_BY_ACTIVITY;
	toy.platform.price.usd_per_vcpu_second = 0.00002;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.functions[0].out_of_memory, 2, "1000 MB do not hold both");
	toy.functions[0].sandbox.burst_times = 2;
	o = toy_simulate(&toy, 1);
	t_int(o.records_completed, 2, "2000 MB do");
	t_int(o.makespan_ns, 1500 * NS_PER_MS, "and two vCPUs take 1 s");
	t_near((double)o.usage.billed_micro_vcpu_ns, (1 + 1) * 1e15, 1e-9, 0, "1 vCPU for 1 s, and 1 s beyond it");
	t_near((double)o.usage.billed_mb_ns, (1000 + 200) * 1e9, 1e-9, 0, "and 200 MB beyond its memory");
	toy_records(&toy, 1);
	o = toy_simulate(&toy, 1);
	t_near((double)o.usage.billed_micro_vcpu_ns, 1e15, 1e-9, 0, "one alone stays within its share");
	toy.platform.price.usd_per_cached_gb_second = 0.001;
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_DETERMINISTIC, .rate_per_second = 0.1};
	toy_records(&toy, 2);
	o = toy_simulate(&toy, 1);
	double kept_s = (double)o.idle_instance_ns / 1e9;
	t_ok(kept_s > 8, "between two requests it is suspended (%.1f s)", kept_s);
	t_near(o.bill.lines[BILL_SNAPSHOT_CACHE].usd, kept_s * 1000 / 1024 * 0.001, 1e-9, 0,
	       "as a snapshot that is kept");
	toy_release(&toy);
}

/* Four on 2 vCPUs, which may use four: one loads for 2 s, then all compute for 1 s, 2 vCPUs beyond their own. */
static void bursts_while_it_does(void)
{
	struct toy toy;
	toy_shared(&toy, 4, &(struct toy_work){.cpu_seconds = 1, .import_seconds = 2, .memory_mb = 100});
	toy_memory(&toy, 2000);
	toy.platform.cpu.visible_vcpus.values[0] = 4;
	toy.functions[0].sandbox.burst_times = 2;
	toy.platform.price.billed_by = BILLED_BY_ACTIVITY;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, 3500 * NS_PER_MS, "2 s of loading, 1 s of computing");
	t_near((double)o.usage.billed_micro_vcpu_ns, (3 * 2 + 2) * 1e15, 1e-9, 0,
	       "what is left of its own share while it loads makes no burst cheaper");
	toy_release(&toy);
}

/* An idle sandbox runs on for a minute and is suspended then: 1 s of work, 1000 MB, a request each so many seconds. */
static void suspends(void)
{
	struct toy toy;
	toy_shared(&toy, 1, &(struct toy_work){.cpu_seconds = 1});
	toy.functions[0].sandbox.requests_max = 1;
	toy.platform.price.billed_by = BILLED_BY_ACTIVITY;
	toy.platform.price.usd_per_gb_restored = 0.001;
	toy.platform.price.usd_per_gb_suspended = 0.003;
	toy.platform.price.usd_per_cached_gb_second = 0.0001;
	toy.platform.sandbox.suspend_after_seconds = 60;
	toy.platform.sandbox.resume_seconds = toy_constant(&toy.arena, 2);
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_DETERMINISTIC, .rate_per_second = 0.05};
	toy_records(&toy, 3);
	struct outcome o = toy_simulate(&toy, 1);
	/* 18.5 and 18.99 s between three seconds of work, and a minute after them. */
	t_int(o.functions[0].billed_ns, 100500 * NS_PER_MS, "each 20 s: it runs all along, and a minute longer");
	t_int(o.functions[0].billed_idle_ns, 97490 * NS_PER_MS, "most of it idle");
	t_near(o.bill.lines[BILL_SNAPSHOT_RESTORE].usd, 0.001 * 1000 / 1024, 1e-9, 0, "its image is read once");
	t_near(o.bill.lines[BILL_SNAPSHOT_WRITE].usd, 0.003 * 1000 / 1024, 1e-9, 0, "it is suspended once");
	t_near(o.bill.lines[BILL_SNAPSHOT_CACHE].usd, 0, 0, 0, "after the last request");
	toy.setting.arrivals.rate_per_second = 0.01;
	toy_records(&toy, 2);
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].billed_ns, 122 * NS_PER_SECOND, "each 100 s: twice a second and a minute");
	t_int(o.record_times.values[1], 3010 * NS_PER_MS, "2 s to resume, 1 s of work");
	t_near(o.bill.lines[BILL_SNAPSHOT_RESTORE].usd, 2 * 0.001 * 1000 / 1024, 1e-9, 0, "read for it, too");
	t_near(o.bill.lines[BILL_SNAPSHOT_WRITE].usd, 2 * 0.003 * 1000 / 1024, 1e-9, 0, "written each time");
	t_near(o.bill.lines[BILL_SNAPSHOT_CACHE].usd, 38.5 * 0.0001 * 1000 / 1024, 1e-9, 0, "kept for 38.5 s");
	toy.functions[0].sandbox.package_mb = 3000;
	o = toy_simulate(&toy, 1);
	t_near(o.bill.lines[BILL_SNAPSHOT_RESTORE].usd, 0.001 * 4000 / 1024, 1e-9, 0, "an image has its own size");
	toy_release(&toy);
}

/* A simulation that ends while its sandbox starts: what is paid for is the start so far, and nothing twice. */
static void bills_a_start(void)
{
	struct toy toy;
	toy_shared(&toy, 4, &(struct toy_work){.cpu_seconds = 1});
	toy.platform.price.billed_by = BILLED_BY_INSTANCE;
	toy.setting.horizon_ns = 300 * NS_PER_MS;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.end, OUTCOME_HORIZON, "0.3 s into a start of 0.5 s");
	t_int(o.functions[0].billed_ns, 300 * NS_PER_MS, "0.3 s are billed");
	t_int(o.functions[0].billed_idle_ns, 0, "none of them as idle");
	toy.setting.horizon_ns = 600 * NS_PER_MS;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].billed_ns, 600 * NS_PER_MS, "0.1 s after it: the start and the work so far");
	t_int(o.functions[0].billed_idle_ns, 0, "which is not idle either");
	toy_release(&toy);
}

/* Requests take turns on a device of each sandbox, which the whole sandbox's time is paid for. */
static void accelerator(void)
{
	struct toy toy;
	toy_shared(&toy, 4, &(struct toy_work){.memory_mb = 100});
	toy.platform.device = (struct platform_device){.name = "card", .start_seconds = toy_constant(&toy.arena, 5)};
	toy.platform.price.billed_by = BILLED_BY_INSTANCE;
	toy.platform.price.usd_per_device_second = 0.0001867;
	toy.functions[0].sandbox.has_device = true;
	toy.functions[0].work.phases[WORK_DEVICE].device_ns = 250 * NS_PER_MS;
	toy.functions[0].last_work = toy.functions[0].work;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, 6500 * NS_PER_MS, "5 s more of start, then four times 0.25 s of device");
	t_int(o.functions[0].cause_ns[CAUSE_DEVICE], 1000 * NS_PER_MS, "0.25 s each alone");
	t_int(o.functions[0].cause_ns[CAUSE_INSTANCE], 1500 * NS_PER_MS, "0, 0.25, 0.5 and 0.75 s for their turns");
	t_near(o.bill.lines[BILL_DEVICE].usd, (5.5 + 1 + 600) * 0.0001867, 1e-9, 0, "the device is paid for all along");
	toy_release(&toy);
}

/* M/D/1-PS on one sandbox that takes any number: E[S] / (1 - rho) = 0.1 / 0.4. */
static void queue(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.sandbox.cold_start_seconds = toy_constant(&toy.arena, 0);
	toy.platform.sandbox.warm_start_seconds = toy_constant(&toy.arena, 0);
	toy_records(&toy, 100000);
	toy.setting.parallel = INT64_MAX;
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_POISSON, .rate_per_second = 6};
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 0.1})->sandbox.requests_max = 1000;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.records_completed, 100000, "all are served");
	t_near((double)o.record_ns / 1e9 / 100000, 0.25, 0.03, 0, "M/D/1-PS at a load of 0.6: four tenths of the pace");
	t_near((double)o.running_instance_ns / (double)o.elapsed_ns, 0.6, 0.02, 0,
	       "the sandbox is busy for 0.6 of the time");
	toy_release(&toy);
}

/* Co-located sandboxes have equal parts of their host's card; each has its CPU for itself. */
static void hosts(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_records(&toy, 20);
	toy.setting.parallel = 20;
	toy.platform.hosts = (struct platform_hosts){.memory_mb = 3328, .card_mb_per_second = 67.25};
	toy_function(&toy, "f", 128, &(struct toy_work){.download_mb = 10});
	struct outcome o = toy_simulate(&toy, 1);
	t_near(seconds_from_ns(o.makespan_ns), 0.5 + 0.02 + 0.1, 1e-8, 0, "apart, each has its own network");
	toy.setting.has_hosts = true;
	o = toy_simulate(&toy, 1);
	t_near(seconds_from_ns(o.makespan_ns), 0.52 + 200 / 67.25, 1e-8, 0, "20 on one host share its 538 Mbit/s");
	t_near((double)o.functions[0].cause_ns[CAUSE_CARD] / 1e9, 20 * (200 - 10) / 67.25, 1e-6, 0,
	       "what that costs is put down to neighbours");
	toy_memory(&toy, 1000);
	o = toy_simulate(&toy, 1);
	t_near(seconds_from_ns(o.makespan_ns), 0.52 + 30 / 67.25, 1e-8, 0, "three of 1000 MB fit on a host");
	toy_release(&toy);
}

/* A sandbox that is gone leaves its place on the host. */
static void places(void)
{
	struct toy toy;
	toy_init(&toy);
	struct engine engine;
	engine_init(&engine, &toy.arena, 16);
	const struct platform_hosts kind = {.memory_mb = 3328, .card_mb_per_second = 67.25};
	struct host_pool pool;
	host_pool_init(&pool, &engine, &toy.arena, &kind);
	struct host *host = host_pool_place(&pool, 3008);
	t_ok(host_pool_place(&pool, 128) == host, "a small sandbox fits beside a large one");
	struct host *other = host_pool_place(&pool, 1000);
	t_ok(other != host, "a larger one needs another host");
	host_leave(&pool, host, 3008);
	t_ok(host_pool_place(&pool, 3008) == host, "its place is free again");
	t_ok(host_pool_place(&pool, 2000) == other, "the other one has room as well");
	toy_release(&toy);
}

/* Step by step on a host with room for all, as in closed form on a sandbox of its own. */
static void steps(void)
{
	for (int overlapped = 0; overlapped < 2; overlapped++) {
		struct toy toy;
		toy_network(&toy, 40, SCHEDULE_PIPELINED, 5);
		toy_memory(&toy, 700);
		for (size_t i = 0; i < toy.setting.function_count; i++)
			toy.functions[i].work.peak_memory_mb = 500;
		toy.platform.network = (struct platform_network){.burst_mb_per_second = 100,
								 .refill_mb_per_second = 40,
								 .bucket_mb = 20,
								 .cpu_seconds_per_mb = 0.01,
								 .is_overlapped = overlapped};
		toy.setting.failures = (struct failures){
			.error_rate = 0.1, .crashes_per_hour = 50, .straggler_rate = 0.1, .straggler_slowdown = 3};
		toy.setting.retries = 100;
		struct outcome alone = toy_simulate(&toy, 1);
		toy.platform.hosts = (struct platform_hosts){.memory_mb = 3000, .card_mb_per_second = 1e9};
		toy.setting.has_hosts = true;
		struct outcome o = toy_simulate(&toy, 1);
		t_near(seconds_from_ns(o.makespan_ns), seconds_from_ns(alone.makespan_ns), 1e-8, 0,
		       "as in closed form");
		for (size_t i = 0; i < o.function_count; i++) {
			const struct function_outcome *a = &alone.functions[i];
			const struct function_outcome *b = &o.functions[i];
			t_int(b->invocations, a->invocations, "as many invocations");
			t_int(b->crashes, a->crashes, "as many crashes");
			int64_t differing_ns = 0;
			for (int cause = 0; cause < CAUSES; cause++)
				differing_ns += llabs((int64_t)(a->cause_ns[cause] - b->cause_ns[cause]));
			t_ok(differing_ns < 10000, "the same causes to 10 us in all");
			t_int(b->usage.gets, a->usage.gets, "as many GETs");
		}
		toy_release(&toy);
	}
}

static void expect_conserved(const struct toy *toy, const struct outcome *o)
{
	double total_usd = 0;
	int64_t records = o->records_completed + o->records_failed;
	t_int(records, toy->setting.records, "every record ends once");
	for (size_t i = 0; i < o->function_count; i++) {
		const struct function_outcome *counts = &o->functions[i];
		int64_t handler_ns = 0;
		int64_t phases_ns = 0;
		for (int cause = CAUSE_HANDLER_FIRST; cause <= CAUSE_HANDLER_LAST; cause++)
			handler_ns += counts->cause_ns[cause];
		for (int phase = 0; phase < WORK_PHASES; phase++)
			phases_ns += counts->phase_ns[phase];
		t_int(handler_ns, counts->duration_ns, "causes are all of the time");
		t_int(phases_ns, counts->duration_ns, "and so are phases");
		t_int(counts->invocations,
		      counts->completed + counts->errors + counts->crashes + counts->timeouts + counts->out_of_memory,
		      "every visit ends once");
		t_int(counts->usage.requests, counts->invocations, "and is paid for once");
		double usd[CAUSES];
		cause_costs(counts, &toy->platform.price, usd);
		total_usd += cause_sum(usd);
	}
	t_near(total_usd, o->bill.total_usd, 1e-12, 0, "causes are all of the bill");
	t_ok(o->total.joined > 0 && o->total.crashes > 0 && o->total.timeouts > 0,
	     "requests joined, crashed, ran out of time");
}

/* A network of functions whose requests share sandboxes, crash, run out of time and start again. */
static void conserved(void)
{
	for (int billed_by = BILLED_BY_REQUEST; billed_by <= BILLED_BY_INSTANCE; billed_by++) {
		struct toy toy;
		toy_network(&toy, 200, SCHEDULE_PIPELINED, 12);
		toy.platform.price.billed_by = billed_by;
		toy.platform.price.init_billed = true;
		toy.platform.hosts = (struct platform_hosts){.memory_mb = 3000, .card_mb_per_second = 120};
		toy.setting.has_hosts = billed_by == BILLED_BY_ACTIVITY;
		toy.platform.sandbox.target_share = billed_by == BILLED_BY_REQUEST ? 0 : 0.5;
		toy.platform.sandbox.target_window_seconds = 12;
		for (size_t i = 0; i < toy.setting.function_count; i++) {
			toy.functions[i].sandbox.requests_max = 3;
			toy.functions[i].work.shared_memory_mb = toy.functions[i].work.peak_memory_mb - 200;
			toy.functions[i].timeout_ns = 30 * NS_PER_SECOND;
		}
		toy.setting.failures = (struct failures){
			.error_rate = 0.1, .crashes_per_hour = 50, .straggler_rate = 0.1, .straggler_slowdown = 3};
		toy.setting.retries = 100;
		struct outcome o = toy_simulate(&toy, 3);
		expect_conserved(&toy, &o);
		toy_release(&toy);
	}
}

/* A host for each of 100,000 sandboxes: none is looked at twice, or processor time would be that of 5 * 10^9 looks. */
static void many_hosts(void)
{
	enum { HOSTS = 100000 };
	struct toy toy;
	struct engine engine;
	toy_init(&toy);
	engine_init(&engine, &toy.arena, 16);
	struct platform_hosts kind = {.memory_mb = 1000, .card_mb_per_second = 100};
	struct host_pool pool;
	host_pool_init(&pool, &engine, &toy.arena, &kind);
	clock_t begun = clock();
	struct host *third = NULL;
	for (int i = 0; i < HOSTS; i++) {
		struct host *host = host_pool_place(&pool, 600);
		third = i == 2 ? host : third;
	}
	double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
	t_int(pool.count, HOSTS, "two sandboxes of 600 MB do not share 1,000 MB");
	t_ok(seconds < 1, "a new host costs no look at those that are full (%.3f s)", seconds);
	host_leave(&pool, third, 600);
	t_ok(host_pool_place(&pool, 600) == third, "the first with room is taken");
	toy_release(&toy);
}

int main(void)
{
	many_hosts();
	steps();
	conserved();
	cpu_is_shared();
	network_is_shared();
	loads_once();
	loads_again();
	memory_adds_up();
	timeout_ends_one();
	crash_ends_all();
	bills();
	bills_a_start();
	bursts();
	bursts_while_it_does();
	suspends();
	accelerator();
	queue();
	hosts();
	places();
	return t_done();
}
