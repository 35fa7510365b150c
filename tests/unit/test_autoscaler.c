/* An autoscaler keeps instances at the share of vCPUs, or of requests, that it is told to. */
#include "tests/tap.h"
#include "tests/unit/toy.h"

/* An hour of Poisson requests to sandboxes of 1000 MB (1 vCPU), eight at once on each. */
static void hour(struct toy *toy, double rate, const struct toy_work *work)
{
	toy_init(toy);
	toy->platform.sandbox.target_share = 0.6;
	toy->platform.sandbox.target_window_seconds = 60;
	toy->setting.arrivals = (struct arrival_process){
		.kind = ARRIVALS_POISSON, .rate_per_second = rate, .duration_ns = 3600 * NS_PER_SECOND};
	toy->setting.images = 0;
	toy->setting.records = 1000000;
	toy->setting.parallel = INT64_MAX;
	toy_function(toy, "f", 1000, work)->sandbox.requests_max = 8;
}

static double instances(const struct outcome *o)
{
	return (double)(o->running_instance_ns + o->idle_instance_ns) / (double)o->elapsed_ns;
}

static double p95_seconds(const struct outcome *o)
{
	return seconds_from_ns(histogram_quantile(&o->record_times, 0.95));
}

static void by_cpu(void)
{
	struct toy toy;
	hour(&toy, 20, &(struct toy_work){.cpu_seconds = 0.2});
	struct outcome o = toy_simulate(&toy, 1);
	double used = (double)o.functions[0].cause_ns[CAUSE_COMPUTE] / (double)o.elapsed_ns;
	t_near(used, 4, 0.03, 0, "four vCPUs are in use");
	t_ok(used / instances(&o) > 0.48 && used / instances(&o) < 0.6, "at %.2f of what is there, for a target of 0.6",
	     used / instances(&o));
	t_ok(o.functions[0].cold_starts < 20, "most instances are started before a request needs them (%lld do)",
	     (long long)o.functions[0].cold_starts);
	double p95 = p95_seconds(&o);
	toy.platform.sandbox.target_share = 0;
	o = toy_simulate(&toy, 1);
	t_ok(p95_seconds(&o) > 3 * p95, "filled to the brim they take several times as long (%.2f and %.2f s)",
	     p95_seconds(&o), p95);
	toy_release(&toy);
}

static void by_requests(void)
{
	struct toy toy;
	hour(&toy, 20, &(struct toy_work){.cpu_seconds = 0.001});
	toy.functions[0].work.phases[WORK_WAIT].wait_ns = 2 * NS_PER_SECOND;
	struct outcome o = toy_simulate(&toy, 1);
	double requests = (double)o.functions[0].duration_ns / (double)o.elapsed_ns;
	double share = requests / 8 / instances(&o);
	t_near(requests, 40, 0.03, 0, "forty requests are there");
	t_ok(share > 0.48 && share < 0.6, "at %.2f of what their instances take", share);
	toy_release(&toy);
}

/* Forty requests at all times, which take hardly any CPU: 40 / (8 x 0.6) are 8.3 instances. */
static void by_steady_requests(void)
{
	struct toy toy;
	hour(&toy, 20, &(struct toy_work){.cpu_seconds = 0.001});
	toy.setting.arrivals.kind = ARRIVALS_DETERMINISTIC;
	toy.functions[0].work.phases[WORK_WAIT].wait_ns = 2 * NS_PER_SECOND;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.peak_concurrency, 9, "nine instances, where five would have room");
	t_near(instances(&o), 9, 0.05, 0, "nearly all of the time");
	toy_release(&toy);
}

/* It starts instances when it looks, which the platform says how often it does. */
static void by_looks(void)
{
	struct toy toy;
	hour(&toy, 20, &(struct toy_work){.cpu_seconds = 0.2});
	toy.setting.arrivals.kind = ARRIVALS_DETERMINISTIC;
	toy.setting.horizon_ns = 59 * NS_PER_SECOND;
	toy.platform.sandbox.target_share = 0;
	struct outcome o = toy_simulate(&toy, 1);
	double unscaled = instances(&o);
	toy.platform.sandbox.target_share = 0.6;
	toy.platform.sandbox.target_looks = 1;
	o = toy_simulate(&toy, 1);
	t_near(instances(&o), unscaled, 1e-9, 0, "before its first look an autoscaler does nothing");
	toy.platform.sandbox.target_looks = 12;
	o = toy_simulate(&toy, 1);
	t_ok(instances(&o) > 1.1 * unscaled, "having looked it starts more (%.2f, not %.2f)", instances(&o), unscaled);
	toy_release(&toy);
}

/* When traffic falls, the last instances get none and expire. */
static void scales_in(void)
{
	struct toy toy;
	hour(&toy, 0, &(struct toy_work){.cpu_seconds = 0.2});
	static const double rates[] = {40, 2};
	toy.setting.arrivals = (struct arrival_process){
		.kind = ARRIVALS_DAILY, .daily_rates_per_second = rates, .daily_rate_count = 2};
	toy.platform.sandbox.keep_alive_seconds = toy_constant(&toy.arena, 900);
	toy.setting.arrivals.duration_ns = 86400 * NS_PER_SECOND;
	toy.setting.records = 10000000;
	struct outcome o = toy_simulate(&toy, 1);
	t_near(instances(&o), (8 / 0.6 + 1) / 2, 0.15, 0, "half a day of 14 instances, half a day of one");
	toy_release(&toy);
}

int main(void)
{
	by_cpu();
	by_requests();
	by_steady_requests();
	by_looks();
	scales_in();
	return t_done();
}
