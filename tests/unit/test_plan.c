/*
 * The planner's door, without the command line: one request in, one plan out, which holds results only. What a request
 * does not ask for is not found out, and a request can be put twice.
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "experiment/study.h"
#include "plan/plan.h"
#include "plan/reason.h"
#include "tests/tap.h"

struct fixture {
	struct arena arena;
	struct diag diag;
	struct study study;
	struct run_control control;
	struct plan_request request;
};

static const char two[] = "apiVersion: lamina/v1\n"
			  "name: two\n"
			  "platform: aws-lambda-2019\n"
			  "workload: {images: 12}\n"
			  "defaults: {memory_mb: 1024}\n"
			  "plan: {uncertainty: {cpu_speed: 0.1}}\n"
			  "functions: {f: {work: {cpu_seconds: 2, memory_mb: 300}}, "
			  "g: {work: {cpu_seconds: 1, memory_mb: 200}}}\n";

static void fixture_load(struct fixture *f, const char *path, const char *set)
{
	*f = (struct fixture){.control = {.jobs = 1}};
	arena_init(&f->arena);
	diag_init(&f->diag);
	const char *sets[] = {set};
	struct study_request load = {.load = {.path = path, .sets = sets, .set_count = set ? 1 : 0}};
	CHECK(study_load(&load, &f->arena, &f->diag, &f->study, NULL));
	f->request = (struct plan_request){
		.experiment = &f->study.experiment,
		.setting = f->study.jobs[0].setting,
		.library = &f->study.library,
		.seconds_metric = "makespan_seconds",
		.quantile = 0.95,
		.headroom = 0.03,
		.share = 0.95,
		.seed = 1,
		.replications = 10,
		.run = &f->control,
	};
}

static void fixture_text(struct fixture *f, const char *text, const char *set)
{
	char path[64];
	int fd = memfd_create("experiment", 0);
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	fixture_load(f, path, set);
	close(fd);
}

static void fixture_init(struct fixture *f, const char *set)
{
	fixture_text(f, two, set);
}

static void fixture_release(struct fixture *f)
{
	diag_release(&f->diag);
	arena_release(&f->arena);
}

static enum plan_end run(struct fixture *f, struct plan **out)
{
	*out = ARENA_NEW(&f->arena, struct plan);
	return plan_run(&f->request, &f->arena, &f->diag, *out);
}

static void finds_a_plan(void)
{
	struct fixture f;
	struct plan *plan;
	fixture_init(&f, NULL);
	f.request.seconds_max = 12;
	t_int(run(&f, &plan), PLAN_FOUND, "a deadline that can be kept has a plan");
	const struct trial *best = &plan->best;
	t_ok(best->seconds_at <= 12, "it is kept: %g s", best->seconds_at);
	t_ok(plan->known[KNOWN_MEM_MAX].setting && best->usd < plan->known[KNOWN_MEM_MAX].usd,
	     "it is cheaper than the largest memory everywhere");
	for (size_t i = 0; i < plan->rivals.count; i++) {
		const struct rival *rival = &plan->rivals.items[i];
		const struct shape *a = &rival->trial.choice.shape;
		const struct shape *b = &best->choice.shape;
		bool is_other = rival->kind == RIVAL_SIZE       ? a->size != b->size
				: rival->kind == RIVAL_PARALLEL ? a->size == b->size && a->parallel != b->parallel
				: rival->kind == RIVAL_SCHEDULE ? a->schedule != b->schedule
								: memcmp(a, b, sizeof *a) == 0;
		t_ok(is_other, "rival '%s' differs in what its kind says", rival->what);
		t_ok(!rival->is_allowed || rival->trial.usd >= best->usd, "and is no better");
	}
	t_ok(!plan->front && plan->sensitivity_count == 0 && !plan->dominators[KNOWN_MEM_MAX].has_cheaper,
	     "what was not wanted was not found out");
	fixture_release(&f);
}

static void same_request_same_plan(void)
{
	struct fixture f;
	struct plan *first;
	struct plan *second;
	fixture_init(&f, "functions.g.timeout_seconds=3");
	f.request.seconds_max = 40;
	f.request.wants_more = true;
	f.request.front_points = 5;
	struct plan_request before = f.request;
	t_int(run(&f, &first), PLAN_FOUND, "with a time-out that rules sizes out");
	t_int(run(&f, &second), PLAN_FOUND, "and once more");
	t_ok(memcmp(&before, &f.request, sizeof before) == 0, "a request is only read");
	t_ok(first->answer.best.usd == second->answer.best.usd &&
		     first->answer.best.choice.options[1] == second->answer.best.choice.options[1],
	     "nothing of the first is left for the second: %.17g and %.17g USD", first->answer.best.usd,
	     second->answer.best.usd);
	t_int((long long)first->front->count, (long long)second->front->count, "their fronts are equal");
	for (size_t i = 1; i < first->front->count; i++)
		t_ok(first->front->points[i].seconds > first->front->points[i - 1].seconds &&
			     first->front->points[i].usd < first->front->points[i - 1].usd,
		     "along the front money buys time");
	fixture_release(&f);
}

/* 0.1 is the usual uncertainty of CPU speed, too: who states it has no source of ours. */
static void stated_uncertainty(void)
{
	struct fixture f;
	struct plan *plan;
	fixture_init(&f, NULL);
	f.request.seconds_max = 12;
	f.request.wants_more = true;
	run(&f, &plan);
	t_int((long long)plan->sensitivity_count, 2 * UNCERTAIN_INPUTS, "every input is moved down and up");
	t_near(plan->sensitivity[1].change, 0.1, 0, 0, "CPU speed by what is stated");
	t_str(plan->sensitivity[1].basis, "as the experiment states", "which is what the plan says");
	const struct plan_uncertainty *usual = f.request.library->uncertainty;
	t_near(plan->sensitivity[3].change, usual->share[UNCERTAIN_NETWORK], 0, 0, "others by the usual one");
	t_str(plan->sensitivity[2].basis, usual->source[UNCERTAIN_NETWORK], "which has its source");
	fixture_release(&f);
}

/* g has one place for twelve jobs at once: a plan that has its calls refused is varied with refused calls, too. */
static void refused_calls_stay_allowed(void)
{
	struct fixture f;
	struct plan *plan;
	fixture_init(&f, "functions={f: {work: {cpu_seconds: 4, memory_mb: 300}}, "
			 "g: {reserved_concurrency: 1, work: {cpu_seconds: 0.2, memory_mb: 100}}}");
	f.request.seconds_max = 20;
	f.request.wants_more = true;
	run(&f, &plan);
	t_ok(plan->best.setting && plan->planner.control.space->rulings.allows_refusals,
	     "the deadline needs refused calls");
	t_ok(plan->sensitivity[1].change > 0 && plan->sensitivity[1].has_plan, "which faster CPUs keep, too");
	fixture_release(&f);
}

/* Requests that come over time are planned by their latency; what the experiment states is the current plan. */
static void latency(void)
{
	struct fixture f;
	struct plan *plan;
	fixture_init(&f, "workload={arrivals: {kind: poisson, rate_per_second: 0.5, duration_seconds: 400}}");
	f.request.seconds_metric = "record_p95_seconds";
	f.request.seconds_max = 6;
	t_int(run(&f, &plan), PLAN_FOUND, "a bound on latency has a plan");
	t_ok(plan->best.seconds_at <= 6 && plan->planner.control.space->is_served, "it is kept, by requests over time");
	const struct trial *current = &plan->known[KNOWN_CURRENT];
	t_ok(current->setting && current->setting->functions[0].memory_mb == 1024, "what is there now was simulated");
	t_ok(!planner_is_allowed(&plan->goal, current) || current->usd >= plan->best.usd, "and is no better");
	fixture_release(&f);
}

/* Only the first function takes long to initialise: only its snapshot is worth its price. */
static void snapshots(void)
{
	static const char seldom[] =
		"apiVersion: lamina/v1\nname: seldom\nplatform: aws-lambda\n"
		"workload: {arrivals: {kind: poisson, rate_per_second: 0.002, duration_seconds: 400000}}\n"
		"framework: {runtime: python3.12, package_mb: 20}\ndefaults: {memory_mb: 1769}\n"
		"plan: {memory: {from_mb: 1769, to_mb: 1769}}\n"
		"functions: {slow: {work: {cpu_seconds: 0.5, memory_mb: 300, init_cpu_seconds: 6}}, "
		"quick: {work: {cpu_seconds: 0.5, memory_mb: 300}}}\n";
	struct fixture f;
	struct plan *plan;
	fixture_text(&f, seldom, NULL);
	f.request.seconds_metric = "record_p95_seconds";
	f.request.seconds_max = 5;
	f.request.replications = 4;
	t_int(run(&f, &plan), PLAN_FOUND, "a bound that every cold start of one function breaks");
	const struct setting *best = plan->best.setting;
	t_ok(best && best->functions[0].sandbox.has_snapshot && !best->functions[1].sandbox.has_snapshot,
	     "that one is restored, the other is not");
	size_t subsets = 0;
	for (size_t i = 0; i < plan->planner.control.space->size_count; i++)
		subsets |= (size_t)1 << plan->planner.control.space->sizes[i].snapshots;
	t_int((long long)subsets, 15, "none, either and both were to choose from");
	fixture_release(&f);
}

static void split(void)
{
	struct fixture f;
	struct plan *plan;
	fixture_load(&f, "tests/data/experiment.yaml", NULL);
	f.request.seconds_max = 120;
	f.request.wants_split = true;
	t_int(run(&f, &plan), PLAN_FOUND, "a network can be split anew");
	t_int((long long)plan->split.split_count, 2, "its two functions are two or one");
	t_ok(plan->split.is_given == (plan->best.setting->function_count == 2), "the plan has as many as are best");
	t_int((long long)plan->planner.control.space->function_count, (long long)plan->best.setting->function_count,
	      "of a space of its own");
	t_int((long long)f.request.setting->function_count, 2, "the request's setting is as it was");
	fixture_release(&f);
}

static void failing_records_have_causes(void)
{
	struct fixture f;
	struct plan *plan;
	fixture_init(&f, "failures.error_rate=1");
	f.request.seconds_max = 100;
	t_int(run(&f, &plan), PLAN_INFEASIBLE, "where every call fails no deadline helps");
	const struct trial *failing = &plan->nearest.failing;
	t_ok(!plan->nearest.deadline.setting && failing->setting, "nothing is near it, and a plan that fails is told");
	t_ok(failing->setting && failing->failed == 12 && failing->result.functions[0].failures[FAILURE_ERROR] > 0,
	     "with the cause");
	fixture_release(&f);
}

static void ends(void)
{
	struct fixture f;
	struct plan *plan;
	struct buf why;
	fixture_init(&f, NULL);
	buf_init(&why);
	f.request.seconds_max = 1;
	t_int(run(&f, &plan), PLAN_INFEASIBLE, "no plan is that fast");
	reason_infeasible(plan, &why);
	t_ok(strstr(buf_text(&why), "nearest feasible deadline"), "and the plan knows why: %s", buf_text(&why));
	f.request.seconds_max = plan->nearest.deadline.seconds_at * (1 + 1e-12);
	t_int(run(&f, &plan), PLAN_FOUND, "the nearest feasible deadline is one");
	buf_release(&why);
	f.request.seconds_max = 8;
	f.request.strategy = STRATEGY_MEM_MIN;
	t_int(run(&f, &plan), PLAN_INFEASIBLE, "nor is memMin");
	t_ok(plan->best.setting == plan->known[KNOWN_MEM_MIN].setting, "which is the plan that was asked for");
	f.request.strategy = STRATEGY_COST;
	f.request.wants_split = true;
	t_int(run(&f, &plan), PLAN_REFUSED, "stated work cannot be split");
	t_int((long long)f.diag.error_count, 1, "as one message says");
	volatile sig_atomic_t interrupt = 1;
	f.request.wants_split = false;
	f.control.interrupt = &interrupt;
	t_int(run(&f, &plan), PLAN_INTERRUPTED, "an interrupt ends it");
	fixture_release(&f);
}

int main(void)
{
	finds_a_plan();
	same_request_same_plan();
	stated_uncertainty();
	refused_calls_stay_allowed();
	latency();
	snapshots();
	split();
	failing_records_have_causes();
	ends();
	return t_done();
}
