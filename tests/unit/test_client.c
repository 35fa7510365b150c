/* A client some way off: every call travels there and back, a refused one twice, and its sandbox is not held. */
#include "tests/tap.h"
#include "tests/unit/toy.h"

static void travels(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 1});
	int64_t near_ns = toy_simulate(&toy, 1).makespan_ns;
	toy.setting.client_ns = 100 * NS_PER_MS;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, near_ns + 400 * NS_PER_MS, "two calls of a record, 0.2 s each");
	t_int(o.functions[0].cause_ns[CAUSE_CLIENT], 200 * NS_PER_MS, "which has its cause");
	t_int(o.functions[0].wait_ns, 0, "and is no wait for a place");
	t_int(o.functions[0].duration_ns, NS_PER_SECOND, "nor part of the handler");
	double ns[CAUSES];
	double sum = 0;
	for (int i = 0; i < 2; i++) {
		cause_times(&o.functions[i], ns);
		sum += cause_sum(ns);
	}
	t_near(sum / 1e9, seconds_from_ns(o.makespan_ns), 1e-12, 0, "causes are all of the record's time");
	toy_release(&toy);
}

static void sandboxes(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	toy_records(&toy, 2);
	toy.setting.parallel = 2;
	toy.setting.client_ns = 2 * NS_PER_SECOND;
	toy.setting.dispatch_ns = 1600 * NS_PER_MS;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.peak_concurrency, 1, "while one answer travels the next call finds its sandbox");
	t_int(o.functions[0].cold_starts, 1, "warm");
	toy_release(&toy);
}

static void refused(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	toy_records(&toy, 2);
	toy.setting.parallel = 2;
	toy.platform.limits.concurrency = 1;
	toy.setting.client_ns = 50 * NS_PER_MS;
	struct outcome o = toy_simulate(&toy, 1);
	int64_t calls = o.functions[0].invocations + o.functions[0].throttles;
	t_ok(o.functions[0].throttles > 0, "the second call is refused");
	t_int(o.functions[0].cause_ns[CAUSE_CLIENT], calls * 100 * NS_PER_MS, "and travels again each time");
	toy.setting.failures.error_rate = 1;
	toy.setting.retries = 2;
	toy.platform.limits.concurrency = 10;
	o = toy_simulate(&toy, 1);
	t_int(o.functions[0].invocations, 6, "failed calls are repeated");
	t_int(o.functions[0].cause_ns[CAUSE_CLIENT], 600 * NS_PER_MS, "by the client");
	toy_release(&toy);
}

/* Four calls that take 1 s, started 0.5 s apart; an answer takes 0.4 s of the thread that starts them. */
static void answers(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	toy_records(&toy, 4);
	toy.setting.parallel = 4;
	toy.setting.warm_sandboxes = 4;
	toy.setting.dispatch_ns = 500 * NS_PER_MS;
	t_int(toy_simulate(&toy, 1).makespan_ns, 2510 * NS_PER_MS, "answers that take no time");
	toy.setting.answer_ns = 400 * NS_PER_MS;
	struct outcome o = toy_simulate(&toy, 1);
	t_int(o.makespan_ns, (2000 + 4 * 400) * NS_PER_MS, "others wait until all calls are out, and for each other");
	int64_t waits_ms = (2400 - 1010) + (2800 - 1510) + (3200 - 2010) + (3600 - 2510);
	t_int(o.functions[0].cause_ns[CAUSE_CLIENT], waits_ms * NS_PER_MS, "which has its cause");
	toy_release(&toy);
}

int main(void)
{
	answers();
	travels();
	sandboxes();
	refused();
	return t_done();
}
