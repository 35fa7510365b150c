/*
 * A run as a Chrome trace: JSON that a reader accepts, functions by name, slices that add up to phases and causes and
 * that nest as Perfetto reads them, counters that end where the bill does.
 */
#include <jansson.h>

#include "report/timeline.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

/* The run's trace, parsed by another program's reader; NULL where it is no JSON. */
static json_t *trace_of(struct toy *toy, struct outcome *outcome)
{
	struct buf text;
	buf_init(&text);
	struct timeline timeline;
	timeline_init(&timeline, &toy->setting);
	struct span_sink sink = timeline_sink(&timeline);
	struct simulate_options options = {.seed = 1, .sink = &sink};
	simulate(&toy->setting, &options, &toy->arena, outcome);
	t_ok(timeline_write(&timeline, outcome, "trace.json", NULL, &text), "it is written");
	timeline_release(&timeline);
	json_error_t error;
	json_t *root = json_loads(buf_text(&text), 0, &error);
	if (!t_ok(root != NULL, "the trace is JSON"))
		printf("# line %d: %s\n", error.line, error.text);
	buf_release(&text);
	return root;
}

static const char *text_of(const json_t *event, const char *key)
{
	return json_string_value(json_object_get(event, key));
}

static double number_of(const json_t *event, const char *key)
{
	return json_number_value(json_object_get(event, key));
}

/* As Perfetto reads a time. */
static int64_t ns_of(const json_t *event, const char *key)
{
	return (int64_t)(number_of(event, key) * 1000);
}

static bool is_kind(const json_t *event, const char *kind)
{
	return strcmp(text_of(event, "ph"), kind) == 0;
}

/* Slices begin and end on eighths of a microsecond; so far may each be off. */
enum { GRID_NS = 125 };

struct total {
	int64_t ns;
	int64_t slices;
};

/* Of the function's slices of this category and name. */
static struct total total_of(const json_t *events, size_t function, const char *category, const char *name)
{
	struct total total = {0};
	for (size_t i = 0; i < json_array_size(events); i++) {
		const json_t *event = json_array_get(events, i);
		if (!is_kind(event, "X") || number_of(event, "pid") != (double)function + 2 ||
		    strcmp(text_of(event, "cat"), category) != 0 || (name && strcmp(text_of(event, "name"), name) != 0))
			continue;
		total.ns += ns_of(event, "dur");
		total.slices++;
	}
	return total;
}

static int64_t total_ns(const json_t *events, size_t function, const char *category, const char *name)
{
	return total_of(events, function, category, name).ns;
}

static bool adds_up(const json_t *events, size_t function, const char *category, const char *name, int64_t want_ns)
{
	struct total total = total_of(events, function, category, name);
	return llabs(total.ns - want_ns) <= GRID_NS * total.slices;
}

/* The last value of a counter, and its greatest. */
struct counter {
	double last;
	double greatest;
	int64_t last_ns;
	bool in_order;
	size_t count;
};

static struct counter counter_of(const json_t *events, int pid, const char *name, const char *unit)
{
	struct counter counter = {.in_order = true};
	for (size_t i = 0; i < json_array_size(events); i++) {
		const json_t *event = json_array_get(events, i);
		if (!is_kind(event, "C") || number_of(event, "pid") != pid || strcmp(text_of(event, "name"), name) != 0)
			continue;
		counter.last = number_of(json_object_get(event, "args"), unit);
		counter.greatest = fmax(counter.greatest, counter.last);
		counter.in_order = counter.in_order && ns_of(event, "ts") >= counter.last_ns;
		counter.last_ns = ns_of(event, "ts");
		counter.count++;
	}
	return counter;
}

enum { DEPTH_MAX = 8 };

struct open_slices {
	int tid;
	int64_t ends_ns[DEPTH_MAX];
	double ends[DEPTH_MAX]; /* as who adds microseconds has them */
	int depth;
};

/* Whether the slice is within those that are open on its track. */
static bool is_nested(struct open_slices *open, const json_t *event)
{
	int tid = (int)number_of(event, "tid");
	int64_t start_ns = ns_of(event, "ts");
	int64_t end_ns = start_ns + ns_of(event, "dur");
	double end = number_of(event, "ts") + number_of(event, "dur");
	if (tid != open->tid)
		*open = (struct open_slices){.tid = tid};
	while (open->depth > 0 && open->ends_ns[open->depth - 1] <= start_ns)
		open->depth--;
	int outer = open->depth - 1;
	if (open->depth == DEPTH_MAX || (outer >= 0 && (end_ns > open->ends_ns[outer] || end > open->ends[outer])))
		return false;
	/* What is over by nanoseconds is over by microseconds. */
	if (open->ends[open->depth] > number_of(event, "ts"))
		return false;
	open->ends[open->depth] = end;
	open->ends_ns[open->depth++] = end_ns;
	return true;
}

/* Tracks stand one after the other in the file, each in the order of time; none has the number of another's. */
static void check_nesting(const json_t *events)
{
	bool nested = true;
	bool of_one_process = true;
	struct open_slices open = {.tid = 0};
	int pids[4096] = {0};
	for (size_t i = 0; i < json_array_size(events); i++) {
		const json_t *event = json_array_get(events, i);
		if (!is_kind(event, "X"))
			continue;
		nested = nested && is_nested(&open, event);
		int *pid = &pids[(int)number_of(event, "tid") % 4096];
		of_one_process = of_one_process && (*pid == 0 || *pid == (int)number_of(event, "pid"));
		*pid = (int)number_of(event, "pid");
	}
	t_ok(nested, "slices of a track nest");
	t_ok(of_one_process, "no two processes share a track");
}

static const char *process_name(const json_t *events, int pid)
{
	for (size_t i = 0; i < json_array_size(events); i++) {
		const json_t *event = json_array_get(events, i);
		if (is_kind(event, "M") && strcmp(text_of(event, "name"), "process_name") == 0 &&
		    number_of(event, "pid") == pid)
			return text_of(json_object_get(event, "args"), "name");
	}
	return NULL;
}

static void whole_run(void)
{
	struct toy toy;
	struct outcome o;
	toy_network(&toy, 12, SCHEDULE_PIPELINED, 3);
	toy.functions[1].name = "quote \" and \\ back\nslash </script> \xc2\x9b";
	json_t *root = trace_of(&toy, &o);
	const json_t *events = json_object_get(root, "traceEvents");
	t_str(process_name(events, 3), toy.functions[1].name, "a function's name, whatever is in it");
	t_str(process_name(events, 1), "run", "the run has a process");
	bool phases_add_up = true;
	for (size_t f = 0; f < o.function_count; f++) {
		for (int phase = 0; phase < WORK_PHASES; phase++)
			phases_add_up = phases_add_up && adds_up(events, f, "phase", work_phase_names[phase],
								 (int64_t)o.functions[f].phase_ns[phase]);
		t_ok(adds_up(events, f, "start", "cold start", (int64_t)o.functions[f].init_ns), "cold starts add up");
		t_ok(adds_up(events, f, "visit", NULL, (int64_t)o.functions[f].duration_ns), "visits add up");
		t_ok(total_ns(events, f, "cause", "CPU throttled") >= o.functions[f].cause_ns[CAUSE_THROTTLED],
		     "throttling is seen");
	}
	t_ok(phases_add_up, "slices add up to the time of every phase");
	t_ok(total_ns(events, 0, "cause", "CPU throttled") > 0, "threads are throttled at 1.5 vCPUs");
	check_nesting(events);
	struct counter cost = counter_of(events, 1, "cost", "USD");
	t_near(cost.last, o.bill.total_usd, 1e-12, 0, "what the run costs is the bill in the end");
	t_ok(cost.in_order && cost.count > 48, "it grows with every call");
	t_near((double)cost.last_ns, (double)o.elapsed_ns, 0, GRID_NS, "until the run ends");
	struct counter concurrency = counter_of(events, 1, "concurrency", "sandboxes");
	t_ok(concurrency.last == 0 && concurrency.in_order, "no sandbox is in use in the end");
	t_ok(concurrency.greatest > 3 && concurrency.greatest <= 12, "three at once of each function");
	t_near(counter_of(events, 2, "concurrency", "sandboxes").greatest, 3, 0, 0, "and of one, three");
	json_decref(root);
	toy_release(&toy);
}

/* Several requests on a sandbox have a track each. */
static void shared_sandboxes(void)
{
	struct toy toy;
	struct outcome o;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1.25, .download_mb = 3, .import_seconds = 1});
	toy.functions[0].sandbox.requests_max = 4;
	toy_records(&toy, 10);
	toy.setting.parallel = 10;
	json_t *root = trace_of(&toy, &o);
	const json_t *events = json_object_get(root, "traceEvents");
	check_nesting(events);
	t_ok(adds_up(events, 0, "visit", NULL, (int64_t)o.functions[0].duration_ns), "all visits are there");
	t_near(counter_of(events, 2, "concurrency", "sandboxes").greatest, 3, 0, 0,
	       "ten requests, four to a sandbox, have three");
	t_near(counter_of(events, 1, "cost", "USD").last, o.bill.total_usd, 1e-12, 0, "and the bill is theirs");
	json_decref(root);
	toy_release(&toy);
}

/* Visits that have not ended have no slice of their own; their phases are there. */
static void cut_short(void)
{
	struct toy toy;
	struct outcome o;
	toy_network(&toy, 12, SCHEDULE_PIPELINED, 3);
	toy.setting.horizon_ns = 8 * NS_PER_SECOND;
	json_t *root = trace_of(&toy, &o);
	const json_t *events = json_object_get(root, "traceEvents");
	check_nesting(events);
	t_ok(total_ns(events, 0, "phase", NULL) > total_ns(events, 0, "visit", NULL), "phases of visits under way");
	json_decref(root);
	toy_release(&toy);
}

static const json_t *slice_called(const json_t *events, const char *name)
{
	for (size_t i = 0; i < json_array_size(events); i++) {
		const json_t *event = json_array_get(events, i);
		if (is_kind(event, "X") && strcmp(text_of(event, "name"), name) == 0)
			return event;
	}
	return NULL;
}

static void one_event(void)
{
	struct toy toy;
	struct outcome o;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1.25});
	json_t *root = trace_of(&toy, &o);
	const json_t *events = json_object_get(root, "traceEvents");
	const json_t *event = slice_called(events, "compute");
	const json_t *args = json_object_get(slice_called(events, "record 0"), "args");
	t_near(number_of(event, "ts"), 500000, 0, 0, "it begins after the cold start, in microseconds");
	t_near(number_of(event, "dur"), 1250000, 0, 0, "and lasts as long as the phase");
	t_ok(json_is_true(json_object_get(args, "faas.coldstart")), "its sandbox was new");
	t_str(text_of(args, "end"), "completed", "how the call ended");
	t_near(number_of(args, "faas.max_memory"), 1000.0 * 1024 * 1024, 0, 0, "memory in bytes");
	t_ok(!slice_called(events, "computing"), "what all of a phase's time went to is not said twice");
	json_decref(root);
	toy_release(&toy);
}

static void without_functions(void)
{
	struct toy toy;
	struct outcome o;
	toy_init(&toy);
	toy.platform.kind = PLATFORM_MACHINE;
	toy.platform.machine = (struct platform_machine){
		.network = "", .feed_seconds_per_image = 0.01, .device_images_per_second = 100, .batch_images = 10};
	json_t *root = trace_of(&toy, &o);
	const json_t *events = json_object_get(root, "traceEvents");
	struct counter cost = counter_of(events, 1, "cost", "USD");
	t_int((long long)json_array_size(events), 4, "a machine has a name and no slices");
	t_near(cost.last, o.bill.total_usd, 1e-12, 0, "and a cost");
	t_int(cost.last_ns, o.makespan_ns, "when it is done");
	json_decref(root);
	toy_release(&toy);
}

int main(void)
{
	whole_run();
	shared_sandboxes();
	cut_short();
	one_event();
	without_functions();
	return t_done();
}
