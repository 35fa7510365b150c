/* A run as a Chrome trace: JSON that a reader accepts, functions by name, and slices that add up to the phases. */
#include <jansson.h>

#include "report/timeline.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

/* The run's trace, parsed by another program's reader; NULL where it is no JSON. */
static json_t *trace_of(struct toy *toy, struct outcome *outcome, size_t *spans)
{
	struct buf text;
	buf_init(&text);
	struct timeline timeline;
	timeline_begin(&timeline, &toy->setting, &text);
	struct span_sink sink = timeline_sink(&timeline);
	struct simulate_options options = {.seed = 1, .sink = &sink};
	simulate(&toy->setting, &options, &toy->arena, outcome);
	timeline_end(&timeline);
	json_error_t error;
	json_t *root = json_loads(buf_text(&text), 0, &error);
	if (!t_ok(root != NULL, "the trace is JSON"))
		printf("# line %d: %s\n", error.line, error.text);
	*spans = timeline.spans;
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

/* Total of the function's slices with this name, in ns. */
static int64_t total_ns(const json_t *events, size_t function, const char *name)
{
	double microseconds = 0;
	size_t i;
	json_t *event;
	json_array_foreach(events, i, event) if (strcmp(text_of(event, "ph"), "X") == 0 &&
						 number_of(event, "pid") == (double)function + 1 &&
						 strcmp(text_of(event, "name"), name) == 0) microseconds +=
		number_of(event, "dur");
	return llround(microseconds * 1e3);
}

static void whole_run(void)
{
	struct toy toy;
	struct outcome o;
	size_t spans;
	toy_network(&toy, 12, SCHEDULE_PIPELINED, 3);
	toy.functions[1].name = "quote \" and \\ back\nslash";
	json_t *root = trace_of(&toy, &o, &spans);
	const json_t *events = json_object_get(root, "traceEvents");
	t_int((long long)json_array_size(events), (long long)(spans + toy.setting.function_count),
	      "one event per span, one name per function");
	t_str(text_of(json_object_get(json_array_get(events, 1), "args"), "name"), toy.functions[1].name,
	      "a function's name, whatever is in it");
	bool adds_up = true;
	for (size_t f = 0; f < o.function_count; f++) {
		for (int phase = 0; phase < WORK_PHASES; phase++)
			adds_up = adds_up &&
				  total_ns(events, f, work_phase_names[phase]) == o.functions[f].phase_ns[phase];
		t_int(total_ns(events, f, "cold start"), o.functions[f].init_ns, "cold starts add up");
	}
	t_ok(adds_up, "slices add up to the time of every phase");
	json_decref(root);
	toy_release(&toy);
}

static void one_event(void)
{
	struct toy toy;
	struct outcome o;
	size_t spans;
	toy_init(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1.25});
	json_t *root = trace_of(&toy, &o, &spans);
	const json_t *event = json_array_get(json_object_get(root, "traceEvents"), 2);
	const json_t *args = json_object_get(event, "args");
	t_str(text_of(event, "name"), "compute", "a slice is called by its phase");
	t_near(number_of(event, "ts"), 500000, 0, 0, "it begins after the cold start, in microseconds");
	t_near(number_of(event, "dur"), 1250000, 0, 0, "and lasts as long as the phase");
	t_ok(json_is_true(json_object_get(args, "faas.coldstart")), "its sandbox was new");
	t_near(number_of(args, "faas.max_memory"), 1000.0 * 1024 * 1024, 0, 0, "memory in bytes");
	json_decref(root);
	toy_release(&toy);
}

static void without_functions(void)
{
	struct toy toy;
	struct outcome o;
	size_t spans;
	toy_init(&toy);
	toy.platform.kind = PLATFORM_MACHINE;
	toy.platform.machine = (struct platform_machine){0.01, 100, 10, 0};
	json_t *root = trace_of(&toy, &o, &spans);
	t_int((long long)json_array_size(json_object_get(root, "traceEvents")), 0, "a machine has no slices");
	json_decref(root);
	toy_release(&toy);
}

int main(void)
{
	whole_run();
	one_event();
	without_functions();
	return t_done();
}
