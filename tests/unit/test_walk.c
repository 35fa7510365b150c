/*
 * Workflows: what is known by hand, and what holds of any graph. Random ones are written as an experiment, so that
 * reading them is part of it.
 */
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "random/stream.h"
#include "serving/simulate.h"
#include "tests/tap.h"
#include "tests/unit/resolved.h"

static void simulate_it(struct fixture *f)
{
	struct simulate_options options = {.seed = 3};
	simulate(&f->setting, &options, &f->arena, &f->outcome);
}

/* A platform whose times are known: no hop, no start, and what is said in `values`. */
#define HEAD(platform) \
	"apiVersion: lamina/v1\n" \
	"name: walk\n" \
	"platform: " platform "\n" \
	"platform_values:\n" \
	"  sandbox: {warm_start_seconds: {probability: [0.5], value: [0]}}\n" \
	"  workflow:\n" \
	"    hop_seconds: {probability: [0.5], value: [0]}\n" \
	"    hop_payload_mb: 0.001024\n" \
	"    hop_seconds_per_mb: 100\n" \
	"    map_pace: {seconds: 0, seconds_per_item: 0}\n" \
	"    child_starts: {burst: 1000, per_second: 500}\n" \
	"    express_child_starts: {burst: 2000, per_second: 4000}\n" \
	"    transitions: {burst: 3000, per_second: 500}\n" \
	"workload: {images: 1}\n" \
	"functions:\n" \
	"  one: {memory_mb: 2048, work: {wait_seconds: 1}}\n" \
	"  two: {memory_mb: 2048, work: {wait_seconds: 2}}\n" \
	"  five: {memory_mb: 2048, work: {wait_seconds: 5}}\n" \
	"  fails: {memory_mb: 2048, timeout_seconds: 1, work: {wait_seconds: 3}}\n" \
	"pipeline: {warm_sandboxes: 100}\n"
static const char head[] = HEAD("aws-lambda-2023");
static const char head_with_sources[] = HEAD("aws-lambda");

/* What a workflow of these steps comes to: the time of its only record, calls, transitions and executions. */
struct known {
	const char *what;
	const char *workflow;
	double seconds;
	int64_t calls;
	int64_t transitions;
	int64_t express;
	bool fails;
};

static const struct known knowns[] = {
	{"tasks follow each other", "{steps: [{task: one}, {task: two}]}", 3, 2, 2, 0, false},
	{"branches are waited for", "{steps: [{parallel: [[{task: one}, {task: one}], [{task: five}]]}, {task: one}]}",
	 6, 4, 5, 0, false},
	{"a map's items come one by one", "{steps: [{map: {items: 7, concurrency: 1, steps: [{task: one}]}}]}", 7, 7, 8,
	 0, false},
	{"or three at once", "{steps: [{map: {items: 7, concurrency: 3, steps: [{task: one}]}}]}", 3, 7, 8, 0, false},
	{"an inline map runs 40", "{steps: [{map: {items: 81, steps: [{task: one}]}}]}", 3, 81, 82, 0, false},
	{"a distributed one all of them", "{steps: [{map: {items: 81, distributed: true, steps: [{task: one}]}}]}", 1,
	 81, 163, 0, false},
	{"of which 1,000 start at once and then 500 a second",
	 "{steps: [{map: {items: 1500, distributed: true, steps: [{wait: {seconds: 1}}]}}]}", 2, 0, 3001, 0, false},
	{"states are entered at a rate, too, 3,000 at once and then 500 a second",
	 "{steps: [{map: {items: 20, concurrency: 1, steps: [{loop: {at_most: 100, steps: [{choice: [{}]}]}}]}}]}", 2,
	 0, 4001, 0, false},
	{"of express ones 2,000, and then 4,000 a second",
	 "{steps: [{map: {items: 4000, distributed: true, children: express, steps: [{wait: {seconds: 1}}]}}]}", 1.5, 0,
	 4001, 4000, false},
	{"express children",
	 "{steps: [{map: {items: 10, distributed: true, children: express, steps: [{task: one}]}}]}", 1, 10, 11, 10,
	 false},
	{"a batch is one record of all its items",
	 "{steps: [{map: {items: 10, distributed: true, batch: 4, steps: [{task: one}]}}]}", 4, 3, 7, 0, false},
	{"rounds", "{steps: [{loop: {at_most: 4, steps: [{task: one}]}}]}", 4, 4, 8, 0, false},
	{"rounds of nothing", "{steps: [{loop: {at_most: 200000, steps: [{choice: [{}]}]}}, {task: one}], kind: none}",
	 1, 1, 0, 0, false},
	{"a certain branch", "{steps: [{choice: [{probability: 0, steps: [{task: five}]}, {steps: [{task: two}]}]}]}",
	 2, 1, 2, 0, false},
	{"a branch that ends, behind which nothing is done",
	 "{steps: [{choice: [{ends: true, steps: [{task: one}]}, {probability: 0}]}, {task: five}]}", 1, 1, 2, 0,
	 false},
	{"one without steps likewise",
	 "{steps: [{task: one}, {choice: [{ends: true}, {probability: 0}]}, {task: five}]}", 1, 1, 2, 0, false},
	{"from choices in choices",
	 "{steps: [{choice: [{steps: [{choice: [{ends: true}, {probability: 0}]}, {task: one}]}, {probability: 0}]}, "
	 "{task: five}]}",
	 0, 0, 2, 0, false},
	{"out of a loop, whose own state is not reached",
	 "{steps: [{loop: {at_most: 4, steps: [{task: one}, {choice: [{ends: true}, {probability: 0}]}]}}, {task: "
	 "five}]}",
	 1, 1, 2, 0, false},
	{"of loops in a loop",
	 "{steps: [{loop: {at_most: 3, steps: [{loop: {at_most: 4, steps: [{task: one}, {choice: [{ends: true}, "
	 "{probability: 0}]}]}}, {task: two}]}}, {task: five}]}",
	 1, 1, 2, 0, false},
	{"of an item, and no more than that",
	 "{steps: [{map: {items: 3, steps: [{choice: [{ends: true}, {probability: 0}]}, {task: two}]}}, {task: one}]}",
	 1, 1, 5, 0, false},
	{"of a parallel's branch",
	 "{steps: [{parallel: [[{choice: [{ends: true}, {probability: 0}]}, {task: two}], [{task: one}]]}, {task: "
	 "one}]}",
	 2, 2, 4, 0, false},
	{"of what follows an error",
	 "{steps: [{task: fails, catch: [{choice: [{ends: true}, {probability: 0}]}]}, {task: one}]}", 1, 1, 2, 0,
	 false},
	{"a choice that a loop's state decides is no transition",
	 "{steps: [{loop: {at_most: 2, steps: [{task: one}]}}, {own_state: false, choice: [{steps: [{task: two}]}, "
	 "{probability: 0}]}]}",
	 4, 3, 5, 0, false},
	{"waits", "{steps: [{wait: {seconds: 2.5}}, {task: one}]}", 3.5, 1, 2, 0, false},
	{"an express workflow", "{kind: express, steps: [{task: one}, {task: two}]}", 3, 2, 0, 1, false},
	{"functions that call each other", "{kind: none, steps: [{task: one}, {task: two}]}", 3, 2, 0, 0, false},
	{"a failure ends it", "{steps: [{task: fails}, {task: five}]}", 1, 1, 1, 0, true},
	{"after its retries: 1 + 1 + 2 + 1 + 4 + 1 + 1",
	 "{steps: [{task: fails, retry: {attempts: 3, interval_seconds: 1, max_delay_seconds: 3}}]}", 10, 4, 4, 0,
	 true},
	{"what is caught is not one", "{steps: [{task: fails, catch: [{task: two}]}, {task: one}]}", 4, 3, 3, 0, false},
	{"nor what is passed over", "{steps: [{task: fails, catch: []}, {task: one}]}", 2, 2, 2, 0, false},
	{"a branch fails the others, which are left to end",
	 "{steps: [{parallel: [[{task: fails}], [{task: five}, {task: five}]], catch: [{task: one}]}]}", 2, 3, 4, 0,
	 false},
	{"a block is tried again",
	 "{steps: [{parallel: [[{task: one}, {task: fails}]], retry: {attempts: 1, interval_seconds: 4}, catch: []}]}",
	 8, 4, 6, 0, false},
	{"a failing choice fails what is around", "{steps: [{choice: [{steps: [{task: fails}]}]}, {task: one}]}", 1, 1,
	 2, 0, true},
	{"what follows a caught error can fail, too", "{steps: [{task: fails, catch: [{task: fails}]}, {task: one}]}",
	 2, 2, 2, 0, true},
	{"nobody waits for an asynchronous task", "{steps: [{task: five, async: true}, {task: one}]}", 1, 2, 2, 0,
	 false},
	{"which its queue tries three times", "{steps: [{task: fails, async: true}, {task: one}]}", 1, 4, 2, 0, false},
	{"a payload takes longer: 9 kB beyond 1 come to 0.9216 s",
	 "{payload_kb: 10, steps: [{task: one}, {task: one}]}", 2.9216, 2, 2, 0, false},
	{"a join hands on all",
	 "{payload_kb: 0, steps: [{map: {items: 10, steps: [{task: one, payload_kb: 1}]}}, {task: one}]}", 2.9216, 11,
	 12, 0, false},
	{"unless it says less",
	 "{payload_kb: 0, steps: [{map: {items: 10, steps: [{task: one, payload_kb: 1}]}, payload_kb: "
	 "1}, {task: one}]}",
	 2, 11, 12, 0, false},
	{"an execution cannot hold more state than is allowed",
	 "{payload_kb: 0, steps: [{map: {items: {probability: [0, 1], value: [1, 300]}, concurrency: 40, steps: "
	 "[{task: one, "
	 "payload_kb: 200}]}, catch: [{task: five}]}]}",
	 -1, -1, -1, 0, true},
	{"nor run for longer than five minutes as an express one",
	 "{kind: express, steps: [{wait: {seconds: 301}}, {task: one}]}", 301, 0, 0, 1, true},
};

static void test_known(void)
{
	for (size_t i = 0; i < ARRAY_LEN(knowns); i++) {
		const struct known *known = &knowns[i];
		struct fixture f;
		struct buf text;
		buf_init(&text);
		buf_printf(&text, "%sworkflow: %s\n", head, known->workflow);
		bool ok = setup(&f, buf_text(&text));
		t_ok(ok, "%s", known->what);
		if (ok) {
			simulate_it(&f);
			const struct function_outcome *total = &f.outcome.total;
			if (known->seconds >= 0) {
				t_int(f.outcome.makespan_ns, llround(known->seconds * 1e9), "its time");
				t_int(total->invocations, known->calls, "calls");
				t_int(total->usage.transitions, known->transitions, "transitions");
			}
			t_int(total->usage.express, known->express, "express executions");
			t_int(f.outcome.records_failed, known->fails, "failures");
			t_int(f.outcome.tokens_ended, f.outcome.tokens_begun, "every token ends");
		}
		buf_release(&text);
		release(&f);
	}
}

/* What starts workflows: how many of five messages or requests fail, calls, executions, and the time of the last. */
static void test_sources(void)
{
	static const struct {
		const char *what;
		const char *source;
		const char *workflow;
		int64_t failed;
		int64_t calls;
		int64_t express;
		double seconds; /* 0: it does not matter */
	} cases[] = {
		{"two batches are two executions", "{kind: sqs, batch_size: 3, window_seconds: 5}",
		 "{kind: express, steps: [{task: one}]}", 0, 2, 2, 0},
		{"whose messages a map walks", "{kind: sqs, batch_size: 3, window_seconds: 5}",
		 "{kind: express, steps: [{map: {items: {written_by: source}, steps: [{task: two}]}}]}", 0, 5, 2, 0},
		{"an express one that fails gets its messages again",
		 "{kind: sqs, batch_size: 5, window_seconds: 5, receives_max: 3}",
		 "{kind: express, steps: [{task: fails}]}", 5, 3, 3, 0},
		{"a standard one does not", "{kind: sqs, batch_size: 5, window_seconds: 5}", "{steps: [{task: fails}]}",
		 5, 1, 0, 0},
		{"a shard waits for an express one, ...", "{kind: kinesis, batch_size: 1}",
		 "{kind: express, steps: [{task: two}]}", 0, 5, 5, 10.999999999},
		{"... not for a standard one", "{kind: kinesis, batch_size: 1}", "{steps: [{task: two}]}", 0, 5, 0,
		 2.999999999},
		{"a gateway waits 30 s for an express one", "{kind: http_api}",
		 "{kind: express, steps: [{loop: {at_most: 7, steps: [{task: five}]}}]}", 5, 35, 5, 175},
		{"or for the functions themselves", "{kind: http_api}",
		 "{kind: none, steps: [{loop: {at_most: 7, steps: [{task: five}]}}]}", 5, 35, 0, 175},
		{"and only starts a standard one", "{kind: http_api}",
		 "{steps: [{loop: {at_most: 7, steps: [{task: five}]}}]}", 0, 35, 0, 175},
		{"an asynchronous start tries a task as its rule says", "{kind: async}", "{steps: [{task: fails}]}", 5,
		 5, 0, 5},
		{"and a first function as its queue does", "{kind: async}", "{kind: none, steps: [{task: fails}]}", 5,
		 15, 0, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture f;
		const struct function_outcome *total;
		struct buf text;
		buf_init(&text);
		buf_printf(&text, "%slimits: {horizon_seconds: 1000000}\nsource: %s\nworkflow: %s\n", head_with_sources,
			   cases[i].source, cases[i].workflow);
		t_ok(setup(&f, buf_text(&text)), "%s", cases[i].what);
		f.setting.records = f.setting.images = 5;
		simulate_it(&f);
		total = &f.outcome.total;
		t_int(f.outcome.records_failed, cases[i].failed, "failures");
		t_int(total->invocations, cases[i].calls, "calls");
		t_int(total->usage.express, cases[i].express, "express executions");
		t_int(f.outcome.tokens_ended, f.outcome.tokens_begun, "every token ends");
		if (cases[i].seconds > 0)
			t_near((double)f.outcome.makespan_ns / 1e9, cases[i].seconds, 0, 1e-6, "the end");
		buf_release(&text);
		release(&f);
	}
}

static void test_durable(void)
{
	struct fixture f;
	const struct function_outcome *total;
	struct buf text;
	buf_init(&text);
	buf_printf(&text, "%sworkflow: {kind: durable, steps: [{task: one}, {wait: {seconds: 1}}, {task: two}]}\n",
		   head_with_sources);
	t_ok(!setup(&f, buf_text(&text)), "what a durable function takes between two calls must be stated");
	release(&f);
	char *at = strstr(buf_text(&text), "  workflow:\n");
	struct buf stated;
	buf_init(&stated);
	buf_printf(&stated, "%.*s  workflow:\n    durable_operation_seconds: 0.25\n%s", (int)(at - buf_text(&text)),
		   buf_text(&text), at + strlen("  workflow:\n"));
	t_ok(setup(&f, buf_text(&stated)), "here 0.25 s");
	simulate_it(&f);
	total = &f.outcome.total;
	t_int(f.outcome.makespan_ns, 4250000000, "1 + 1 + 0.25 + 2 s");
	t_int(total->usage.durable_operations, 4, "an execution, two calls and a wait");
	t_int(total->usage.transitions, 0, "no transitions");
	t_near(f.outcome.bill.lines[BILL_DURABLE].usd, 4 * 8e-6, 1e-12, 0, "8 dollars a million");
	buf_release(&stated);
	buf_release(&text);
	release(&f);
}

static void test_store(void)
{
	struct fixture f;
	struct buf text;
	buf_init(&text);
	buf_printf(&text,
		   "%sworkflow: {steps: [{parallel: [[{task: one, data: store, payload_kb: 500}], "
		   "[{task: two, data: store, payload_kb: 1000}]]}, {task: one}, {task: one}]}\n",
		   head);
	t_ok(setup(&f, buf_text(&text)), "results in the store are bound by no payload");
	simulate_it(&f);
	t_int(f.outcome.usage.puts, 2, "a PUT each");
	t_int(f.outcome.usage.gets, 2, "and a GET by the one task that follows, not by those behind it");
	t_int(f.outcome.usage.put_bytes, 1500 * 1024, "bytes in");
	t_int(f.outcome.usage.get_bytes, 1500 * 1024, "bytes out");
	t_int(f.outcome.records_completed, 1, "done");
	buf_release(&text);
	release(&f);
}

static void test_critical_path(void)
{
	struct fixture f;
	struct buf text;
	buf_init(&text);
	buf_printf(&text,
		   "%sworkflow: {steps: [{task: two}, {parallel: [[{task: one}, {task: one}], [{parallel: [[{task: "
		   "five}], [{name: other, task: two}]]}]]}]}\n",
		   head);
	t_ok(setup(&f, buf_text(&text)), "a path through two joins");
	simulate_it(&f);
	const struct graph *graph = f.setting.graph;
	static const struct {
		const char *name;
		double critical;
		double slack;
	} want[] = {{"two", 2, 0}, {"one", 0, 3}, {"one 2", 0, 3}, {"five", 5, 0}, {"other", 0, 3}, {"parallel", 0, 0}};
	for (size_t w = 0; w < ARRAY_LEN(want); w++) {
		for (size_t i = 0; i < graph->step_count; i++) {
			if (strcmp(graph->steps[i].name, want[w].name) != 0)
				continue;
			t_near(step_metrics[STEP_METRIC_CRITICAL_SECONDS].value(&f.outcome, graph, (int32_t)i),
			       want[w].critical, 0, 1e-9, "critical");
			t_near(step_metrics[STEP_METRIC_SLACK_SECONDS].value(&f.outcome, graph, (int32_t)i),
			       want[w].slack, 0, 1e-9, "slack");
		}
	}
	buf_release(&text);
	release(&f);
}

/* Items that come one after the other are on the path with what they do; the map only with what it does itself. */
static void test_waves(void)
{
	struct fixture f;
	struct buf text;
	buf_init(&text);
	buf_printf(&text,
		   "%sworkflow: {steps: [{map: {items: 7, concurrency: 3, steps: [{task: one}, {task: two}]}}, "
		   "{map: {items: 4, steps: [{task: five}]}, name: wide}, {choice: [{}]}, "
		   "{loop: {at_most: 3, steps: [{wait: {seconds: 0}}]}}]}\n",
		   head);
	t_ok(setup(&f, buf_text(&text)), "a path through a map's waves");
	simulate_it(&f);
	const struct graph *graph = f.setting.graph;
	static const struct {
		const char *name;
		double critical;
		double transitions;
	} want[] = {{"map", 0, 1},  {"one", 3, 7},    {"two", 6, 7},  {"wide", 0, 1},
		    {"five", 5, 4}, {"choice", 0, 1}, {"loop", 0, 3}, {"wait", 0, 3}};
	int found = 0;
	for (size_t i = 0; i < graph->step_count; i++) {
		for (size_t w = 0; w < ARRAY_LEN(want); w++) {
			if (strcmp(graph->steps[i].name, want[w].name) != 0)
				continue;
			found++;
			t_near(step_metrics[STEP_METRIC_CRITICAL_SECONDS].value(&f.outcome, graph, (int32_t)i),
			       want[w].critical, 0, 1e-9, want[w].name);
			t_near(step_metrics[STEP_METRIC_TRANSITIONS].value(&f.outcome, graph, (int32_t)i),
			       want[w].transitions, 0, 0, "transitions");
		}
	}
	t_int(found, (int)ARRAY_LEN(want), "every step");
	t_int(f.outcome.functions[0].usage.transitions, 7, "a function's are those of its tasks");
	t_int(f.outcome.workflow.transitions, 9, "the workflow's are those of its blocks");
	t_int(f.outcome.usage.transitions, 27, "and the bill has both");
	buf_release(&text);
	release(&f);
}

/* --- random graphs --- */

static uint64_t below(struct stream *luck, uint64_t n)
{
	return stream_u64(luck) % n;
}

static void write_steps(struct stream *luck, int depth, struct buf *out);

static void write_step(struct stream *luck, int depth, struct buf *out)
{
	static const char *const functions[] = {"one", "two", "five", "fails"};
	uint64_t kind = below(luck, depth > 0 ? 10 : 5);
	if (kind < 4 && below(luck, 8) == 0) {
		buf_printf(out, "{task: %s, async: true}", functions[below(luck, 8) < 7 ? below(luck, 3) : 3]);
		return;
	}
	if (kind < 4) {
		/* What fails is seldom, so that something comes behind it. */
		uint64_t function = below(luck, 12);
		buf_printf(out, "{task: %s, payload_kb: %d", functions[function < 11 ? function % 3 : 3],
			   (int)below(luck, 20));
		if (below(luck, 4) == 0)
			buf_add(out, ", data: store");
		if (below(luck, 3) == 0)
			buf_printf(out, ", retry: {attempts: %d}", (int)below(luck, 3));
	} else if (kind == 4) {
		buf_printf(out, "{wait: {seconds: %d}}", (int)below(luck, 3));
		return;
	} else if (kind == 5) {
		buf_add(out, "{parallel: [");
		for (uint64_t i = below(luck, 3) + 1; i > 0; i--) {
			write_steps(luck, depth - 1, out);
			buf_add(out, i > 1 ? ", " : "]");
		}
	} else if (kind < 8) {
		bool is_distributed = below(luck, 2);
		buf_printf(out, "{map: {items: {probability: [0, 1], value: [0, %d]}, concurrency: %d, ",
			   (int)below(luck, 6) + 1, (int)below(luck, 4));
		if (is_distributed)
			buf_printf(out, "distributed: true, children: %s, batch: %d, ",
				   below(luck, 2) ? "express" : "standard", (int)below(luck, 3) + 1);
		buf_add(out, "steps: ");
		write_steps(luck, depth - 1, out);
		buf_add(out, "}");
	} else if (kind == 8) {
		buf_add(out, "{choice: [{probability: 0.4, steps: ");
		write_steps(luck, depth - 1, out);
		buf_printf(out, "%s}, {}]}", below(luck, 3) == 0 ? ", ends: true" : "");
		return;
	} else {
		buf_printf(out, "{loop: {again: 0.5, at_most: %d, steps: ", (int)below(luck, 4) + 1);
		write_steps(luck, depth - 1, out);
		buf_add(out, "}");
	}
	if (below(luck, 6) == 0)
		buf_add(out, ", catch: [{task: one}]");
	buf_add(out, "}");
}

static void write_steps(struct stream *luck, int depth, struct buf *out)
{
	buf_add(out, "[");
	for (uint64_t i = below(luck, 3) + 1; i > 0; i--) {
		write_step(luck, depth, out);
		buf_add(out, i > 1 ? ", " : "]");
	}
}

static bool is_conserved(const struct fixture *f)
{
	const struct outcome *o = &f->outcome;
	const struct function_outcome *total = &o->total;
	wide_sum critical_ns = 0;
	wide_sum record_ns = 0;
	int64_t tasks = 0;
	bool is_late = false;
	bool is_polled = setting_is_polled(&f->setting);
	for (size_t i = 0; i < f->setting.graph->step_count; i++) {
		critical_ns += o->steps[i].critical_ns;
		tasks += f->setting.graph->steps[i].kind == STEP_TASK ? o->steps[i].entered : 0;
	}
	record_ns = o->record_ns;
	for (size_t i = 0; i < f->setting.graph->branch_count; i++)
		is_late = is_late || o->branches[i].slack_ns < 0;
	const struct {
		const char *what;
		bool holds;
	} laws[] = {
		{"it ends", o->end == OUTCOME_COMPLETE},
		{"every token ends", o->tokens_begun == o->tokens_ended},
		{"every record ends", o->records_completed + o->records_failed == f->setting.records},
		/* Failed records have a path, too, but no time that is counted. */
		{"records' time is their paths'",
		 is_polled || (o->records_failed > 0 ? critical_ns >= record_ns : critical_ns == record_ns)},
		{"every message is in a batch", !is_polled || o->batch_messages == f->setting.records},
		{"every call ends", total->completed + total->timeouts == total->invocations},
		{"every call is a task's", total->invocations <= tasks + total->retries},
		{"every call is billed", total->usage.requests == total->invocations},
		{"bytes in are billed", total->usage.get_bytes == total->bytes_in},
		{"bytes out are billed", total->usage.put_bytes == total->bytes_out},
		{"no branch ends late", !is_late},
	};
	bool ok = true;
	for (size_t i = 0; i < ARRAY_LEN(laws); i++) {
		if (!laws[i].holds)
			printf("# broken: %s\n", laws[i].what);
		ok = ok && laws[i].holds;
	}
	return ok;
}

enum { GRAPHS = 400 };

static void test_random(void)
{
	struct stream luck;
	int failed = 0;
	int caught = 0;
	for (int i = 0; i < GRAPHS; i++) {
		struct fixture f;
		struct buf text;
		buf_init(&text);
		stream_init(&luck, 11, (uint32_t)i, stream_id_from_name("graphs"), 0);
		buf_add(&text, i % 4 == 0 ? head_with_sources : head);
		if (i % 4 == 0)
			buf_printf(&text, "source: {kind: %s, batch_size: 3}\n", i % 8 == 0 ? "sqs" : "kinesis");
		buf_printf(&text, "limits: {horizon_seconds: 1000000}\nworkflow: {payload_kb: %d, steps: ",
			   (int)below(&luck, 4));
		write_steps(&luck, 3, &text);
		buf_add(&text, "}\n");
		bool ok = setup(&f, buf_text(&text));
		f.setting.records = 5;
		f.setting.images = 5;
		f.setting.schedule = i % 2 ? SCHEDULE_PIPELINED : SCHEDULE_PER_RECORD;
		/* Without a queue, a record's time is its path's. */
		f.setting.parallel = 1000;
		if (ok)
			simulate_it(&f);
		bool holds = ok && is_conserved(&f);
		failed += ok && f.outcome.records_failed > 0;
		for (size_t s = 0; ok && s < f.setting.graph->step_count; s++)
			caught += f.setting.graph->steps[s].caught != GRAPH_UNCAUGHT && f.outcome.steps[s].failed > 0;
		if (!holds)
			t_ok(false, "graph %d conserves tokens, time and bill:\n%s", i, buf_text(&text));
		buf_release(&text);
		release(&f);
	}
	t_ok(failed > GRAPHS / 20 && failed < GRAPHS / 2, "some graphs fail, %d", failed);
	t_ok(caught > GRAPHS / 40, "and some failures are caught, %d", caught);
}

/* What is done behind choices that end, as often as the graph says. */
static void test_goes_on(void)
{
	static const char steps[] =
		"[{loop: {again: 0.8, at_most: 4, steps: [{choice: [{probability: 0.1, ends: true}, {probability: 0.5, "
		"steps: [{wait: {seconds: 0}}, {choice: [{probability: 0.3, ends: true}, {}]}]}, {}]}, {task: one}]}}, "
		"{task: two}]";
	enum { RECORDS = 20000 };
	struct fixture f;
	struct buf text;
	buf_init(&text);
	buf_printf(&text, "%sworkflow: {steps: %s}\n", head, steps);
	bool ok = setup(&f, buf_text(&text));
	t_ok(ok && f.setting.graph->step_count == 6, "a loop that choices lead out of");
	if (ok) {
		const struct graph *graph = f.setting.graph;
		f.setting.records = RECORDS;
		f.setting.images = RECORDS;
		f.setting.parallel = 1000;
		simulate_it(&f);
		const struct step_outcome *counts = f.outcome.steps;
		t_near((double)counts[5].entered / RECORDS, graph_goes_on(graph, 0), 0, 0.01, "goes on");
		t_near((double)counts[1].entered / RECORDS, graph_rounds(graph, &graph->steps[0]), 0, 0.03, "rounds");
		t_near(graph_goes_on(graph, 1), 0.75, 0, 1e-12, "of a choice in a choice");
	}
	buf_release(&text);
	release(&f);
}

/* Maps over nothing that takes time, in each other: they end at a bound. */
static void test_bounded(void)
{
	struct fixture f;
	struct buf text;
	buf_init(&text);
	buf_printf(&text,
		   "%slimits: {events: 5000}\nworkflow: {kind: none, steps: [{map: {items: 10000000, steps: [{map: "
		   "{items: "
		   "10000000, steps: [{choice: [{}]}]}}]}}]}\n",
		   head);
	t_ok(setup(&f, buf_text(&text)), "10^14 items");
	simulate_it(&f);
	t_int(f.outcome.end, OUTCOME_EVENT_BUDGET, "are stopped by the budget of events");
	buf_release(&text);
	release(&f);
}

int main(void)
{
	test_bounded();
	test_known();
	test_sources();
	test_durable();
	test_store();
	test_critical_path();
	test_goes_on();
	test_waves();
	test_random();
	return t_done();
}
