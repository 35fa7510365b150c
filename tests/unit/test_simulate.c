/* Small pipelines whose every time was worked out by hand: both schedules, cold and warm, transfers, the driver. */
#include "base/check.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

/* Get 20 MB (0.22 s), half a second of CPU, put 10 MB (0.14 s): 0.86 s. */
static const struct toy_work front = {.cpu_seconds = 0.5, .download_mb = 20, .upload_mb = 10, .memory_mb = 600};

/* Cold only: import 0.3 s, 50 MB of weights (0.52 s). Then get 10 MB (0.12 s), two threads for 1 s: 1.94 or 1.12 s. */
static const struct toy_work back = {
	.cpu_seconds = 2, .threads = 2, .download_mb = 10, .import_seconds = 0.3, .weights_mb = 50, .memory_mb = 900};

static void two_functions(struct toy *toy, int64_t records, int schedule, int64_t parallel)
{
	toy_init(toy);
	toy_function(toy, "front", 1000, &front);
	toy_function(toy, "back", 2000, &back);
	toy_records(toy, records);
	toy->setting.schedule = schedule;
	toy->setting.parallel = parallel;
}

static void one_function(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1, .memory_mb = 250});
	toy_records(&toy, 3);
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.end, OUTCOME_COMPLETE, "it ends by itself");
	t_int(o.makespan_ns, 3520 * NS_PER_MS, "0.5 s cold + 1 s, then twice 0.01 s warm + 1 s");
	t_int(o.record_times.values[0], 1500 * NS_PER_MS, "the first record's time");
	t_int(o.record_times.values[2], 3520 * NS_PER_MS, "the last one has waited since the start");
	t_int(o.record_ns, (1500 + 2510 + 3520) * NS_PER_MS, "their sum");
	t_int(o.functions[0].cold_starts, 1, "one cold start");
	t_int(o.functions[0].init_ns, 500 * NS_PER_MS, "of half a second");
	t_int(o.functions[0].duration_ns, 3000 * NS_PER_MS, "handler time");
	t_int(o.functions[0].billed_ns, 3000 * NS_PER_MS, "billed time");
	t_ok(o.usage.billed_mb_ns == (price_mb_ns)3000 * NS_PER_MS * 1000, "billed MB*ns");
	t_ok(o.functions[0].used_mb_ns * 4 == o.functions[0].paid_mb_ns, "a quarter of the memory is used");
	t_near(o.bill.total_usd, 3 * 1000 / 1024.0 * 0.0000166667 + 3 * 0.2e-6, 1e-12, 0, "the bill");
	toy_release(&toy);
}

/* A CPU time known to 20 %: longer or shorter for all requests of a world, right in the mean. */
static void unknown_cpu_time(void)
{
	enum { WORLDS = 2000 };
	struct toy toy;
	double sum = 0, squares = 0;
	bool all_alike = true;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 10});
	toy_records(&toy, 2);
	toy.functions[0].work.phases[WORK_COMPUTE].cpu_error_share = 0.2;
	toy.functions[0].last_work.phases[WORK_COMPUTE].cpu_error_share = 0.2;
	for (uint32_t world = 0; world < WORLDS; world++) {
		struct outcome out;
		struct simulate_options options = {.seed = 1, .replication = world};
		simulate(&toy.setting, &options, &toy.arena, &out);
		double seconds = (double)out.functions[0].duration_ns * 1e-9 / 2;
		double first = (double)out.record_times.values[0] * 1e-9 - 0.5;
		all_alike = all_alike && fabs(first - seconds) < 0.03;
		sum += seconds / 10;
		squares += seconds * seconds / 100;
	}
	double mean = sum / WORLDS;
	t_ok(all_alike, "both requests of a world are off alike");
	t_near(mean, 1, 0.015, 0, "right in the mean");
	t_near(sqrt(squares / WORLDS - mean * mean), 0.2, 0.05, 0, "by a fifth over worlds");
	toy_release(&toy);
}

static void per_record(void)
{
	struct toy toy;
	two_functions(&toy, 4, SCHEDULE_PER_RECORD, 2);
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, 5800 * NS_PER_MS, "two jobs: cold 0.5+0.86+0.5+1.94, then warm 0.01+0.86+0.01+1.12");
	t_int(o.functions[0].cold_starts + o.functions[1].cold_starts, 4, "each job starts two sandboxes");
	t_int(o.peak_concurrency, 2, "two sandboxes at once");
	t_int(o.functions[1].phase_ns[WORK_IMPORT], 600 * NS_PER_MS, "two imports");
	t_int(o.functions[1].phase_ns[WORK_WEIGHTS_GET], 1040 * NS_PER_MS, "two loads of weights");
	t_int(o.functions[0].phase_ns[WORK_RECORD_GET], 880 * NS_PER_MS, "four records come in");
	t_int(o.functions[0].phase_ns[WORK_RECORD_PUT], 560 * NS_PER_MS, "four go out");
	t_int(o.usage.gets, 4 + 4 + 2, "GETs: records of both functions, weights of two sandboxes");
	t_int(o.usage.puts, 4, "PUTs");
	t_int(o.usage.requests, 8, "invocations");
	t_int(o.functions[1].bytes_in, 4 * 10000000 + 2 * 50000000, "bytes in");
	t_int(o.functions[1].billed_ns, (2 * 2000 + 2 * 1200) * NS_PER_MS, "1.94 s are billed as 2.0, 1.12 as 1.2");
	toy_release(&toy);
}

static void pipelined(void)
{
	struct toy toy;
	two_functions(&toy, 3, SCHEDULE_PIPELINED, 1);
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.record_times.values[0], 3800 * NS_PER_MS, "the first record: 1.36 + 2.44");
	t_int(o.record_times.values[1], 4930 * NS_PER_MS, "the second waits for the slower function: + 1.13");
	t_int(o.makespan_ns, 6060 * NS_PER_MS, "so does the third");
	t_int(o.functions[0].cold_starts + o.functions[1].cold_starts, 2, "one sandbox per function");
	t_int(o.peak_concurrency, 2, "both work at once");
	toy_release(&toy);
}

/* With cold and warm alike, R records through N places each take ceil(R/N) * slowest + the other functions' times. */
static void waves(void)
{
	static const struct {
		int64_t parallel, makespan_ms;
	} cases[] = {{1, 70600}, {2, 35600}, {3, 24400}, {7, 11100}, {32, 3400}, {64, 2000}, {100, 1300}, {500, 1300}};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct toy toy;
		toy_init(&toy);
		toy.platform.sandbox.cold_start_seconds = toy_constant(&toy.arena, 0);
		toy.platform.sandbox.warm_start_seconds = toy_constant(&toy.arena, 0);
		toy_function(&toy, "a", 1000, &(struct toy_work){.cpu_seconds = 0.4});
		toy_function(&toy, "b", 1000, &(struct toy_work){.cpu_seconds = 0.7});
		toy_function(&toy, "c", 1000, &(struct toy_work){.cpu_seconds = 0.2});
		toy_records(&toy, 100);
		toy.setting.schedule = SCHEDULE_PIPELINED;
		toy.setting.parallel = cases[i].parallel;
		char name[80];
		snprintf(name, sizeof name, "100 records through %lld places: ceil(100/N) * 0.7 s + 0.6 s",
			 (long long)cases[i].parallel);
		t_int(toy_simulate(&toy, 1).makespan_ns, cases[i].makespan_ms * NS_PER_MS, name);
		toy_release(&toy);
	}
}

static void driver(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	toy_records(&toy, 4);
	toy.setting.parallel = 4;
	toy.setting.dispatch_ns = 100 * NS_PER_MS;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.record_times.values[0], 1500 * NS_PER_MS, "the driver starts the first call at once");
	t_int(o.makespan_ns, 1800 * NS_PER_MS, "and the fourth after three times 0.1 s");
	toy_release(&toy);
}

static void last_record(void)
{
	struct toy toy;
	toy_init(&toy);
	struct setting_function *f = toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	toy.setting.images_per_record = 10;
	toy.setting.images = 24;
	toy.setting.records = 3;
	f->work.images = 10;
	f->last_work.images = 4;
	f->last_work.phases[WORK_COMPUTE].cpu_ns = 400 * NS_PER_MS;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, (1500 + 1010 + 410) * NS_PER_MS, "the last record holds 4 of 10 images and takes less");
	t_int(o.images_completed, 24, "all images are counted");
	toy_release(&toy);
}

/* A stream that the client cannot read faster than 5 MB/s, and TLS on a tenth of a vCPU. */
static void slow_clients(void)
{
	struct toy toy;
	toy_init(&toy);
	struct setting_function *f = toy_function(&toy, "f", 1000, &(struct toy_work){.download_mb = 20});
	f->last_work.phases[WORK_RECORD_GET].stream_mb_per_second = 5;
	t_int(toy_simulate(&toy, 1).makespan_ns, (500 + 20 + 4000) * NS_PER_MS, "the client's stream is the slowest");
	f->last_work.phases[WORK_RECORD_GET].stream_mb_per_second = HUGE_VAL;
	toy.platform.store.connection_mb_per_second = 10;
	t_int(toy_simulate(&toy, 1).makespan_ns, (500 + 20 + 2000) * NS_PER_MS, "the store's connection is");
	f->memory_mb = 100;
	toy.platform.network.cpu_seconds_per_mb = 0.01;
	t_near((double)toy_simulate(&toy, 1).makespan_ns / 1e9, 0.52 + 0.2 + 1.98, 0, 0.021, "the sandbox's CPU is");
	toy_release(&toy);
}

/* As logs tell it: compute holds the time of the transfers, which are billed all the same. */
static void timed_elsewhere(void)
{
	struct toy toy;
	toy_init(&toy);
	struct toy_work work = {.cpu_seconds = 1, .download_mb = 20, .upload_mb = 10, .import_seconds = 0.25};
	struct setting_function *f = toy_function(&toy, "f", 1000, &work);
	toy_records(&toy, 2);
	f->work.phases[WORK_IMPORT].wait_ns = 125 * NS_PER_MS;
	for (int i = 0; i < WORK_PHASES; i++)
		f->work.phases[i].is_timed_elsewhere = true;
	f->last_work = f->work;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.record_times.values[0], (500 + 125 + 250 + 1000) * NS_PER_MS, "cold: waits, imports and computes only");
	t_int(o.makespan_ns - o.record_times.values[0], (10 + 1000) * NS_PER_MS, "warm: computes only");
	t_int(o.functions[0].usage.gets + o.functions[0].usage.puts, 4, "its requests are counted");
	t_int(o.functions[0].bytes_in, 40000000, "and so are its bytes");
	toy_release(&toy);
}

static void keep_alive(void)
{
	struct toy toy;
	two_functions(&toy, 2, SCHEDULE_PER_RECORD, 1);
	toy.platform.sandbox.keep_alive_seconds = toy_constant(&toy.arena, 2);
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.functions[0].cold_starts, 2, "front idles 2.44 s, more than the platform's 2 s: cold again");
	t_int(o.functions[1].cold_starts, 1, "back idles 1.36 s: warm");
	toy_release(&toy);
}

int main(void)
{
	one_function();
	unknown_cpu_time();
	per_record();
	pipelined();
	waves();
	driver();
	last_record();
	slow_clients();
	timed_elsewhere();
	keep_alive();
	return t_done();
}
