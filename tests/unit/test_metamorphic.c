/* How outcomes must change when settings do, whatever the numbers are. */
#include "base/check.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

static const int schedules[] = {SCHEDULE_PER_RECORD, SCHEDULE_PIPELINED};

/* One place, no luck, everything warm and nothing rounded: twice the records are twice the usage. */
static void doubled_records(void)
{
	for (int s = 0; s < 2; s++) {
		struct toy toy;
		toy_network(&toy, 20, schedules[s], 1);
		struct toy plain;
		toy_init(&plain);
		toy.platform = plain.platform;
		for (size_t i = 0; i < toy.setting.function_count; i++)
			for (int phase = 0; phase < WORK_WEIGHTS_LOAD; phase++)
				toy.functions[i].work.phases[phase] = toy.functions[i].last_work.phases[phase] =
					(struct phase){0};
		toy_memory(&toy, 2000);
		struct outcome once = toy_simulate(&toy, 1);
		toy_records(&toy, 40);
		struct outcome twice = toy_simulate(&toy, 1);
		t_ok(twice.usage.billed_mb_ns == 2 * once.usage.billed_mb_ns, "%s: MB*ns double",
		     schedule_names[schedules[s]]);
		t_int(twice.usage.requests, 2 * once.usage.requests, "requests double");
		t_int(twice.usage.gets, 2 * once.usage.gets, "GETs double");
		t_int(twice.usage.puts, 2 * once.usage.puts, "PUTs double");
		t_int(twice.functions[0].bytes_out, 2 * once.functions[0].bytes_out, "bytes double");
		t_int(twice.functions[0].cold_starts, once.functions[0].cold_starts, "cold starts do not");
		toy_release(&plain);
		toy_release(&toy);
	}
}

static bool same_outcome(const struct outcome *a, const struct outcome *b)
{
	return a->makespan_ns == b->makespan_ns && a->record_ns == b->record_ns && a->events == b->events &&
	       memcmp(&a->usage, &b->usage, sizeof a->usage) == 0 &&
	       memcmp(a->functions, b->functions, a->function_count * sizeof *a->functions) == 0;
}

static void relabelled(void)
{
	struct toy toy;
	toy_network(&toy, 40, SCHEDULE_PIPELINED, 5);
	struct outcome before = toy_simulate(&toy, 3);
	toy.functions[0].name = "z";
	toy.functions[2].name = "a";
	toy.platform.name = "elsewhere";
	struct outcome after = toy_simulate(&toy, 3);
	t_ok(same_outcome(&before, &after), "names mean nothing to the simulation");
	struct outcome other = toy_simulate(&toy, 4);
	t_ok(!same_outcome(&before, &other), "the seed does");
	toy_release(&toy);
}

/* With places for all records nothing is shared; with one place the order is fixed. Neither may ever get slower. */
static void more_memory(void)
{
	static const int64_t places[] = {1, 40};
	for (int s = 0; s < 4; s++) {
		int slower = 0;
		for (uint64_t seed = 1; seed <= 5; seed++) {
			int64_t before_ns = INT64_MAX / 2;
			for (int64_t memory_mb = 200; memory_mb <= 4000; memory_mb += 100) {
				struct toy toy;
				toy_network(&toy, 40, schedules[s / 2], places[s % 2]);
				for (size_t i = 0; i < toy.setting.function_count; i++)
					toy.functions[i].work.peak_memory_mb =
						toy.functions[i].last_work.peak_memory_mb = 0;
				toy_memory(&toy, memory_mb);
				int64_t makespan_ns = toy_simulate(&toy, seed).makespan_ns;
				/* Phases fall differently into periods of the quota: 20 ms each at most. */
				slower += makespan_ns > before_ns + 40 * 4 * 5 * 20 * NS_PER_MS / (places[s % 2]);
				before_ns = makespan_ns;
				toy_release(&toy);
			}
		}
		char name[80];
		snprintf(name, sizeof name, "more memory never takes longer: %s, %lld places",
			 schedule_names[schedules[s / 2]], (long long)places[s % 2]);
		t_int(slower, 0, name);
	}
}

/* Without luck and cold starts alike, every place more helps or leaves things as they are. */
static void more_parallelism(void)
{
	for (int s = 0; s < 2; s++) {
		int slower = 0;
		int64_t before_ns = INT64_MAX;
		for (int64_t parallel = 1; parallel <= 70; parallel++) {
			struct toy toy;
			toy_network(&toy, 60, schedules[s], parallel);
			struct toy plain;
			toy_init(&plain);
			toy.platform = plain.platform;
			toy_memory(&toy, 2000);
			for (size_t i = 0; i < toy.setting.function_count; i++)
				for (int phase = 0; phase < WORK_WEIGHTS_LOAD; phase++)
					toy.functions[i].work.phases[phase] = toy.functions[i].last_work.phases[phase] =
						(struct phase){0};
			toy.platform.sandbox.cold_start_seconds = toy_constant(&toy.arena, 0.01);
			toy.platform.sandbox.package_seconds = toy_constant(&toy.arena, 0);
			int64_t makespan_ns = toy_simulate(&toy, 1).makespan_ns;
			slower += makespan_ns > before_ns;
			before_ns = makespan_ns;
			toy_release(&plain);
			toy_release(&toy);
		}
		t_int(slower, 0, "more places never take longer");
	}
}

static void prices(void)
{
	struct toy toy;
	toy_network(&toy, 40, SCHEDULE_PER_RECORD, 4);
	struct outcome before = toy_simulate(&toy, 1);
	double *const members[] = {&toy.platform.price.usd_per_gb_second, &toy.platform.price.usd_per_million_requests,
				   &toy.platform.price.usd_per_1000_puts, &toy.platform.price.usd_per_1000_gets};
	static const enum bill_item items[] = {BILL_COMPUTE, BILL_REQUESTS, BILL_PUTS, BILL_GETS};
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		*members[i] *= 2;
		struct outcome after = toy_simulate(&toy, 1);
		t_ok(after.bill.total_usd > before.bill.total_usd, "price %zu: twice the price costs more", i);
		t_near(after.bill.total_usd - before.bill.total_usd, before.bill.lines[items[i]].usd, 1e-9, 0,
		       "by what its line was");
		t_int(after.makespan_ns, before.makespan_ns, "and takes as long");
		*members[i] /= 2;
	}
	toy.platform.price.granularity_seconds = 0.001;
	t_ok(toy_simulate(&toy, 1).bill.total_usd < before.bill.total_usd, "finer steps cost less");
	toy.platform.price.granularity_seconds = 0.1;
	toy.functions[0].sandbox.init_cpu_ns = NS_PER_SECOND;
	before = toy_simulate(&toy, 1);
	toy.platform.price.init_billed = true;
	t_ok(toy_simulate(&toy, 1).bill.total_usd > before.bill.total_usd, "billed initialising costs more");
	toy_release(&toy);
}

static void repeated(void)
{
	struct toy toy;
	toy_network(&toy, 60, SCHEDULE_PIPELINED, 8);
	struct outcome first = toy_simulate(&toy, 12);
	struct outcome again = toy_simulate(&toy, 12);
	t_ok(same_outcome(&first, &again), "the same setting and seed give the same outcome");
	toy_release(&toy);
}

int main(void)
{
	doubled_records();
	relabelled();
	more_memory();
	more_parallelism();
	prices();
	repeated();
	return t_done();
}
