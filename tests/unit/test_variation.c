/* Work that varies from request to request: a queue as Pollaczek and Khinchine say, and the same luck on every size. */
#include "plan/stage.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

static void one_server(struct toy *toy, double variation)
{
	toy_init(toy);
	toy->platform.sandbox.cold_start_seconds = toy_constant(&toy->arena, 0);
	toy->platform.sandbox.warm_start_seconds = toy_constant(&toy->arena, 0);
	toy->setting.arrivals = (struct arrival_process){.kind = ARRIVALS_POISSON, .rate_per_second = 6};
	toy->setting.images = 0;
	toy->setting.records = 400000;
	struct setting_function *function = toy_function(toy, "f", 1000, &(struct toy_work){.cpu_seconds = 0.07});
	function->work.phases[WORK_WAIT].wait_ns = 30 * NS_PER_MS;
	function->work.variation = variation;
	function->last_work = function->work;
}

static void queue(double variation)
{
	struct toy toy;
	one_server(&toy, variation);
	struct outcome o = toy_simulate(&toy, 2);
	double n = (double)o.records_completed;
	double load = 0.6;
	double waiting = load * (1 + variation * variation) / (2 * (1 - load)) * 0.1;
	t_near((double)o.functions[0].duration_ns / 1e9 / n, 0.1, 0.01, 0, "the mean is what was stated");
	t_near((double)o.record_ns / 1e9 / n, 0.1 + waiting, 0.04, 0, "M/G/1 of this variation");
	toy_release(&toy);
}

static void same_luck(void)
{
	struct toy toy;
	one_server(&toy, 0.5);
	toy.setting.records = 2000;
	toy.functions[0].work.phases[WORK_WAIT].wait_ns = 0;
	toy.functions[0].last_work = toy.functions[0].work;
	struct outcome large = toy_simulate(&toy, 2);
	toy.platform.cpu.mb_per_vcpu = 4000;
	struct outcome small = toy_simulate(&toy, 2);
	t_near((double)small.functions[0].cause_ns[CAUSE_COMPUTE] / (double)large.functions[0].cause_ns[CAUSE_COMPUTE],
	       1, 1e-9, 0, "a quarter of the CPU meets the same work");
	t_ok(small.functions[0].duration_ns > 3 * large.functions[0].duration_ns, "and takes longer");
	toy_release(&toy);
}

/* Of 0.07 s of CPU and 0.03 s of waiting one varies, by half of it: in the simulation and in what the planner takes. */
static void one_alone(enum work_varying varying, double varying_seconds, const char *what)
{
	struct toy toy;
	struct stage stage;
	struct stage_figures figures;
	one_server(&toy, 0.5);
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_DETERMINISTIC, .rate_per_second = 0.01};
	toy.setting.records = 2000;
	toy.functions[0].work.varying = varying;
	toy.functions[0].last_work = toy.functions[0].work;
	struct outcome o = toy_simulate(&toy, 2);
	double low = seconds_from_ns(histogram_quantile(&o.record_times, 0.1));
	double high = seconds_from_ns(histogram_quantile(&o.record_times, 0.9));
	double gamma_90 = work_factor_at(&toy.functions[0].work, 0.9) - work_factor_at(&toy.functions[0].work, 0.1);
	t_near(high - low, gamma_90 * varying_seconds, 0.08, 0, what);
	stage_init(&stage, &toy.setting, 0);
	stage_at(&stage, 1000, &figures);
	t_near(figures.varying_seconds, varying_seconds, 1e-9, 0, "the planner's");
	toy_release(&toy);
}

/* Framework and weights are the same for all. */
static void loading(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_records(&toy, 1);
	struct setting_function *function = toy_function(&toy, "f", 1000, &(struct toy_work){.import_seconds = 3});
	function->work.variation = 0.5;
	function->last_work = function->work;
	t_int(toy_simulate(&toy, 2).functions[0].duration_ns, 3 * NS_PER_SECOND, "importing does not vary");
	toy_release(&toy);
}

int main(void)
{
	queue(0);
	queue(1);
	queue(1.5);
	same_luck();
	one_alone(VARYING_ALL, 0.1, "both vary");
	one_alone(VARYING_CPU, 0.07, "CPU alone varies");
	one_alone(VARYING_WAIT, 0.03, "waiting alone varies");
	loading();
	return t_done();
}
