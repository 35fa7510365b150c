/* The object store's rate, bulk transfers against measured rates, events and workflows between functions. */
#include "base/check.h"
#include "platform/store.h"

#include "plan/stage.h"
#include "serving/demand.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

static void test_gate(void)
{
	struct store_gate gate;
	struct stream luck;
	stream_init(&luck, 1, 0, 1, 1);
	store_gate_init(&gate, 0);
	t_int(store_gate_wait_ns(&gate, 5, 1, 0.05, 20, &luck), 0, "no bound");
	store_gate_init(&gate, 100);
	int64_t waited_ns = 0;
	for (int i = 0; i < 100; i++)
		waited_ns += store_gate_wait_ns(&gate, 0, 1, 0.05, 20, &luck);
	t_int(waited_ns, 0, "a second's worth at once");
	t_ok(store_gate_wait_ns(&gate, 0, 1, 0.05, 20, &luck) >= 10000000, "the next waits until it is due");
	t_ok(gate.refusals > 0, "after refusals");
	int64_t last_ns = 0;
	for (int i = 0; i < 1000; i++)
		last_ns = store_gate_wait_ns(&gate, 0, 1, 0.05, 20, &luck);
	t_ok(last_ns >= 10 * NS_PER_SECOND && last_ns < 32 * NS_PER_SECOND, "a thousand more take ten seconds (%.1f s)",
	     seconds_from_ns(last_ns));
	t_int(store_gate_wait_ns(&gate, 60 * NS_PER_SECOND, 1, 0.05, 20, &luck), 0, "after a rest nobody waits");
	store_gate_init(&gate, 100);
	int64_t together_ns = store_gate_wait_ns(&gate, 0, 2000, 0.05, 20, &luck);
	t_ok(together_ns >= 19 * NS_PER_SECOND, "2,000 at once wait for the last of them");
	t_ok(gate.refusals >= 5 && gate.refusals < 40, "in back-offs that double (%lld refusals)",
	     (long long)gate.refusals);
}

/* github.com/pacslab/SLAppMdlOpt, f4, January 2022: rates of downloads of 20 MB at five sizes. */
static void test_bulk_rates(void)
{
	static const struct {
		int64_t memory_mb;
		double mb_per_second;
	} measured[] = {{128, 9.5}, {512, 35}, {1024, 66}, {1792, 94}, {3072, 100}};
	for (size_t i = 0; i < ARRAY_LEN(measured); i++) {
		struct toy toy;
		char name[64];
		toy_init(&toy);
		toy.platform.cpu.mb_per_vcpu = 1769;
		toy.platform.network = (struct platform_network){.burst_mb_per_second = 212,
								 .bucket_mb = 134,
								 .refill_mb_per_second = 75,
								 .cpu_seconds_per_mb = 0.0072,
								 .is_overlapped = true,
								 .cpu_beside_share = 0.25};
		toy.platform.store.get_seconds = toy_constant(&toy.arena, 0.03);
		toy.platform.store.connection_mb_per_second = 90;
		toy.platform.store.bulk_above_mb = 1;
		toy.platform.store.bulk_get_seconds = 0.048;
		toy.platform.store.bulk_connections = 10;
		toy_function(&toy, "f", measured[i].memory_mb, &(struct toy_work){.download_mb = 20});
		struct outcome outcome = toy_simulate(&toy, 1);
		snprintf(name, sizeof name, "a download at %lld MB", (long long)measured[i].memory_mb);
		t_near(20 / seconds_from_ns(outcome.functions[0].duration_ns), measured[i].mb_per_second, 0.08, 0,
		       name);
		toy_release(&toy);
	}
}

/* Parts of 10 MB, the bulk path above 1 MB: three connections of 50 MB/s each, 0.5 s (GET) and 0.7 s (PUT) before. */
static struct platform_store parted_store(struct toy *toy)
{
	struct platform_store store = toy->platform.store;
	store.connection_mb_per_second = 50;
	store.bulk_above_mb = 1;
	store.bulk_get_seconds = 0.5;
	store.bulk_put_seconds = 0.7;
	store.bulk_connections = 3;
	store.part_mb = 10;
	store.part_put_max = 100;
	store.part_get_requests = 1;
	store.part_put_requests = 2;
	return store;
}

static void test_parts(void)
{
	static const struct {
		double mb;
		bool is_put;
		double client_mb_per_second;
		int64_t requests;
		double stream_seconds, setup_seconds;
		const char *name;
	} cases[] = {
		{1, false, HUGE_VAL, 1, 0.02, 0, "1 MB go in one request"},
		{1.01, false, HUGE_VAL, 1, 0.0202, 0.5, "a little more too, by the bulk path"},
		{9.99, true, HUGE_VAL, 1, 0.1998, 0.7, "what is no part has one connection"},
		{10, true, HUGE_VAL, 3, 0.2, 0.7, "one part is begun, put and completed"},
		{10, false, HUGE_VAL, 2, 0.2, 0.5, "or got after its size"},
		{20, false, HUGE_VAL, 3, 0.2, 0.5, "two parts have two connections"},
		{30, false, HUGE_VAL, 4, 0.2, 0.5, "three have three"},
		{80, false, HUGE_VAL, 9, 80 / 150.0, 0.5, "eight no more"},
		{80, true, HUGE_VAL, 10, 80 / 150.0, 0.7, "likewise going out"},
		{81, true, HUGE_VAL, 11, 81 / 150.0, 0.7, "a part that is not full counts as one"},
		{80, false, 60, 9, 80 / 60.0, 0.5, "the client's own stream is no faster on many connections"},
		{1000, true, HUGE_VAL, 102, 1000 / 150.0, 0.7, "as many parts as there may be"},
		{1001, true, HUGE_VAL, 53, 1001 / 150.0, 0.7, "with one more they are of twice the size"},
		{1001, false, HUGE_VAL, 102, 1001 / 150.0, 0.5, "what is got has any number"},
	};
	struct toy toy;
	toy_init(&toy);
	struct platform_store store = parted_store(&toy);
	toy.platform.store = store;
	const struct demand_visit any = {0};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct phase phase = toy_transfer(cases[i].mb, cases[i].is_put);
		struct usage usage = {.gets = 7, .puts = 7};
		phase.stream_mb_per_second = cases[i].client_mb_per_second;
		int first = 0;
		int index = cases[i].is_put ? WORK_RECORD_PUT : WORK_RECORD_GET;
		struct work work = {0};
		work.phases[index] = phase;
		struct demand_table table;
		demand_table_init(&table, &toy.platform, &work);
		const struct demand *demand = demand_find(&table, &any, &first);
		t_int(first, index, cases[i].name);
		t_near(demand->stream_seconds, cases[i].stream_seconds, 1e-12, 0, "its stream");
		t_near(demand->setup_seconds, cases[i].setup_seconds, 0, 0, "its set-up");
		demand_count_requests(demand, &usage);
		t_int(usage.puts - 7, cases[i].is_put ? cases[i].requests : 0, "its puts");
		t_int(usage.gets - 7, cases[i].is_put ? 0 : cases[i].requests, "its gets");
	}
	t_ok(store_requests(&store, 1000000000000000000, true) <= 102, "10^18 bytes have no more parts");
	store.part_mb = 0;
	t_near(store_mb_per_second(&store, 80000000, true), 150, 1e-12, 0, "without parts, all connections");
	toy_release(&toy);
}

/* What a run pays and waits for, the planner knows: also where a vCPU is half as fast again. */
static void test_parts_in_plan(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.store = parted_store(&toy);
	toy.platform.price.usd_per_1000_puts = 13;
	toy.platform.price.usd_per_1000_gets = 17;
	toy.platform.price.usd_per_gb_second_arm64 = 0.001;
	toy.platform.network.cpu_seconds_per_mb = 0.1;
	toy.platform.cpu.arm64_speed = 1.5;
	toy.setting.warm_sandboxes = 1;
	struct setting_function *function =
		toy_function(&toy, "f", 1000, &(struct toy_work){.download_mb = 80, .upload_mb = 33});
	function->sandbox.is_arm64 = true;
	struct outcome outcome = toy_simulate(&toy, 1);
	t_int(outcome.usage.gets, 9, "eight parts and a request for the size");
	t_int(outcome.usage.puts, 6, "four parts, one to begin and one to end");
	struct stage stage;
	struct stage_figures figures;
	stage_init(&stage, &toy.setting, 0);
	stage_at(&stage, 1000, &figures);
	t_near(figures.warm_usd, outcome.bill.total_usd, 1e-4, 0, "the planner's bill");
	t_near(figures.handler_seconds, seconds_from_sum_ns(outcome.functions[0].duration_ns), 1e-6, 0, "and time");
	toy_release(&toy);
}

/* Each part counts against the store's rate, and all wait at once: any number of them is one wait. */
static void test_parts_refused(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.store = parted_store(&toy);
	toy.platform.store.puts_per_second = 5;
	toy_function(&toy, "f", 1000, &(struct toy_work){.upload_mb = 120});
	struct outcome outcome = toy_simulate(&toy, 1);
	t_int(outcome.usage.puts, 14, "12 parts and two more requests");
	double latency = seconds_from_sum_ns(outcome.functions[0].cause_ns[CAUSE_LATENCY]);
	t_ok(latency > 0.04 + 0.7 + 9.0 / 5 - 1e-6 && latency < 20, "of which five a second are answered (%g s)",
	     latency);
	toy.platform.store.puts_per_second = 0;
	toy.platform.store.gets_per_second = 1e9;
	toy.platform.network = (struct platform_network){.burst_mb_per_second = 1e12, .refill_mb_per_second = 1e12};
	toy.platform.store.connection_mb_per_second = 1e12;
	toy.functions[0].last_work.phases[WORK_RECORD_GET] = toy_transfer(1e12, false);
	outcome = toy_simulate(&toy, 1);
	t_near((double)outcome.usage.gets, 1e11 + 1, 1e-12, 0, "10^11 parts take no time to count");
	toy_release(&toy);
}

static void test_orchestrators(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.store.event_seconds = toy_constant(&toy.arena, 1.5);
	toy.platform.workflow.hop_seconds = toy_constant(&toy.arena, 0.1);
	toy.platform.price.usd_per_1000_transitions = 25;
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 1});
	double alone = seconds_from_ns(toy_simulate(&toy, 1).makespan_ns);
	t_near(alone, 3, 1e-9, 0, "two functions, called by the driver");
	toy.setting.orchestrator = ORCHESTRATOR_STORE_EVENTS;
	t_near(seconds_from_ns(toy_simulate(&toy, 1).makespan_ns), alone + 3, 1e-9, 0, "an event before each");
	toy.setting.orchestrator = ORCHESTRATOR_WORKFLOW;
	struct outcome outcome = toy_simulate(&toy, 1);
	t_near(seconds_from_ns(outcome.makespan_ns), alone + 0.1, 1e-9, 0, "a hop between them");
	t_near(outcome.bill.lines[BILL_TRANSITIONS].usd, 0.05, 1e-9, 0, "two transitions");
	toy_release(&toy);
}

static void test_refusals(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_records(&toy, 400);
	toy.setting.parallel = 400;
	toy.platform.store.gets_per_second = 50;
	toy_function(&toy, "f", 1000, &(struct toy_work){.download_mb = 0.001});
	struct outcome outcome = toy_simulate(&toy, 1);
	t_ok(outcome.store_refusals > 0, "refusals are counted");
	t_int(outcome.usage.gets, 400, "and not paid for");
	t_ok(seconds_from_ns(outcome.makespan_ns) > 7, "400 requests at 50 a second");
	toy_release(&toy);
}

/* Ten thousand refusals on end: the request is let in after its turn, by a third of the longest back-off on average. */
static void test_many_refusals(void)
{
	enum { RUNS = 400, EARLIER = 100000 };
	const double most_seconds = 20;
	double late = 0;
	double refusals = 0;
	bool is_late = true;
	for (uint64_t run = 0; run < RUNS; run++) {
		struct store_gate gate;
		struct stream luck;
		store_gate_init(&gate, 1);
		stream_init(&luck, 1, 0, stream_id_from_name("refused"), run);
		gate.due_ns = 1e9 * EARLIER;
		double over = seconds_from_ns(store_gate_wait_ns(&gate, 0, 1, 0.1, most_seconds, &luck)) - EARLIER;
		is_late = is_late && over >= 0 && over <= most_seconds;
		late += over / RUNS;
		refusals += (double)gate.refusals / RUNS;
	}
	t_ok(is_late, "nobody is let in before its turn, or a whole back-off after it");
	t_near(late, most_seconds / 3, 1e-3, 0, "a third of the longest back-off after it");
	t_near(refusals, 2 * EARLIER / most_seconds, 5e-3, 0, "two refusals in the longest back-off");
}

/* One request in thirty years: the clock's end, without an attempt each few seconds until then. */
static void test_slowest_rate(void)
{
	struct store_gate gate;
	struct stream luck;
	store_gate_init(&gate, 1e-9);
	stream_init(&luck, 1, 0, stream_id_from_name("refused"), 0);
	int64_t wait_ns = 0;
	for (int i = 0; i < 100; i++)
		wait_ns = store_gate_wait_ns(&gate, 0, 1000, 0.1, 20, &luck);
	t_ok(wait_ns > 0 && wait_ns <= SECONDS_LONGEST * NS_PER_SECOND, "a wait that the clock can hold");
}

/* 5 s of CPU of a store's client, of which a second thread does nothing or a fifth beside the busiest one. */
static void test_beside(void)
{
	static const struct {
		int64_t memory_mb;
		double share;
		double seconds;
		const char *name;
	} cases[] = {
		{2000, 0, 5, "one thread gains nothing from a second vCPU"},
		{1000, 0.2, 5, "nor do two from one vCPU"},
		{1100, 0.2, 5 / 1.1, "of somewhat more they have all"},
		{2000, 0.2, 4, "until one of them is all that is waited for"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct toy toy;
		toy_init(&toy);
		toy.platform.network = (struct platform_network){.burst_mb_per_second = 1000,
								 .refill_mb_per_second = 1000,
								 .cpu_seconds_per_mb = 0.05,
								 .is_overlapped = true,
								 .cpu_beside_share = cases[i].share};
		toy.platform.store.get_seconds = toy_constant(&toy.arena, 0);
		toy_function(&toy, "f", cases[i].memory_mb, &(struct toy_work){.download_mb = 100});
		struct outcome outcome = toy_simulate(&toy, 1);
		t_near(seconds_from_ns(outcome.functions[0].duration_ns), cases[i].seconds, 2e-3, 0, cases[i].name);
		toy_release(&toy);
	}
}

/* Ten objects of 1 MB, one after the other, over new connections and over one that is kept. */
static void test_objects(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.store.bulk_above_mb = 5;
	toy.platform.store.bulk_put_seconds = 1;
	toy.platform.store.bulk_connections = 1;
	toy_function(&toy, "f", 1000, &(struct toy_work){.upload_mb = 10});
	struct phase *put = &toy.functions[0].work.phases[WORK_RECORD_PUT];
	struct phase *last = &toy.functions[0].last_work.phases[WORK_RECORD_PUT];
	t_int(toy_simulate(&toy, 1).functions[0].duration_ns, 1140 * NS_PER_MS, "one object takes the bulk path");
	put->puts = last->puts = 10;
	struct outcome outcome = toy_simulate(&toy, 1);
	t_int(outcome.functions[0].duration_ns, 500 * NS_PER_MS, "ten small ones have a latency each");
	t_int((int64_t)outcome.functions[0].usage.puts, 10, "and are paid for one by one");
	put->keeps_connection = last->keeps_connection = true;
	t_int(toy_simulate(&toy, 1).functions[0].duration_ns, 500 * NS_PER_MS,
	      "a kept connection that nobody measured is no faster");
	toy.platform.store.kept_put_seconds = toy_constant(&toy.arena, 0.02);
	t_int(toy_simulate(&toy, 1).functions[0].duration_ns, 300 * NS_PER_MS, "one that was, is");
	put->puts = last->puts = 40000;
	t_int(toy_simulate(&toy, 1).functions[0].duration_ns, 800100 * NS_PER_MS,
	      "forty thousand of them take as many times as long");
	t_ok(store_latency(&toy.platform.store, false, true) == &toy.platform.store.get_seconds,
	     "each by its direction");
	toy_release(&toy);
}

int main(void)
{
	test_beside();
	test_objects();
	test_many_refusals();
	test_slowest_rate();
	test_gate();
	test_bulk_rates();
	test_parts();
	test_parts_in_plan();
	test_parts_refused();
	test_orchestrators();
	test_refusals();
	return t_done();
}
