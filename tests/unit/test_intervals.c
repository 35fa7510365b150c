/*
 * Whether every kind of 95 % interval that Lamina prints holds the truth in 92 to 97 of 100 runs, on queues whose
 * answers are known: M/M/1 and M/M/3, as a function with as many sandboxes, Poisson requests and exponential work.
 *
 * Truths of the steady state are textbook (Kleinrock, "Queueing Systems I", 1975, chapter 3): with Erlang's C the share
 * that waits, a wait is exponential with rate servers - load, and quantiles of wait plus work are found by bisection.
 * Truths of a run with so many requests are those of the chain of how many each finds, from the empty system on.
 *
 * INTERVALS=all (`make intervals`) tries loads from 0.5 to 0.95 with 200 seeds each, INTERVALS=0.9 that load alone; by
 * default one queue is tried with 100 seeds.
 */
#include <gsl/gsl_cdf.h>

#include "base/check.h"
#include "base/num.h"
#include "base/parallel.h"
#include "experiment/record_times.h"
#include "stats/summary.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

enum { SEEDS_MAX = 200, CHAIN_STATES = 1000 };

struct queue {
	int servers;
	double load;
};

/* What an interval was asked of: the figure, and how often one was given and held. */
enum figure {
	STEADY_MEAN,
	STEADY_QUANTILES,
	RUN_MEAN = STEADY_QUANTILES + RECORD_QUANTILES,
	RUN_RATE,
	RUN_RUNNING,
	RUN_COST,
	RUN_COLD_SHARE,
	PAIRED_MEAN,
	PAIRED_COST,
	FIGURES,
};
static const char *const figure_names[FIGURES] = {
	"mean in one run",
	"p50 in one run",
	"p95 in one run",
	"p99 in one run",
	"mean over replications",
	"requests a second",
	"running sandboxes",
	"cost",
	"cold share",
	"paired difference of means",
	"paired difference of costs",
};

struct truth {
	double of[FIGURES];
};

struct trial {
	struct queue queue;
	int64_t steady_records; /* 0: none is asked for */
	int64_t run_records;    /* likewise */
	struct truth truth;
	bool was_given[SEEDS_MAX][FIGURES];
	bool held[SEEDS_MAX][FIGURES];
};

static const double OTHER_SERVICE_SECONDS = 0.8; /* what pairs are compared with; else it is 1 s */
static const double IDLE_SECONDS = 1;            /* after which a sandbox ends */
enum { REPLICATIONS = 10 };

/* --- truths ---------------------------------------------------------------------------------------------------- */

static double erlang_c(struct queue queue)
{
	double b = 1;
	double offered = queue.load * queue.servers;
	for (int k = 1; k <= queue.servers; k++)
		b = offered * b / (k + offered * b);
	return b / (1 - queue.load * (1 - b));
}

/* P(wait + work > t), work of mean 1. */
static double beyond(struct queue queue, double t)
{
	double c = erlang_c(queue);
	double rate = queue.servers * (1 - queue.load);
	if (fabs(rate - 1) < 1e-9)
		return exp(-t) * (1 + c * t);
	return (1 - c) * exp(-t) + c * (rate * exp(-t) - exp(-rate * t)) / (rate - 1);
}

static double steady_quantile_truth(struct queue queue, double p)
{
	double low = 0;
	double high = 1e4;
	for (int i = 0; i < 100; i++) {
		double middle = (low + high) / 2;
		*(beyond(queue, middle) > 1 - p ? &low : &high) = middle;
	}
	return low;
}

/* Means over a run's requests. */
struct run_truth {
	double seconds;      /* wait and work */
	double last_seconds; /* of the last request */
	double found_empty;  /* share that finds nobody */
};

/* How many a request finds, request by request: between two requests the next event is an end of work or a request. */
static struct run_truth run_truth(double servers, double rate, double service, int64_t records)
{
	static _Thread_local double found[CHAIN_STATES + 1];
	struct run_truth truth = {0};
	memset(found, 0, sizeof found);
	found[0] = 1;
	for (int64_t n = 0; n < records; n++) {
		double seconds = 0;
		for (int k = 0; k < CHAIN_STATES; k++)
			seconds += found[k] * service * (1 + fmax(0, k + 1 - servers) / servers);
		truth.seconds += seconds / (double)records;
		truth.last_seconds = seconds;
		truth.found_empty += found[0] / (double)records;
		for (int k = CHAIN_STATES; k > 0; k--)
			found[k] = found[k - 1];
		found[0] = 0;
		for (int k = CHAIN_STATES; k > 0; k--) {
			double ends = fmin(k, servers) / service;
			found[k - 1] += found[k] * ends / (ends + rate);
			found[k] *= rate / (ends + rate);
		}
	}
	return truth;
}

/* Exponential work, billed up to the next tenth of a second. */
static double request_usd(double service)
{
	double billed_seconds = 0.1 / (1 - exp(-0.1 / service));
	return billed_seconds * 1000 / 1024 * 0.0000166667 + 0.20e-6;
}

static void set_truth(struct trial *trial)
{
	struct queue queue = trial->queue;
	double *of = trial->truth.of;
	double rate = queue.load * queue.servers;
	of[STEADY_MEAN] = 1 + erlang_c(queue) / (queue.servers * (1 - queue.load));
	for (int i = 0; i < RECORD_QUANTILES; i++)
		of[STEADY_QUANTILES + i] = steady_quantile_truth(queue, record_quantiles[i]);
	if (trial->run_records == 0)
		return;
	double records = (double)trial->run_records;
	struct run_truth run = run_truth(queue.servers, rate, 1, trial->run_records);
	struct run_truth other = run_truth(queue.servers, rate, OTHER_SERVICE_SECONDS, trial->run_records);
	/* The last request comes after records / rate; a ratio's mean is above the ratio of means by 1 / records. */
	double makespan = records / rate + run.last_seconds;
	of[RUN_MEAN] = run.seconds;
	of[RUN_RATE] = records / makespan * (1 + 1 / records);
	of[RUN_RUNNING] = records / makespan * (1 + 1 / records);
	of[RUN_COST] = records * request_usd(1);
	/* One sandbox: idle times are as exponential as the distances of requests. */
	of[RUN_COLD_SHARE] = queue.servers == 1 ? run.found_empty * exp(-rate * IDLE_SECONDS) : (double)NAN;
	of[PAIRED_MEAN] = run.seconds - other.seconds;
	of[PAIRED_COST] = records * (request_usd(1) - request_usd(OTHER_SERVICE_SECONDS));
}

/* --- what lamina prints ---------------------------------------------------------------------------------------- */

static void toy_queue(struct toy *toy, struct queue queue, int64_t records, double service, double idle_seconds)
{
	toy_init(toy);
	toy->platform.sandbox.cold_start_seconds = toy_constant(&toy->arena, 0);
	toy->platform.sandbox.warm_start_seconds = toy_constant(&toy->arena, 0);
	toy->platform.sandbox.keep_alive_seconds = toy_constant(&toy->arena, idle_seconds);
	struct setting_function *function = toy_function(toy, "f", 1000, &(struct toy_work){0});
	function->work.phases[WORK_COMPUTE] = (struct phase){.wait_ns = ns_from_seconds(service)};
	function->work.variation = 1;
	function->last_work = function->work;
	toy_records(toy, records);
	toy->setting.parallel = queue.servers;
	toy->setting.warm_sandboxes = queue.servers;
	toy->setting.horizon_ns = INT64_MAX / 2;
	toy->setting.in_flight_max = 1000000;
	toy->setting.arrivals =
		(struct arrival_process){.kind = ARRIVALS_POISSON, .rate_per_second = queue.load * queue.servers};
}

static void judge(struct trial *trial, size_t seed, int figure, double low, double high)
{
	double truth = trial->truth.of[figure];
	trial->was_given[seed][figure] = !isnan(low) && !isnan(high) && !isnan(truth);
	trial->held[seed][figure] = trial->was_given[seed][figure] && low <= truth && truth <= high;
}

static void judge_estimate(struct trial *trial, size_t seed, int figure, const struct estimate *estimate)
{
	judge(trial, seed, figure, estimate->mean - estimate->half_width, estimate->mean + estimate->half_width);
}

static void one_run(struct trial *trial, size_t seed)
{
	struct toy toy;
	struct record_times times;
	toy_queue(&toy, trial->queue, trial->steady_records, 1, 1e6);
	struct run_job job = {.setting = &toy.setting, .seed = 1 + seed};
	record_times_analyse(&job, NULL, &toy.arena, &times);
	judge(trial, seed, STEADY_MEAN, times.mean.low, times.mean.high);
	for (int i = 0; i < RECORD_QUANTILES; i++)
		judge(trial, seed, STEADY_QUANTILES + i, times.quantiles[i].low, times.quantiles[i].high);
	toy_release(&toy);
}

static void replications(struct trial *trial, size_t seed)
{
	static const enum metric_id metrics[FIGURES] = {
		[RUN_MEAN] = METRIC_RECORD_SECONDS,
		[RUN_RATE] = METRIC_IMAGES_PER_SECOND,
		[RUN_RUNNING] = METRIC_RUNNING_INSTANCES,
		[RUN_COST] = METRIC_COST_USD,
		[RUN_COLD_SHARE] = METRIC_COLD_START_PROBABILITY,
		[PAIRED_MEAN] = METRIC_RECORD_SECONDS,
		[PAIRED_COST] = METRIC_COST_USD,
	};
	struct toy toys[2];
	struct run_job jobs[2];
	struct run_control control = {.jobs = 1};
	for (int i = 0; i < 2; i++) {
		toy_queue(&toys[i], trial->queue, trial->run_records, i == 0 ? 1 : OTHER_SERVICE_SECONDS, IDLE_SECONDS);
		jobs[i] = (struct run_job){
			.setting = &toys[i].setting,
			.seed = 1 + seed,
			.replications = {.min = REPLICATIONS, .max = REPLICATIONS},
		};
	}
	CHECK(replicate(jobs, 2, &control, &toys[0].arena));
	CHECK(jobs[0].result.metrics[METRIC_COMPLETED_RECORDS].min == (double)trial->run_records);
	for (int figure = RUN_MEAN; figure < PAIRED_MEAN; figure++)
		judge_estimate(trial, seed, figure, &jobs[0].result.metrics[metrics[figure]]);
	for (int figure = PAIRED_MEAN; figure < FIGURES; figure++) {
		struct estimate difference = run_result_difference(&jobs[0].result, &jobs[1].result, metrics[figure]);
		judge_estimate(trial, seed, figure, &difference);
	}
	for (int i = 0; i < 2; i++)
		toy_release(&toys[i]);
}

static void try_seed(void *context, size_t seed)
{
	struct trial *trial = context;
	if (trial->steady_records > 0)
		one_run(trial, seed);
	if (trial->run_records > 0)
		replications(trial, seed);
}

/*
 * Whether so few that hold are chance where 92 of 100 do. Where a run is too short, the few of a hundred that take
 * themselves for long enough are those that were least typical: what counts is that they are few.
 */
static bool may_be_chance(int held, int given, int seeds)
{
	return given <= seeds / 10 || gsl_cdf_binomial_P((unsigned)held, 0.92, (unsigned)given) > 0.005;
}

/* Adds to what was given and what held, figure by figure. */
static void check_trial(struct trial *trial, int seeds, int given_all[FIGURES], int held_all[FIGURES])
{
	set_truth(trial);
	parallel_for((size_t)seeds, parallel_processors(), try_seed, trial);
	for (int figure = 0; figure < FIGURES; figure++) {
		int given = 0;
		int held = 0;
		for (int seed = 0; seed < seeds; seed++) {
			given += trial->was_given[seed][figure];
			held += trial->held[seed][figure];
		}
		given_all[figure] += given;
		held_all[figure] += held;
		int64_t records = figure < RUN_MEAN ? trial->steady_records : trial->run_records;
		if (given > 0)
			t_ok(may_be_chance(held, given, seeds), "M/M/%d at load %.2f, %lld requests: %s: %d of %d hold",
			     trial->queue.servers, trial->queue.load, (long long)records, figure_names[figure], held,
			     given);
	}
}

/* Chance moves the share of one queue's seeds by more than all of them together. */
static void check_all(const int given[FIGURES], const int held[FIGURES])
{
	for (int figure = 0; figure < FIGURES; figure++) {
		double share = (double)held[figure] / given[figure];
		t_ok(share >= 0.92 && share <= 0.97, "%s: %.3f of %d intervals hold", figure_names[figure], share,
		     given[figure]);
	}
}

static void check_brief(void)
{
	enum { SEEDS = 100 };
	static struct trial trial = {.queue = {1, 0.5}, .steady_records = 30000, .run_records = 500};
	int given[FIGURES] = {0};
	int held[FIGURES] = {0};
	check_trial(&trial, SEEDS, given, held);
	int sum = 0;
	for (int figure = 0; figure < FIGURES; figure++) {
		t_ok(given[figure] > SEEDS * 9 / 10, "%s: the run is long enough", figure_names[figure]);
		sum += held[figure];
	}
	t_ok(sum >= 0.92 * SEEDS * FIGURES && sum <= 0.97 * SEEDS * FIGURES, "all of them: %d of %d hold", sum,
	     SEEDS * FIGURES);
}

/* The last four are too short for p99; so are, from 0.9 on, all but the one at 0.9 that is to tell it. */
static const struct {
	struct queue queue;
	int64_t steady_records;
	int64_t run_records;
} loads[] = {
	{{1, 0.5}, 50000, 5000},   {{3, 0.5}, 30000, 5000},   {{1, 0.6}, 60000, 5000},    {{3, 0.6}, 50000, 5000},
	{{1, 0.7}, 100000, 5000},  {{3, 0.7}, 100000, 5000},  {{1, 0.8}, 200000, 10000},  {{3, 0.8}, 200000, 10000},
	{{1, 0.9}, 700000, 10000}, {{3, 0.9}, 200000, 10000}, {{1, 0.95}, 200000, 10000}, {{3, 0.95}, 200000, 10000},
	{{3, 0.7}, 20000, 0},      {{1, 0.8}, 20000, 0},      {{1, 0.9}, 20000, 0},       {{3, 0.95}, 20000, 0},
};

/* A load below 0: all. False where no queue has it. */
static bool check_loads(double load)
{
	static struct trial trial;
	int given[FIGURES] = {0};
	int held[FIGURES] = {0};
	bool is_known = false;
	for (size_t i = 0; i < ARRAY_LEN(loads); i++) {
		if (load >= 0 && fabs(loads[i].queue.load - load) > 1e-9)
			continue;
		is_known = true;
		memset(&trial, 0, sizeof trial);
		trial.queue = loads[i].queue;
		trial.steady_records = loads[i].steady_records;
		trial.run_records = loads[i].run_records;
		check_trial(&trial, SEEDS_MAX, given, held);
	}
	if (is_known && load < 0)
		check_all(given, held);
	return is_known;
}

int main(void)
{
	const char *which = getenv("INTERVALS");
	double load = -1;
	if (!which)
		check_brief();
	else
		t_ok((strcmp(which, "all") == 0 || (num_parse_double(which, &load) && load >= 0)) && check_loads(load),
		     "INTERVALS=%s names a load", which);
	return t_done();
}
