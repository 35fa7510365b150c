/* Replications: how many run, that threads do not matter, what an interrupt leaves, and paired differences. */
#include "base/check.h"
#include "experiment/replicate.h"
#include "stats/summary.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

static struct run_job job_of(const struct toy *toy, int64_t min, int64_t max, double half_width)
{
	return (struct run_job){
		.setting = &toy->setting,
		.seed = 3,
		.replications = {.min = min, .max = max, .until = {"makespan_seconds", half_width}},
	};
}

static void stopping(void)
{
	static const struct {
		int64_t min, max;
		double half_width;
		int64_t least, most;
		const char *name;
	} cases[] = {
		{5, 5, 1e-9, 5, 5, "min and max alike"},
		{5, 40, 1e-9, 40, 40, "an interval that is never narrow enough ends at max"},
		{5, 4000, 10, 5, 5, "one that is narrow at once ends at min"},
		{2, 4000, 0.005, 10, 3999, "one in between ends in between"},
		{1, 30, 10, 2, 2, "one replication has no interval, two have"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct toy toy;
		toy_network(&toy, 20, SCHEDULE_PIPELINED, 4);
		struct run_job job = job_of(&toy, cases[i].min, cases[i].max, cases[i].half_width);
		struct run_control control = {.jobs = 1};
		t_ok(replicate(&job, 1, &control, &toy.arena), "%s", cases[i].name);
		int64_t count = job.result.replications;
		t_ok(count >= cases[i].least && count <= cases[i].most, "%lld replications", (long long)count);
		const struct estimate *estimate = &job.result.metrics[METRIC_MAKESPAN_SECONDS];
		if (count < cases[i].max)
			t_ok(estimate->half_width <= cases[i].half_width * estimate->mean, "the interval is narrow");
		toy_release(&toy);
	}
}

/* The interval, worked out from the samples by another road: mean +- t * s / sqrt(n). */
static void interval(void)
{
	struct toy toy;
	toy_network(&toy, 20, SCHEDULE_PIPELINED, 4);
	struct run_job job = job_of(&toy, 11, 11, 1);
	struct run_control control = {.jobs = 1};
	replicate(&job, 1, &control, &toy.arena);
	const double *x = job.result.samples[METRIC_MAKESPAN_SECONDS];
	double sum = 0;
	double squares = 0;
	for (int i = 0; i < 11; i++)
		sum += x[i];
	for (int i = 0; i < 11; i++)
		squares += (x[i] - sum / 11) * (x[i] - sum / 11);
	const struct estimate *estimate = &job.result.metrics[METRIC_MAKESPAN_SECONDS];
	t_near(estimate->mean, sum / 11, 1e-12, 0, "mean");
	t_near(estimate->half_width, 2.2281388519649385 * sqrt(squares / 10 / 11), 1e-9, 0, "Student's t, 10 degrees");
	struct run_job single = job_of(&toy, 1, 1, 1);
	replicate(&single, 1, &control, &toy.arena);
	t_ok(isinf(single.result.metrics[METRIC_MAKESPAN_SECONDS].half_width), "one replication has no interval");
	t_near(single.result.metrics[METRIC_MAKESPAN_SECONDS].mean, x[0], 0, 0, "and is the first of more");
	toy_release(&toy);
}

static bool same_results(const struct run_job *a, const struct run_job *b)
{
	return a->result.replications == b->result.replications &&
	       memcmp(a->result.metrics, b->result.metrics, sizeof a->result.metrics) == 0 &&
	       memcmp(&a->result.bill, &b->result.bill, sizeof a->result.bill) == 0 &&
	       memcmp(a->result.functions, b->result.functions,
		      a->result.function_count * sizeof a->result.functions[0]) == 0;
}

static void threads(void)
{
	struct toy toys[2];
	toy_network(&toys[0], 20, SCHEDULE_PIPELINED, 4);
	toy_network(&toys[1], 30, SCHEDULE_PER_RECORD, 3);
	struct run_job want[2] = {job_of(&toys[0], 7, 7, 1), job_of(&toys[1], 3, 200, 0.01)};
	struct run_control control = {.jobs = 1};
	replicate(want, 2, &control, &toys[0].arena);
	for (control.jobs = 2; control.jobs <= 9; control.jobs += 7) {
		struct run_job got[2] = {job_of(&toys[0], 7, 7, 1), job_of(&toys[1], 3, 200, 0.01)};
		replicate(got, 2, &control, &toys[0].arena);
		t_ok(same_results(&got[0], &want[0]) && same_results(&got[1], &want[1]), "%d threads, the same bytes",
		     control.jobs);
	}
	struct run_job alone = job_of(&toys[1], 3, 200, 0.01);
	replicate(&alone, 1, &control, &toys[0].arena);
	t_ok(same_results(&alone, &want[1]), "a job by itself gives what it gives beside others");
	toy_release(&toys[0]);
	toy_release(&toys[1]);
}

struct stopper {
	sig_atomic_t flag;
	int left;
};

static void count_down(void *context)
{
	struct stopper *stopper = context;
	if (--stopper->left == 0)
		stopper->flag = 1;
}

static void interrupted(void)
{
	struct toy toy;
	toy_network(&toy, 20, SCHEDULE_PIPELINED, 4);
	struct run_job jobs[2] = {job_of(&toy, 10, 10, 1), job_of(&toy, 10, 10, 1)};
	struct run_job whole = job_of(&toy, 4, 4, 1);
	struct stopper stopper = {.left = 4};
	struct run_control control = {
		.jobs = 1, .interrupt = &stopper.flag, .progress = count_down, .progress_context = &stopper};
	t_ok(!replicate(jobs, 2, &control, &toy.arena), "an interrupted run says so");
	t_int(jobs[0].result.replications, 4, "what was finished counts");
	t_int(jobs[1].result.replications, 0, "what was not begun does not");
	control = (struct run_control){.jobs = 1};
	replicate(&whole, 1, &control, &toy.arena);
	t_ok(same_results(&jobs[0], &whole), "it is what a shorter run would have given");
	toy_release(&toy);
}

static void differences(void)
{
	struct toy toys[2];
	toy_network(&toys[0], 20, SCHEDULE_PIPELINED, 4);
	toy_network(&toys[1], 20, SCHEDULE_PIPELINED, 4);
	toy_memory(&toys[1], 1600);
	struct run_job jobs[2] = {job_of(&toys[0], 30, 30, 1), job_of(&toys[1], 20, 20, 1)};
	struct run_control control = {.jobs = 2};
	replicate(jobs, 2, &control, &toys[0].arena);
	struct estimate d = run_result_difference(&jobs[1].result, &jobs[0].result, METRIC_MAKESPAN_SECONDS);
	const double *a = jobs[0].result.samples[METRIC_MAKESPAN_SECONDS];
	const double *b = jobs[1].result.samples[METRIC_MAKESPAN_SECONDS];
	struct summary want;
	summary_init(&want);
	for (int i = 0; i < 20; i++)
		summary_add(&want, b[i] - a[i]);
	t_near(d.mean, summary_mean(&want), 1e-12, 0, "pairs as far as both have replications");
	t_near(d.half_width, summary_half_width(&want, 0.95), 1e-12, 0, "and their interval");
	t_ok(d.mean + d.half_width < 0, "100 MB more are faster, beyond chance");
	t_ok(d.half_width < 0.8 * jobs[1].result.metrics[METRIC_MAKESPAN_SECONDS].half_width,
	     "with a narrower interval than either has");
	toy_release(&toys[0]);
	toy_release(&toys[1]);
}

int main(void)
{
	stopping();
	interval();
	threads();
	interrupted();
	differences();
	return t_done();
}
