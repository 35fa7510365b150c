/* A fleet: instances that only an autoscaler starts; queues whose answers are known, and what lag and being full do. */
#include "tests/tap.h"
#include "tests/unit/toy.h"

/* Poisson requests to instances of 1000 MB (1 vCPU). */
static void fleet(struct toy *toy, double rate, double seconds, const struct toy_work *work)
{
	toy_init(toy);
	toy->platform.sandbox.starts = STARTS_BY_TARGET;
	toy->platform.sandbox.when_full = FLEET_QUEUES;
	toy->platform.sandbox.target_share = 0.5;
	toy->platform.sandbox.target_window_seconds = 180;
	toy->platform.sandbox.target_looks = 3;
	toy->platform.sandbox.warm_start_seconds = toy_constant(&toy->arena, 0);
	toy->platform.price.billed_by = BILLED_BY_INSTANCE;
	toy->setting.arrivals = (struct arrival_process){
		.kind = ARRIVALS_POISSON, .rate_per_second = rate, .duration_ns = ns_from_seconds(seconds)};
	toy->setting.images = 0;
	toy->setting.records = 100000000;
	toy->setting.parallel = INT64_MAX;
	toy_function(toy, "f", 1000, work);
}

/* Each takes so many requests; there are `least` of them, at most `most`. */
static void sizes(struct toy *toy, int64_t places, int64_t least, int64_t most)
{
	toy->functions[0].sandbox.requests_max = places;
	toy->functions[0].sandbox.instances_min = least;
	toy->platform.limits.concurrency = most;
}

static double mean_wait_seconds(const struct outcome *o)
{
	return (double)o->functions[0].wait_ns / 1e9 / (double)o->functions[0].invocations;
}

/* Erlang's C formula by its recursion over the B formula. */
static double erlang_c(int servers, double offered)
{
	double b = 1;
	for (int k = 1; k <= servers; k++)
		b = offered * b / (k + offered * b);
	double rho = offered / servers;
	return b / (1 - rho + rho * b);
}

/* M/M/c: exponential waits of a second in the mean on c instances that take one request each. */
static void is_mmc(void)
{
	static const struct {
		int servers;
		double rate;
	} rows[] = {{1, 0.5}, {1, 0.8}, {4, 3}, {16, 14}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct toy toy;
		fleet(&toy, rows[i].rate, 200000 / rows[i].rate, &(struct toy_work){0});
		toy.functions[0].work.phases[WORK_WAIT].wait_ns = NS_PER_SECOND;
		toy.functions[0].work.variation = 1;
		sizes(&toy, 1, rows[i].servers, rows[i].servers);
		struct outcome o = toy_simulate(&toy, 1);
		double right = erlang_c(rows[i].servers, rows[i].rate) / (rows[i].servers - rows[i].rate);
		double wait = mean_wait_seconds(&o);
		t_ok(fabs(wait / right - 1) < 0.05, "M/M/%d at %g/s waits %.3f s (%.3f)", rows[i].servers, rows[i].rate,
		     right, wait);
		toy_release(&toy);
	}
}

/* M/D/1: half of M/M/1's wait (Pollaczek and Khinchin). */
static void is_md1(void)
{
	struct toy toy;
	fleet(&toy, 0.8, 250000, &(struct toy_work){0});
	toy.functions[0].work.phases[WORK_WAIT].wait_ns = NS_PER_SECOND;
	sizes(&toy, 1, 1, 1);
	struct outcome o = toy_simulate(&toy, 1);
	t_near(mean_wait_seconds(&o), 0.8 / (2 * (1 - 0.8)), 0.04, 0, "M/D/1 at 0.8 waits 2 s");
	toy_release(&toy);
}

/* One vCPU that any number of requests share: M/G/1 with processor sharing takes s / (1 - rho) for any law of s. */
static void is_processor_sharing(void)
{
	struct toy toy;
	fleet(&toy, 0.7, 200000, &(struct toy_work){.cpu_seconds = 1});
	sizes(&toy, 100, 1, 1);
	struct outcome o = toy_simulate(&toy, 1);
	double mean = (double)o.record_ns / 1e9 / (double)o.records_completed;
	t_near(mean, 1 / (1 - 0.7), 0.04, 0, "M/D/1 with processor sharing takes 3.33 s");
	toy_release(&toy);
}

/* A full fleet that refuses: callers come back until they have a place, and nobody starts an instance for them. */
static void refuses(void)
{
	struct toy toy;
	fleet(&toy, 3, 20000, &(struct toy_work){0});
	toy.platform.sandbox.when_full = FLEET_REFUSES;
	toy.functions[0].work.phases[WORK_WAIT].wait_ns = NS_PER_SECOND;
	toy.functions[0].work.variation = 1;
	sizes(&toy, 1, 4, 4);
	struct outcome o = toy_simulate(&toy, 1);
	t_ok(o.functions[0].throttles > 0, "calls are refused");
	t_int(o.functions[0].cold_starts, 0, "and start no instance");
	t_int(o.records_completed + o.records_failed, o.functions[0].invocations, "all are served in the end");
	toy_release(&toy);
}

/* Load that doubles is served by what is there; load that triples waits until instances have come. */
static double worst_wait(double growth)
{
	struct toy toy;
	double day[] = {10, 10 * growth};
	fleet(&toy, 0, 86400, &(struct toy_work){.cpu_seconds = 0.2});
	toy.setting.arrivals.kind = ARRIVALS_DAILY;
	toy.setting.arrivals.daily_rates_per_second = day;
	toy.setting.arrivals.daily_rate_count = 2;
	toy.platform.sandbox.target_share = 0.45;
	toy.platform.sandbox.cold_start_seconds = toy_constant(&toy.arena, 60);
	sizes(&toy, 4, 3, 100);
	struct outcome o = toy_simulate(&toy, 1);
	double seconds = seconds_from_ns(histogram_quantile(&o.record_times, 0.9999));
	double instances = (double)(o.running_instance_ns + o.idle_instance_ns) / (double)o.elapsed_ns;
	/* Half a day each, at a share of 0.45 or somewhat below, as instances are whole. */
	t_ok(instances > (2 + 2 * growth) / 2 / 0.45 && instances < (2 + 2 * growth) / 2 / 0.36 + 1,
	     "%.2f instances follow the load", instances);
	toy_release(&toy);
	return seconds;
}

static void lags(void)
{
	double doubled = worst_wait(1.8);
	double tripled = worst_wait(4);
	t_ok(doubled < 2, "traffic that grows by 80 %% is served by what is there (%.2f s)", doubled);
	t_ok(tripled > 5 * doubled, "traffic that quadruples waits for instances (%.2f s)", tripled);
}

/* Instances are paid for while they are there: the least number for the whole time, with requests or not. */
static void is_paid_for(void)
{
	struct toy toy;
	fleet(&toy, 0.01, 36000, &(struct toy_work){.cpu_seconds = 0.2});
	toy.platform.price = (struct platform_price){
		.billed_by = BILLED_BY_INSTANCE,
		.granularity_seconds = 1,
		.usd_per_instance_hour = 0.145,
		.usd_per_management_hour = 0.02175,
	};
	sizes(&toy, 4, 3, 100);
	struct outcome o = toy_simulate(&toy, 1);
	double hours = (double)o.elapsed_ns / 3.6e12;
	t_near(o.bill.lines[BILL_INSTANCE].quantity, 3 * hours, 1e-3, 0, "three instances for ten hours");
	t_near(o.bill.total_usd, 3 * hours * (0.145 + 0.02175), 1e-3, 0, "and their management");
	toy_release(&toy);
}

/* What is too old gets no requests, and another one takes its place. */
static void is_renewed(void)
{
	struct toy toy;
	fleet(&toy, 5, 86400, &(struct toy_work){.cpu_seconds = 0.2});
	toy.platform.sandbox.lifetime_seconds = toy_constant(&toy.arena, 12 * 3600);
	sizes(&toy, 4, 3, 100);
	struct outcome o = toy_simulate(&toy, 1);
	t_ok(o.records_failed == 0 && o.records_completed > 400000, "a day's requests are served");
	double p99 = seconds_from_ns(histogram_quantile(&o.record_times, 0.99));
	t_ok(p99 < 2, "the change of instances at noon is not felt (p99 %.2f s)", p99);
	toy_release(&toy);
}

/* Spot: a notice of no time ends whatever is under way, as often as it is there; a long one ends nothing. */
static void is_interrupted(void)
{
	struct toy toy;
	fleet(&toy, 0.5, 400000, &(struct toy_work){0});
	toy.platform.sandbox.interruptions_per_hour = 6;
	toy.platform.sandbox.cold_start_seconds = toy_constant(&toy.arena, 30);
	toy.platform.sandbox.target_window_seconds = 60;
	toy.functions[0].work.phases[WORK_WAIT].wait_ns = 20 * NS_PER_SECOND;
	sizes(&toy, 100, 1, 100);
	struct outcome o = toy_simulate(&toy, 1);
	double crashed = (double)o.functions[0].crashes / (double)o.functions[0].invocations;
	double right = 1 - exp(-20 * 6 / 3600.0);
	t_ok(fabs(crashed / right - 1) < 0.1, "%.2f %% of requests of 20 s are ended, of %.2f %%", 100 * crashed,
	     100 * right);
	t_int(o.records_failed, o.functions[0].crashes, "nobody calls them again");
	double hours = (double)(o.running_instance_ns + o.idle_instance_ns) / 3.6e12;
	double lasts = (double)o.elapsed_ns / 3.6e12;
	t_ok(fabs(hours / lasts - 1) < 0.05, "another one boots soon (%.0f hours of instances in %.0f)", hours, lasts);
	toy.setting.retries = 5;
	o = toy_simulate(&toy, 1);
	t_ok(o.records_failed == 0 && o.functions[0].retries == o.functions[0].crashes, "a caller's retries save them");
	toy.setting.retries = 0;
	toy.platform.sandbox.interruption_notice_seconds = 20;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].crashes, 0, "with a notice of 20 s all end in time");
	t_int(o.records_failed, 0, "and none is lost");
	double seconds = seconds_from_ns(histogram_quantile(&o.record_times, 0.99));
	t_ok(seconds > 21, "but those that come while a new one boots wait for it (p99 %.1f s)", seconds);
	toy_release(&toy);
}

int main(void)
{
	is_mmc();
	is_md1();
	is_processor_sharing();
	refuses();
	lags();
	is_paid_for();
	is_renewed();
	is_interrupted();
	return t_done();
}
