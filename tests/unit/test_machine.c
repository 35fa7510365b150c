/* One machine with a GPU: feeding and computing overlap, and the slower of the two sets the pace. */
#include "tests/tap.h"
#include "tests/unit/toy.h"

static void machine_init(struct toy *toy, double feed_seconds, double images_per_second)
{
	toy_init(toy);
	toy->platform.kind = PLATFORM_MACHINE;
	toy->platform.machine = (struct platform_machine){
		.feed_seconds_per_image = feed_seconds,
		.device_images_per_second = images_per_second,
		.batch_images = 100,
		.boot_seconds = 30,
	};
	toy->platform.price = (struct platform_price){.usd_per_hour = 3.6, .granularity_seconds = 1};
	toy->setting.images = 1000;
	toy->setting.images_per_record = 250;
	toy->setting.records = 4;
}

static void fed_slowly(void)
{
	struct toy toy;
	machine_init(&toy, 0.01, 1000);
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, 10100 * NS_PER_MS, "1,000 images fed at 10 ms each, and the last batch computed");
	t_int(o.images_completed, 1000, "all images");
	t_int(o.records_completed, 4, "all records");
	t_int(o.record_times.values[0], 3100 * NS_PER_MS, "the first 250 images are done with the third batch");
	t_int(o.record_times.values[3], 10100 * NS_PER_MS, "the last record with the last batch");
	t_near(o.bill.total_usd, 40.1e-3, 1e-12, 0, "40.1 s with its boot at 3.60 USD an hour");
	t_int(o.peak_concurrency, 1, "one machine");
	toy.setting.images = 950;
	o = toy_simulate(&toy, 1);
	t_int(o.records_completed, 4, "a last record of fewer images is one too");
	toy_release(&toy);
}

static void computes_slowly(void)
{
	struct toy toy;
	machine_init(&toy, 0.001, 100);
	t_int(toy_simulate(&toy, 1).makespan_ns, 10100 * NS_PER_MS,
	      "a batch fed in 0.1 s, then ten computed at 1 s each");
	toy.setting.images = 150;
	toy.setting.images_per_record = 150;
	toy.setting.records = 1;
	t_int(toy_simulate(&toy, 1).makespan_ns, 1600 * NS_PER_MS, "a smaller last batch takes less");
	toy_release(&toy);
}

static void luck(void)
{
	struct toy toy;
	machine_init(&toy, 0.01, 1000);
	toy.platform.cpu.speed_spread = 0.05;
	int64_t first_ns = toy_simulate(&toy, 1).makespan_ns;
	t_ok(first_ns != 10100 * NS_PER_MS, "the host's speed varies");
	t_int(toy_simulate(&toy, 1).makespan_ns, first_ns, "by the seed alone");
	t_ok(toy_simulate(&toy, 2).makespan_ns != first_ns, "another seed has another host");
	toy_release(&toy);
}

/* M/D/1 (Pollaczek-Khinchine) on the device alone, with batches of one image. */
static void arrivals(void)
{
	struct toy toy;
	machine_init(&toy, 0, 10);
	toy.platform.machine.batch_images = 1;
	toy.setting.images = 0;
	toy.setting.images_per_record = 1;
	toy.setting.records = 200000;
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_POISSON, .rate_per_second = 7};
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.records_completed, 200000, "all are served");
	double load = 0.7;
	double expected = 0.1 + 0.1 * load / (2 * (1 - load));
	t_near((double)o.record_ns / 1e9 / 200000, expected, 0.02, 0, "M/D/1 at a load of 0.7");
	t_near(o.bill.total_usd, (seconds_from_ns(o.makespan_ns) + 30) * 1e-3, 1e-9, 0,
	       "the machine is paid for all along");
	toy.platform.machine.batch_images = 100;
	struct outcome batched = toy_simulate(&toy, 1);
	t_ok(batched.record_ns > o.record_ns, "in batches records wait for each other");
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_DETERMINISTIC, .rate_per_second = 1};
	toy.setting.images = 500;
	toy.setting.images_per_record = 100;
	toy.setting.records = 5;
	toy.platform.machine.device_images_per_second = 1000;
	o = toy_simulate(&toy, 1);
	t_int(o.record_ns, 500 * NS_PER_MS, "five records of 100 images, each alone: 0.1 s");
	toy.setting.images = 450;
	o = toy_simulate(&toy, 1);
	t_int(o.record_ns, 450 * NS_PER_MS, "the last one is half as large");
	t_int(o.images_completed, 450, "all images");
	toy_release(&toy);
}

static void bounds(void)
{
	struct toy toy;
	machine_init(&toy, 0.01, 1000);
	toy.setting.event_budget = 5;
	t_int(toy_simulate(&toy, 1).end, OUTCOME_EVENT_BUDGET, "an event budget ends it");
	toy.setting.event_budget = 1000;
	toy.setting.horizon_ns = NS_PER_SECOND;
	t_int(toy_simulate(&toy, 1).end, OUTCOME_HORIZON, "so does a horizon");
	toy.setting.horizon_ns = INT64_MAX / 2;
	toy.setting.event_budget = 1000000;
	toy.setting.images = 0;
	toy.setting.records = 100000;
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_DETERMINISTIC, .rate_per_second = 1};
	toy.setting.in_flight_max = 50;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.end, OUTCOME_IN_FLIGHT, "so do more records than it can compute");
	t_near((double)o.records_completed, 33, 0, 2, "in the mean 0.4 a second are computed, until 50 wait");
	toy_release(&toy);
}

int main(void)
{
	fed_slowly();
	computes_slowly();
	luck();
	arrivals();
	bounds();
	return t_done();
}
