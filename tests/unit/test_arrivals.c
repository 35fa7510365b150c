/* Arrival processes: their means, order and bounds, and that they depend on nothing but seed and replication. */
#include "serving/arrivals.h"

#include "base/check.h"

#include "base/num.h"
#include "tests/tap.h"

struct seen {
	int64_t count;
	int64_t last_ns;
	double squared_gaps; /* over the squared mean gap: 2 for a Poisson process */
	double gaps;
	bool is_ordered;
	int64_t in_hour[24];
};

static struct seen run(const struct arrival_process *process, uint32_t replication)
{
	struct arrivals arrivals;
	struct arrival arrival;
	struct seen seen = {.is_ordered = true};
	arrivals_init(&arrivals, process, 11, replication);
	while (arrivals_next(&arrivals, &arrival)) {
		double gap = (double)(arrival.time_ns - seen.last_ns);
		seen.is_ordered = seen.is_ordered && gap >= 0;
		seen.gaps += gap;
		seen.squared_gaps += gap * gap;
		seen.last_ns = arrival.time_ns;
		seen.in_hour[arrival.time_ns / (3600 * NS_PER_SECOND) % 24]++;
		seen.count++;
	}
	double mean = seen.gaps / (double)seen.count;
	seen.squared_gaps /= (double)seen.count * mean * mean;
	return seen;
}

static void test_deterministic(void)
{
	struct arrival_process process = {.kind = ARRIVALS_DETERMINISTIC,
					  .rate_per_second = 4,
					  .requests = 1000,
					  .duration_ns = 10 * NS_PER_SECOND};
	struct seen seen = run(&process, 0);
	t_int(seen.count, 41, "4 a second for 10 s, both ends included");
	t_int(seen.last_ns, 10 * NS_PER_SECOND, "the last one at the end");
	process.requests = 5;
	t_int(run(&process, 0).last_ns, NS_PER_SECOND, "the fifth after a second");
}

static void test_poisson(void)
{
	struct arrival_process process = {.kind = ARRIVALS_POISSON, .rate_per_second = 100, .requests = 400000};
	struct seen seen = run(&process, 0);
	t_int(seen.count, 400000, "as many as asked for");
	t_near(seconds_from_ns(seen.last_ns), 4000, 0.01, 0, "at the rate");
	t_near(seen.squared_gaps, 2, 0.02, 0, "with exponential gaps");
	t_ok(seen.is_ordered, "in order of time");
	t_int(run(&process, 0).last_ns, seen.last_ns, "the same again");
	t_ok(run(&process, 1).last_ns != seen.last_ns, "another in another replication");
}

static void test_bursts(void)
{
	struct arrival_process process = {
		.kind = ARRIVALS_BURSTS,
		.rate_per_second = 1,
		.burst_rate_per_second = 50,
		.calm_seconds = 90,
		.burst_seconds = 10,
		.requests = 10000000,
		.duration_ns = 400000 * NS_PER_SECOND,
	};
	struct seen seen = run(&process, 0);
	t_near((double)seen.count / 400000, 0.9 * 1 + 0.1 * 50, 0.05, 0, "mean rate of calm and bursts");
	t_ok(seen.squared_gaps > 4, "burstier than Poisson (%.1f)", seen.squared_gaps);
	process.rate_per_second = 0;
	t_near((double)run(&process, 0).count / 400000, 5, 0.05, 0, "silence between bursts");
}

/* The first burst comes after a time of calm. */
static void test_begins_in_calm(void)
{
	enum { RUNS = 1000 };
	struct arrival_process process = {
		.kind = ARRIVALS_BURSTS,
		.burst_rate_per_second = 50,
		.calm_seconds = 90,
		.burst_seconds = 10,
		.requests = 1,
	};
	double sum = 0;
	for (uint64_t seed = 0; seed < RUNS; seed++) {
		struct arrivals arrivals;
		struct arrival arrival;
		arrivals_init(&arrivals, &process, seed, 0);
		CHECK(arrivals_next(&arrivals, &arrival));
		sum += seconds_from_ns(arrival.time_ns);
	}
	/* A burst has a request with 50 / 50.1; else another 90 + 10 s pass. */
	t_near(sum / RUNS, 90.2, 0.1, 0, "mean time of the first request");
}

static void test_daily(void)
{
	double rates[24] = {[9] = 2, [10] = 4, [20] = 1};
	struct arrival_process process = {
		.kind = ARRIVALS_DAILY,
		.daily_rates_per_second = rates,
		.daily_rate_count = 24,
		.requests = 100000000,
		.duration_ns = 10 * 86400 * NS_PER_SECOND,
	};
	struct seen seen = run(&process, 0);
	t_near((double)seen.in_hour[9], 10 * 3600 * 2, 0.02, 0, "the tenth hour of ten days");
	t_near((double)seen.in_hour[10], 10 * 3600 * 4, 0.02, 0, "the hour after");
	t_near((double)seen.in_hour[20], 10 * 3600 * 1, 0.03, 0, "the evening");
	t_int(seen.in_hour[9] + seen.in_hour[10] + seen.in_hour[20], seen.count, "and no other");
}

static void test_counts(void)
{
	int64_t counts[] = {0, 3, 0, 1000, 1};
	struct trace trace = {.counts = counts, .count = 5, .stretch_ns = 60 * NS_PER_SECOND, .total = 1004};
	struct arrival_process process = {.kind = ARRIVALS_TRACE, .trace = &trace, .requests = 1004};
	struct arrivals arrivals;
	struct arrival arrival;
	int64_t seen[5] = {0};
	double sum = 0;
	int64_t last_ns = 0;
	bool is_ordered = true;
	arrivals_init(&arrivals, &process, 3, 0);
	while (arrivals_next(&arrivals, &arrival)) {
		int64_t minute = arrival.time_ns / (60 * NS_PER_SECOND);
		is_ordered = is_ordered && arrival.time_ns >= last_ns;
		last_ns = arrival.time_ns;
		seen[minute]++;
		if (minute == 3)
			sum += seconds_from_ns(arrival.time_ns) - 180;
	}
	for (int i = 0; i < 5; i++)
		t_int(seen[i], counts[i], "a minute has its count");
	t_near(sum / 1000, 30, 0.06, 0, "spread evenly over it");
	t_ok(is_ordered, "in order");
}

static void test_seen(void)
{
	struct arrival requests[] = {{0, 5, -1}, {7, -1, 2}, {7, 0, 0}};
	struct trace trace = {.requests = requests, .count = 3, .total = 3};
	struct arrival_process process = {.kind = ARRIVALS_TRACE, .trace = &trace, .requests = 100};
	struct arrivals arrivals;
	struct arrival arrival;
	arrivals_init(&arrivals, &process, 3, 0);
	t_ok(arrivals_next(&arrivals, &arrival) && arrival.duration_ns == 5, "the first of a trace");
	t_ok(arrivals_next(&arrivals, &arrival) && arrival.time_ns == 7 && arrival.size == 2, "the second");
	t_ok(arrivals_next(&arrivals, &arrival) && !arrivals_next(&arrivals, &arrival), "the third is the last");
	process.requests = 2;
	t_int(run(&process, 0).count, 2, "no more than asked for");
}

int main(void)
{
	test_deterministic();
	test_poisson();
	test_bursts();
	test_begins_in_calm();
	test_daily();
	test_counts();
	test_seen();
	return t_done();
}
