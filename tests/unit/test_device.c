/* A device that requests share: turns and batches worked out by hand, and batch service, whose answers are known. */
#include "tests/tap.h"
#include "tests/unit/toy.h"

/* An instance of a fleet with a device; a call takes call_seconds on it, and each request of it each_seconds more. */
static struct setting_function *with_device(struct toy *toy, double call_seconds, double each_seconds)
{
	toy_init(toy);
	toy->platform.sandbox.starts = STARTS_BY_TARGET;
	toy->platform.sandbox.when_full = FLEET_QUEUES;
	toy->platform.sandbox.target_share = 0.5;
	toy->platform.sandbox.target_window_seconds = 1e6;
	toy->platform.sandbox.target_looks = 1;
	toy->platform.sandbox.warm_start_seconds = toy_constant(&toy->arena, 0);
	toy->platform.price.billed_by = BILLED_BY_INSTANCE;
	toy->platform.limits.concurrency = 1;
	toy->platform.device.name = "card";
	struct setting_function *function = toy_function(toy, "f", 1000, &(struct toy_work){0});
	function->sandbox.requests_max = 10000;
	function->sandbox.instances_min = 1;
	function->sandbox.has_device = true;
	function->work.phases[WORK_DEVICE] = (struct phase){
		.device_ns = ns_from_seconds(call_seconds + each_seconds),
		.device_call_ns = ns_from_seconds(call_seconds),
	};
	function->last_work = function->work;
	return function;
}

static void batches(struct setting_function *function, int64_t most, double window_seconds)
{
	function->device_batch_max = most;
	function->device_window_ns = ns_from_seconds(window_seconds);
}

static void at_once(struct toy *toy, int64_t requests)
{
	toy_records(toy, requests);
	toy->setting.parallel = requests;
}

static void over_time(struct toy *toy, double rate, double requests)
{
	toy->setting.arrivals = (struct arrival_process){
		.kind = ARRIVALS_POISSON, .rate_per_second = rate, .duration_ns = ns_from_seconds(requests / rate)};
	toy->setting.images = 0;
	toy->setting.records = 100000000;
	toy->setting.parallel = INT64_MAX;
}

static double mean_seconds(const struct outcome *o)
{
	return (double)o->record_ns / 1e9 / (double)o->records_completed;
}

/* The first of five finds the device free; the others have waited for it and go together, three at a time. */
static void goes_together(void)
{
	struct toy toy;
	struct setting_function *function = with_device(&toy, 1, 0.5);
	at_once(&toy, 5);
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, 7500 * NS_PER_MS, "one by one: five times 1.5 s");
	batches(function, 3, 0);
	o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, 5500 * NS_PER_MS, "1.5 s for the first, 2.5 s for three, 1.5 s for the last");
	t_int(o.functions[0].cause_ns[CAUSE_DEVICE], (1500 + 3 * 2500 + 1500) * NS_PER_MS, "each is on it for all");
	t_int(o.functions[0].cause_ns[CAUSE_INSTANCE], (3 * 1500 + 4000) * NS_PER_MS, "and waits for those before it");
	batches(function, 3, 10);
	o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, 12000 * NS_PER_MS, "with a window the first waits for two more, but two for a third");
	batches(function, 5, 10);
	o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, 3500 * NS_PER_MS, "five that may go together do, at once");
	toy_release(&toy);
}

/* A request that is stopped leaves its place: whoever is left goes on, and a device that nobody is on is free. */
static void stops(void)
{
	struct toy toy;
	struct setting_function *function = with_device(&toy, 4, 1);
	at_once(&toy, 3);
	batches(function, 2, 0);
	function->timeout_ns = 7 * NS_PER_SECOND;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.functions[0].completed, 1, "of three the first is done in time");
	t_int(o.makespan_ns, 7 * NS_PER_SECOND, "the two that go together after it are stopped after 7 s");
	batches(function, 3, 60);
	toy_records(&toy, 2);
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].timeouts, 2, "a window that is longer than a request may take ends it");
	t_int(o.makespan_ns, 7 * NS_PER_SECOND, "when its time is over");
	toy_release(&toy);
}

/* Batches of exactly this many wait for one another: the last of a few waits for its window. */
static void waits_in_window(void)
{
	struct toy toy;
	struct setting_function *function = with_device(&toy, 0, 1e-6);
	static const double rates[] = {0.01, 1, 10};
	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		double window = 0.2;
		batches(function, 2, window);
		over_time(&toy, rates[i], 40000);
		struct outcome o = toy_simulate(&toy, 1);
		double meets = 1 - exp(-rates[i] * window);
		double right = meets / rates[i] / (1 + meets);
		double seconds = mean_seconds(&o);
		t_ok(fabs(seconds / right - 1) < 0.02, "pairs at %g/s wait %.4f s for each other (%.4f)", rates[i],
		     seconds, right);
	}
	toy_release(&toy);
}

/* Two models on one card, one after the other: they take turns on it, and each is loaded once. */
static void models_share(void)
{
	struct toy toy;
	struct setting_function *first = with_device(&toy, 0, 1);
	struct setting_function *second = toy_function(&toy, "g", 1000, &(struct toy_work){.import_seconds = 3});
	second->work.phases[WORK_DEVICE].device_ns = 2 * NS_PER_SECOND;
	second->last_work = second->work;
	second->guest_of_plus_one = 1;
	setting_seat_guests(&toy.setting);
	at_once(&toy, 2);
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, 6 * NS_PER_SECOND, "two records: 1 s and 2 s of the card each, one at a time");
	t_int(o.peak_concurrency, 1, "on one instance");
	t_int(o.functions[0].completed + o.functions[1].completed, 4, "that both models' requests go to");
	t_int(o.functions[1].billed_ns, 0, "which the first one pays for");
	/* An instance that a request starts has loaded neither. */
	toy.platform.sandbox.starts = STARTS_ON_REQUEST;
	toy.platform.sandbox.target_share = 0;
	toy.functions[0].sandbox.instances_min = 0;
	first->work.phases[WORK_IMPORT] = (struct phase){.cpu_ns = NS_PER_SECOND, .threads = 1, .cold_only = true};
	first->last_work = first->work;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].cold_starts, 1, "one is started");
	t_int(o.functions[1].cold_starts, 0, "by the first model");
	/* 0.5 s of start, 1 s of loading; cards from 1.5 s on: 2.5, 3.5; loading from 2.5 to 5.5; 7.5, 9.5. */
	t_int(o.makespan_ns, 9500 * NS_PER_MS, "the second is loaded by its own first request, once");
	/* Both models' memory counts, whoever asks. */
	first->work.peak_memory_mb = first->work.shared_memory_mb = 600;
	second->work.peak_memory_mb = second->work.shared_memory_mb = 500;
	first->last_work = first->work;
	second->last_work = second->work;
	o = toy_simulate(&toy, 1);
	t_int(o.records_failed, 2, "1,000 MB do not hold 600 and 500 MB of models");
	toy_release(&toy);
}

enum { STATES = 400 };

/* By size of a batch: what it takes, and how probable are so many requests meanwhile. */
struct batch_service {
	double rate;
	double call_seconds;
	double each_seconds;
	int most;
};

static double seconds_of(const struct batch_service *queue, int batch)
{
	return queue->call_seconds + batch * queue->each_seconds;
}

/* Adds probability times a Poisson law of this mean, from state `from` on. */
static void add_poisson(double *states, int from, double mean, double probability)
{
	double term = exp(-mean) * probability;
	for (int k = 0; from + k < STATES && (k < mean || term > 1e-18); k++) {
		states[from + k] += term;
		term *= mean / (k + 1);
	}
}

/*
 * Mean time of a request in a queue with Poisson arrivals and batch service, which takes all that wait, `most` at the
 * most, and one that finds nobody at once: by the chain of how many wait when a batch is done (Bailey, "On queueing
 * processes with bulk service", J. Royal Stat. Soc. B 16, 1954), here with times that depend on the size of a batch.
 */
static double exact_seconds(const struct batch_service *queue)
{
	double states[STATES] = {1};
	for (int round = 0; round < 1500; round++) {
		double next[STATES] = {0};
		for (int waiting = 0; waiting < STATES; waiting++) {
			int batch = waiting == 0 ? 1 : waiting < queue->most ? waiting : queue->most;
			int left = waiting - batch > 0 ? waiting - batch : 0;
			add_poisson(next, left, queue->rate * seconds_of(queue, batch), states[waiting]);
		}
		for (int i = 0; i < STATES; i++)
			states[i] = next[i];
	}
	double waited = 0; /* requests that wait, times time, of a batch */
	double served = 0; /* requests on the device, times time */
	double cycle = 0;
	for (int waiting = 0; waiting < STATES; waiting++) {
		int batch = waiting == 0 ? 1 : waiting < queue->most ? waiting : queue->most;
		int left = waiting - batch > 0 ? waiting - batch : 0;
		double seconds = seconds_of(queue, batch);
		waited += states[waiting] * (left * seconds + queue->rate * seconds * seconds / 2);
		served += states[waiting] * batch * seconds;
		cycle += states[waiting] * (seconds + (waiting == 0 ? 1 / queue->rate : 0));
	}
	return (waited + served) / cycle / queue->rate;
}

static void is_batch_service(void)
{
	static const struct batch_service rows[] = {
		{0.8, 1, 0, 1},      /* M/D/1 */
		{2.4, 1, 0, 4},      /* M/D^[4]/1 at 0.6 */
		{3.6, 1, 0, 4},      /* at 0.9 */
		{5, 1, 0, 1000},     /* all that wait go together */
		{20, 0.1, 0.02, 8},  /* what a call takes, and what each of its requests takes, at 0.65 */
		{28, 0.1, 0.02, 8},  /* at 0.91 */
		{0.05, 0.1, 0.02, 8} /* nearly always alone */
	};
	t_near(exact_seconds(&rows[0]), 1 + 0.8 / (2 * (1 - 0.8)), 1e-6, 0, "the chain has Pollaczek's and Khinchin's");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct toy toy;
		struct setting_function *function = with_device(&toy, rows[i].call_seconds, rows[i].each_seconds);
		batches(function, rows[i].most, 0);
		over_time(&toy, rows[i].rate, 200000);
		struct outcome o = toy_simulate(&toy, 1);
		double right = exact_seconds(&rows[i]);
		double seconds = mean_seconds(&o);
		t_ok(fabs(seconds / right - 1) < 0.03, "batches of %d at %g/s take %.4f s (%.4f)", rows[i].most,
		     rows[i].rate, seconds, right);
		toy_release(&toy);
	}
}

int main(void)
{
	goes_together();
	stops();
	waits_in_window();
	models_share();
	is_batch_service();
	return t_done();
}
