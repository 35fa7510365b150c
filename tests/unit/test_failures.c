/* What fails is counted, billed and ended: out of memory, out of time, throttled, out of events or simulated time. */
#include "tests/tap.h"
#include "tests/unit/toy.h"

static void out_of_memory(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_function(&toy, "fits", 1000, &(struct toy_work){.cpu_seconds = 0.25, .memory_mb = 1000});
	toy_function(&toy, "bursts", 1000,
		     &(struct toy_work){.cpu_seconds = 3, .download_mb = 20, .upload_mb = 5, .memory_mb = 1000.5});
	toy_function(&toy, "never", 1000, &(struct toy_work){.cpu_seconds = 1});
	toy_records(&toy, 3);
	struct outcome o = toy_simulate(&toy, 1);
	const struct function_outcome *bursts = &o.functions[1];
	t_int(o.functions[0].out_of_memory, 0, "exactly the memory bought is enough");
	t_int(bursts->out_of_memory, 3, "half a MB more is too much, every time");
	t_int(bursts->invocations, 3, "the calls were made");
	t_int(bursts->completed, 0, "and none completed");
	t_int(bursts->cold_starts, 3, "each crash takes its sandbox along");
	t_int(bursts->duration_ns, 3 * 220 * NS_PER_MS, "it dies when the layers would run, its record fetched");
	t_int(bursts->billed_ns, 3 * 300 * NS_PER_MS, "what ran is billed");
	t_int(bursts->bytes_out, 0, "nothing was written");
	t_int(o.functions[2].invocations, 0, "the next function is never called");
	t_int(o.records_failed, 3, "the records failed");
	t_int(o.records_completed, 0, "none is complete");
	t_int(o.images_completed, 0, "nor is an image");
	t_int(o.makespan_ns, (500 + 250 + 500 + 220 + 2 * (10 + 250 + 500 + 220)) * NS_PER_MS,
	      "failures take time, too");
	toy_release(&toy);
}

static void out_of_time(void)
{
	struct toy toy;
	toy_init(&toy);
	struct setting_function *f =
		toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1, .download_mb = 20});
	f->timeout_ns = 1220 * NS_PER_MS;
	toy_records(&toy, 2);
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.functions[0].timeouts, 0, "a function that ends with its timeout completes");
	f->timeout_ns = 1220 * NS_PER_MS - 1;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].timeouts, 2, "a nanosecond less is too short");
	t_int(o.functions[0].duration_ns, 2 * f->timeout_ns, "it runs until the timeout");
	t_int(o.functions[0].phase_ns[WORK_COMPUTE], 2 * (1000 * NS_PER_MS - 1),
	      "the phase that was cut counts as it ran");
	t_int(o.functions[0].billed_ns, 2 * 1300 * NS_PER_MS, "and is billed");
	t_int(o.functions[0].cold_starts, 2, "the sandbox is gone");
	f->timeout_ns = 100 * NS_PER_MS;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].bytes_in, 0, "a transfer that was cut brings nothing");
	t_int(o.usage.gets, 2, "but its request is paid for");
	t_int(o.records_failed, 2, "both records fail");
	toy_release(&toy);
}

static void throttled(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	toy_records(&toy, 50);
	toy.setting.parallel = 50;
	toy.platform.limits.concurrency = 4;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.records_completed, 50, "throttled calls are tried again until they run");
	t_ok(o.functions[0].throttles >= 46, "46 calls and more were refused");
	t_int(o.functions[0].invocations, 50, "a refused call is no invocation");
	t_int(o.usage.requests, 50, "and is not billed");
	t_int(o.peak_concurrency, 4, "the limit holds");
	t_ok(o.makespan_ns > 12 * 1000 * NS_PER_MS, "50 s of work on four sandboxes take more than 12 s");
	toy.platform.limits.concurrency = 1000;
	toy.platform.limits.burst = 10;
	toy.platform.limits.burst_per_minute = 0;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].cold_starts, 10, "no new sandboxes beyond the burst");
	t_int(o.records_completed, 50, "the ten serve everybody");
	toy_release(&toy);
}

static void never_admitted(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1, .memory_mb = 2000});
	toy_records(&toy, 2);
	toy.platform.limits.burst = 1;
	toy.platform.limits.burst_per_minute = 0;
	toy.setting.horizon_ns = 3600 * NS_PER_SECOND;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.end, OUTCOME_HORIZON, "a call that will never be admitted ends at the horizon");
	t_int(o.records_completed + o.records_failed, 1, "the record that crashed the only sandbox is counted");
	toy_release(&toy);
}

static void bounds(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	toy_records(&toy, 100);
	toy.setting.event_budget = 50;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.end, OUTCOME_EVENT_BUDGET, "the event budget ends it");
	t_int((long long)o.events, 50, "after as many events");
	t_ok(o.records_completed > 0 && o.records_completed < 100, "with part of the records");
	toy.setting.event_budget = 1000000;
	toy.setting.horizon_ns = 10 * NS_PER_SECOND;
	o = toy_simulate(&toy, 1);
	t_int(o.end, OUTCOME_HORIZON, "so does the horizon");
	t_int(o.records_completed, 9, "1.5 s + 8 * 1.01 s fit into 10 s");
	toy_records(&toy, 100000);
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_DETERMINISTIC, .rate_per_second = 2};
	toy.setting.horizon_ns = INT64_MAX / 2;
	toy.setting.in_flight_max = 20;
	o = toy_simulate(&toy, 1);
	t_int(o.end, OUTCOME_IN_FLIGHT, "so do too many requests at once");
	t_int(o.records_completed, 17, "38 have come in 19 s, and 1 + (19 - 2) / 1.01 are done");
	toy.setting.arrivals.kind = ARRIVALS_ALL_AT_ONCE;
	toy.setting.event_budget = 50;
	t_int(toy_simulate(&toy, 1).end, OUTCOME_EVENT_BUDGET, "but not where all come at once");
	toy.setting.event_budget = 1000000;
	sig_atomic_t stop = 1;
	struct simulate_options options = {.seed = 1, .interrupt = &stop};
	toy_records(&toy, 100000);
	toy.setting.horizon_ns = INT64_MAX / 2;
	simulate(&toy.setting, &options, &toy.arena, &o);
	t_int(o.end, OUTCOME_INTERRUPTED, "and an interrupt");
	toy_release(&toy);
}

int main(void)
{
	out_of_memory();
	out_of_time();
	throttled();
	never_admitted();
	bounds();
	return t_done();
}
