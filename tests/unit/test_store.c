/* The object store's rate, bulk transfers against measured rates, events and workflows between functions. */
#include "platform/store.h"

#include "tests/tap.h"
#include "tests/unit/toy.h"

static void test_gate(void)
{
	struct store_gate gate;
	struct stream luck;
	stream_init(&luck, 1, 0, 1, 1);
	store_gate_init(&gate, 0);
	t_int(store_gate_wait_ns(&gate, 5, 0.05, 20, &luck), 0, "no bound");
	store_gate_init(&gate, 100);
	int64_t waited_ns = 0;
	for (int i = 0; i < 100; i++)
		waited_ns += store_gate_wait_ns(&gate, 0, 0.05, 20, &luck);
	t_int(waited_ns, 0, "a second's worth at once");
	t_ok(store_gate_wait_ns(&gate, 0, 0.05, 20, &luck) >= 10000000, "the next waits until it is due");
	t_ok(gate.refusals > 0, "after refusals");
	int64_t last_ns = 0;
	for (int i = 0; i < 1000; i++)
		last_ns = store_gate_wait_ns(&gate, 0, 0.05, 20, &luck);
	t_ok(last_ns >= 10 * NS_PER_SECOND && last_ns < 32 * NS_PER_SECOND, "a thousand more take ten seconds (%.1f s)",
	     seconds_from_ns(last_ns));
	t_int(store_gate_wait_ns(&gate, 60 * NS_PER_SECOND, 0.05, 20, &luck), 0, "after a rest nobody waits");
}

/* The pages of the SeBS-Flow artefact (2022): 20 to 25 MB downloads at five sizes. */
static void test_bulk_rates(void)
{
	static const struct {
		int64_t memory_mb;
		double mb_per_second;
	} measured[] = {{128, 9.5}, {512, 35}, {1024, 66}, {1792, 94}, {3072, 100}};
	for (size_t i = 0; i < sizeof measured / sizeof measured[0]; i++) {
		struct toy toy;
		char name[64];
		toy_init(&toy);
		toy.platform.cpu.mb_per_vcpu = 1769;
		toy.platform.network = (struct platform_network){.burst_mb_per_second = 212,
								 .bucket_mb = 134,
								 .refill_mb_per_second = 75,
								 .cpu_seconds_per_mb = 0.0072,
								 .is_overlapped = true};
		toy.platform.store.get_seconds = toy_constant(&toy.arena, 0.03);
		toy.platform.store.connection_mb_per_second = 90;
		toy.platform.store.bulk_above_mb = 1;
		toy.platform.store.bulk_get_seconds = 0.048;
		toy.platform.store.bulk_connections = 10;
		toy_function(&toy, "f", measured[i].memory_mb, &(struct toy_work){.download_mb = 22});
		struct outcome outcome = toy_simulate(&toy, 1);
		snprintf(name, sizeof name, "a download at %lld MB", (long long)measured[i].memory_mb);
		t_near(22 / seconds_from_ns(outcome.functions[0].duration_ns), measured[i].mb_per_second, 0.1, 0, name);
		toy_release(&toy);
	}
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

int main(void)
{
	test_gate();
	test_bulk_rates();
	test_orchestrators();
	test_refusals();
	return t_done();
}
