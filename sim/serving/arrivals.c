#include "serving/arrivals.h"

#include <math.h>

#include "base/check.h"
#include "base/num.h"
#include "random/elementary.h"

const char *const arrival_names[] = {
	[ARRIVALS_ALL_AT_ONCE] = "all_at_once",
	[ARRIVALS_DETERMINISTIC] = "deterministic",
	[ARRIVALS_POISSON] = "poisson",
	[ARRIVALS_BURSTS] = "bursts",
	[ARRIVALS_DAILY] = "daily",
	[ARRIVALS_TRACE] = "trace",
	NULL,
};

static const double DAY_NS = 86400e9;

/* Bursts and calm alternate; a run begins in calm. */
static void enter_burst_or_calm(struct arrivals *arrivals)
{
	const struct arrival_process *process = arrivals->process;
	bool is_burst = arrivals->segment % 2 == 1;
	double mean_seconds = is_burst ? process->burst_seconds : process->calm_seconds;
	arrivals->rate_per_ns = (is_burst ? process->burst_rate_per_second : process->rate_per_second) / 1e9;
	arrivals->segment_end_ns = arrivals->now_ns + stream_exponential(&arrivals->luck, mean_seconds * 1e9);
}

static void enter_part_of_day(struct arrivals *arrivals)
{
	const struct arrival_process *process = arrivals->process;
	size_t part = arrivals->segment % process->daily_rate_count;
	arrivals->rate_per_ns = process->daily_rates_per_second[part] / 1e9;
	arrivals->segment_end_ns = DAY_NS / (double)process->daily_rate_count * (double)(arrivals->segment + 1);
}

static void enter_steady(struct arrivals *arrivals)
{
	arrivals->rate_per_ns = arrivals->process->rate_per_second / 1e9;
	arrivals->segment_end_ns = HUGE_VAL;
}

static void enter_segment(struct arrivals *arrivals)
{
	static void (*const enter[])(struct arrivals *) = {
		[ARRIVALS_ALL_AT_ONCE] = enter_steady, [ARRIVALS_DETERMINISTIC] = enter_steady,
		[ARRIVALS_POISSON] = enter_steady,     [ARRIVALS_BURSTS] = enter_burst_or_calm,
		[ARRIVALS_DAILY] = enter_part_of_day,  [ARRIVALS_TRACE] = enter_steady,
	};
	enter[arrivals->process->kind](arrivals);
}

void arrivals_init(struct arrivals *arrivals, const struct arrival_process *process, uint64_t seed,
		   uint32_t replication)
{
	CHECK(process->requests >= 1);
	*arrivals = (struct arrivals){.process = process};
	stream_init(&arrivals->luck, seed, replication, stream_id_from_name("arrivals"), 0);
	enter_segment(arrivals);
	if (process->kind == ARRIVALS_TRACE && process->trace->counts && process->trace->count > 0)
		arrivals->in_segment = process->trace->counts[0];
}

/* A unit exponential is used up at the current rate, from segment to segment. */
static bool next_random(struct arrivals *arrivals, struct arrival *out)
{
	double last_ns = arrivals->process->duration_ns > 0 ? (double)arrivals->process->duration_ns : 9e18;
	double need = stream_exponential(&arrivals->luck, 1);
	for (;;) {
		double span_ns = arrivals->segment_end_ns - arrivals->now_ns;
		if (arrivals->rate_per_ns > 0 && need <= arrivals->rate_per_ns * span_ns)
			break;
		need -= arrivals->rate_per_ns * span_ns;
		arrivals->now_ns = arrivals->segment_end_ns;
		if (arrivals->now_ns > last_ns)
			return false;
		arrivals->segment++;
		enter_segment(arrivals);
	}
	arrivals->now_ns += need / arrivals->rate_per_ns;
	if (arrivals->now_ns > last_ns)
		return false;
	out->time_ns = (int64_t)arrivals->now_ns;
	return true;
}

static bool next_regular(struct arrivals *arrivals, struct arrival *out)
{
	out->time_ns = ns_from_seconds((double)arrivals->made / arrivals->process->rate_per_second);
	return true;
}

static bool next_seen(struct arrivals *arrivals, struct arrival *out)
{
	const struct trace *trace = arrivals->process->trace;
	if ((size_t)arrivals->made == trace->count)
		return false;
	*out = trace->requests[arrivals->made];
	return true;
}

/* Of k requests that are uniform over what is left of a stretch, the first is the smallest of k uniform numbers. */
static bool next_counted(struct arrivals *arrivals, struct arrival *out)
{
	const struct trace *trace = arrivals->process->trace;
	while (arrivals->in_segment == 0) {
		if (++arrivals->segment >= trace->count)
			return false;
		arrivals->in_segment = trace->counts[arrivals->segment];
		arrivals->now_ns = (double)trace->stretch_ns * (double)arrivals->segment;
	}
	double left_ns = (double)trace->stretch_ns * (double)(arrivals->segment + 1) - arrivals->now_ns;
	double uniform = stream_uniform(&arrivals->luck);
	arrivals->now_ns += left_ns * (1 - elementary_exp(elementary_log(uniform) / (double)arrivals->in_segment));
	arrivals->in_segment--;
	out->time_ns = (int64_t)arrivals->now_ns;
	return true;
}

static bool next_at_once(struct arrivals *arrivals, struct arrival *out)
{
	return true;
}

bool arrivals_next(struct arrivals *arrivals, struct arrival *out)
{
	static bool (*const next[])(struct arrivals *, struct arrival *) = {
		[ARRIVALS_ALL_AT_ONCE] = next_at_once, [ARRIVALS_DETERMINISTIC] = next_regular,
		[ARRIVALS_POISSON] = next_random,      [ARRIVALS_BURSTS] = next_random,
		[ARRIVALS_DAILY] = next_random,        [ARRIVALS_TRACE] = next_seen,
	};
	const struct arrival_process *process = arrivals->process;
	*out = (struct arrival){.duration_ns = -1, .size = -1};
	if (arrivals->made == process->requests)
		return false;
	bool is_counted = process->kind == ARRIVALS_TRACE && process->trace->counts;
	bool has_next = is_counted ? next_counted(arrivals, out) : next[process->kind](arrivals, out);
	if (!has_next || (process->duration_ns > 0 && out->time_ns > process->duration_ns))
		return false;
	arrivals->made++;
	return true;
}

void intake_init(struct intake *intake, struct engine *engine, const struct arrival_process *process, int64_t requests,
		 uint64_t seed, uint32_t replication)
{
	*intake = (struct intake){.engine = engine, .process = *process};
	intake->process.requests = requests;
	arrivals_init(&intake->arrivals, &intake->process, seed, replication);
}

static void await_next(struct intake *intake);

static void next_comes(struct engine *engine, void *subject, int64_t argument)
{
	struct intake *intake = subject;
	intake->in_flight++;
	intake->came(intake->subject, &intake->next);
	intake->is_overfull = intake->in_flight_max > 0 && intake->in_flight > intake->in_flight_max;
	if (intake->is_overfull)
		engine_stop(engine);
	else
		await_next(intake);
}

static void await_next(struct intake *intake)
{
	intake->is_over = !arrivals_next(&intake->arrivals, &intake->next);
	if (!intake->is_over)
		engine_schedule(intake->engine, intake->next.time_ns - engine_now_ns(intake->engine), 0, next_comes,
				intake, 0);
}

void intake_open(struct intake *intake, int64_t in_flight_max,
		 void (*came)(void *subject, const struct arrival *arrival), void *subject)
{
	intake->in_flight_max = in_flight_max;
	intake->came = came;
	intake->subject = subject;
	await_next(intake);
}

void intake_take(struct intake *intake, struct arrival *out)
{
	bool has_next = arrivals_next(&intake->arrivals, out);
	CHECK(has_next);
	intake->is_over = intake->arrivals.made == intake->process.requests;
	intake->in_flight++;
}

bool intake_done(struct intake *intake)
{
	return --intake->in_flight == 0 && intake->is_over;
}
