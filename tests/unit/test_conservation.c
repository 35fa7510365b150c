/* What goes in comes out: bytes, requests, MB*ns, time by phase, records in the system (Little's law), span by span. */
#include "tests/tap.h"
#include "tests/unit/toy.h"

/* Sums of spans, as a timeline shows them. */
struct spans {
	int64_t phase_ns[SETTING_FUNCTIONS_MAX][WORK_PHASES];
	int64_t cause_ns[SETTING_FUNCTIONS_MAX][CAUSES];
	int64_t init_ns[SETTING_FUNCTIONS_MAX];
	int64_t visit_ns[SETTING_FUNCTIONS_MAX];
	int64_t last_end_ns;
	bool in_order;
};

static void add_span(void *context, const struct span *span)
{
	struct spans *spans = context;
	int64_t length_ns = span->end_ns - span->start_ns;
	if (length_ns < 0)
		spans->in_order = false;
	if (span->kind == SPAN_COLD_START)
		spans->init_ns[span->function] += length_ns;
	if (span->kind == SPAN_VISIT)
		spans->visit_ns[span->function] += length_ns;
	for (int phase = 0; span->kind == SPAN_PHASE && phase < WORK_PHASES; phase++)
		if (strcmp(span->name, work_phase_names[phase]) == 0)
			spans->phase_ns[span->function][phase] += length_ns;
	for (int cause = 0; span->kind == SPAN_CAUSE && cause < CAUSES; cause++)
		if (strcmp(span->name, cause_names[cause]) == 0)
			spans->cause_ns[span->function][cause] += length_ns;
	if (span->kind == SPAN_CAUSE)
		return;
	if (span->end_ns < spans->last_end_ns)
		spans->in_order = false;
	spans->last_end_ns = span->end_ns;
}

static void check_function(const struct setting_function *setting, const struct function_outcome *part,
			   const struct function_outcome *before, const struct spans *spans, size_t i)
{
	int64_t phases_ns = 0;
	bool spans_agree = spans->init_ns[i] == part->init_ns;
	for (int phase = 0; phase < WORK_PHASES; phase++) {
		phases_ns += part->phase_ns[phase];
		spans_agree = spans_agree && spans->phase_ns[i][phase] == part->phase_ns[phase];
	}
	int64_t causes_ns = 0;
	for (int cause = 0; cause < CAUSES; cause++)
		causes_ns += spans->cause_ns[i][cause];
	t_int(phases_ns, part->duration_ns, "phases add up to the handler's time");
	t_int(spans->visit_ns[i], part->duration_ns, "so do the spans of visits");
	t_int(causes_ns, part->duration_ns, "and those of causes");
	t_ok(spans->cause_ns[i][CAUSE_THROTTLED] >= part->cause_ns[CAUSE_THROTTLED] &&
		     spans->cause_ns[i][CAUSE_LATENCY] >= part->cause_ns[CAUSE_LATENCY],
	     "which also say what loading on a new sandbox waits for");
	t_ok(spans_agree, "spans of %s add up to its phases", setting->name);
	t_int(part->completed + part->out_of_memory + part->timeouts, part->invocations, "every invocation ends once");
	t_int(part->usage.requests, part->invocations, "and is billed once");
	t_ok(part->usage.billed_mb_ns == (price_mb_ns)part->billed_ns * (price_mb_ns)setting->memory_mb,
	     "billed MB*ns are billed time by memory");
	t_ok(part->paid_mb_ns == (price_mb_ns)part->duration_ns * (price_mb_ns)setting->memory_mb,
	     "MB*ns are time by memory");
	t_ok(part->used_mb_ns <= part->paid_mb_ns && part->billed_ns >= part->duration_ns,
	     "used is within paid, and billed at least what ran");
	if (before) {
		t_int(part->invocations, before->completed, "as many calls as the function before completed");
		int64_t weights = setting->work.phases[WORK_WEIGHTS_GET].bytes;
		t_int(part->bytes_in - weights * part->cold_starts, before->bytes_out,
		      "bytes in are what the function before wrote");
	}
}

static void conserved(int schedule, int64_t parallel)
{
	struct toy toy;
	toy_network(&toy, 60, schedule, parallel);
	struct spans spans = {.in_order = true};
	struct span_sink sink = {.span = add_span, .context = &spans};
	struct simulate_options options = {.seed = 5, .sink = &sink};
	struct outcome o;
	simulate(&toy.setting, &options, &toy.arena, &o);
	t_int(o.records_completed + o.records_failed, 60, "every record ends once");
	t_int(o.images_completed, 6000, "with all its images");
	t_ok(spans.in_order, "spans end in order and none is negative");
	struct usage usage = {0};
	for (size_t i = 0; i < o.function_count; i++) {
		check_function(&toy.functions[i], &o.functions[i], i ? &o.functions[i - 1] : NULL, &spans, i);
		usage_add(&usage, &o.functions[i].usage);
	}
	t_ok(memcmp(&usage, &o.usage, sizeof usage) == 0, "the bill's usage is the functions' sum");
	toy_release(&toy);
}

/* The area under the number of records in the system, against the sum of their times: L = lambda * W, on counts. */
static void little(void)
{
	struct toy toy;
	toy_network(&toy, 60, SCHEDULE_PIPELINED, 4);
	struct outcome o = toy_simulate(&toy, 9);
	int64_t area_ns = 0;
	int64_t before_ns = 0;
	for (int64_t i = 0; i < o.records_completed; i++) {
		area_ns += (60 - i) * (o.record_times.values[i] - before_ns);
		before_ns = o.record_times.values[i];
	}
	t_int(area_ns, o.record_ns, "Little's law: records in the system over time are the records' times");
	t_int(before_ns, o.makespan_ns, "the last record ends the run");
	toy_release(&toy);
}

int main(void)
{
	conserved(SCHEDULE_PER_RECORD, 7);
	conserved(SCHEDULE_PIPELINED, 3);
	little();
	return t_done();
}
