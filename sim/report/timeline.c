#include "report/timeline.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/sort.h"
#include "report/trace_format.h"

/* A function's bill so far, at a time. */
struct timeline_cost {
	int64_t ns;
	size_t function;
	double usd;
};

/* A visit with its phases, or a sandbox's start: what stands on one track, one after the other. */
struct stretch {
	size_t first; /* of its spans */
	size_t count;
	uint32_t function;
	uint64_t sandbox;
	int64_t start_ns;
	int64_t end_ns;
	size_t lane; /* of its sandbox: others are there at the same time */
};

/* A change in the number of sandboxes in use, at a time. */
struct edge {
	int64_t ns;
	uint32_t function;
	int64_t more;
};

struct trace_writer {
	const struct trace_format *format;
	struct trace_out to;
	struct arena arena;
	const struct setting *setting;
	const struct span *spans;
	struct stretch *stretches;
	size_t stretch_count;
	struct edge *edges;
	size_t edge_count;
	const volatile sig_atomic_t *interrupt;
};

/* Processes: the run, then its functions; tracks have numbers behind theirs. */
enum { RUN_PID = 1, FIRST_FUNCTION_PID = 2 };

static const char *const categories[] = {
	[SPAN_COLD_START] = "start",
	[SPAN_VISIT] = "visit",
	[SPAN_PHASE] = "phase",
	[SPAN_CAUSE] = "cause",
};

void timeline_init(struct timeline *timeline, const struct setting *setting)
{
	*timeline = (struct timeline){.setting = setting};
}

void timeline_release(struct timeline *timeline)
{
	buf_release(&timeline->spans);
	buf_release(&timeline->costs);
}

static void add_span(void *context, const struct span *span)
{
	struct timeline *timeline = context;
	if (span->end_ns > span->start_ns || span->kind == SPAN_VISIT)
		buf_add_bytes(&timeline->spans, span, sizeof *span);
}

static void add_cost(void *context, size_t function, int64_t now_ns, const struct usage *usage)
{
	struct timeline *timeline = context;
	struct bill bill;
	price_bill(&timeline->setting->platform->price, usage, &bill);
	const struct timeline_cost cost = {now_ns, function, bill.total_usd};
	buf_add_bytes(&timeline->costs, &cost, sizeof cost);
}

struct span_sink timeline_sink(struct timeline *timeline)
{
	return (struct span_sink){.span = add_span, .billed = add_cost, .context = timeline};
}

/* --- what stands where ---------------------------------------------------------------------------------------- */

#define ORDER(first, second) \
	if ((first) != (second)) \
	return (first) < (second) ? -1 : 1

/* Orders spans by sandbox, then by record, outer ones before those inside them. */
static int compare_spans(const void *a, const void *b)
{
	const struct span *x = a;
	const struct span *y = b;
	ORDER(x->function, y->function);
	ORDER(x->sandbox, y->sandbox);
	ORDER(x->record, y->record);
	ORDER(x->start_ns, y->start_ns);
	ORDER(y->end_ns, x->end_ns);
	ORDER(x->kind, y->kind);
	return 0;
}

static int compare_times(const void *a, const void *b)
{
	const struct stretch *x = a;
	const struct stretch *y = b;
	ORDER(x->function, y->function);
	ORDER(x->sandbox, y->sandbox);
	ORDER(x->start_ns, y->start_ns);
	ORDER(x->end_ns, y->end_ns);
	ORDER(x->first, y->first);
	return 0;
}

static int compare_tracks(const void *a, const void *b)
{
	const struct stretch *x = a;
	const struct stretch *y = b;
	ORDER(x->function, y->function);
	ORDER(x->sandbox, y->sandbox);
	ORDER(x->lane, y->lane);
	return compare_times(a, b);
}

static int compare_edges(const void *a, const void *b)
{
	const struct edge *x = a;
	const struct edge *y = b;
	ORDER(x->ns, y->ns);
	ORDER(x->function, y->function);
	ORDER(x->more, y->more);
	return 0;
}

/* A simulation that was cut short leaves phases of visits that never ended; they stand together without one. */
static bool belongs(const struct trace_writer *trace, const struct stretch *stretch, const struct span *span)
{
	const struct span *first = &trace->spans[stretch->first];
	bool is_same =
		first->function == span->function && first->sandbox == span->sandbox && first->record == span->record;
	bool begins = span->kind == SPAN_COLD_START || span->kind == SPAN_VISIT;
	if (!is_same || begins || first->kind == SPAN_COLD_START)
		return false;
	return first->kind != SPAN_VISIT || span->end_ns <= stretch->end_ns;
}

static void gather_stretches(struct trace_writer *trace, size_t span_count)
{
	trace->stretches = ARENA_ARRAY(&trace->arena, struct stretch, span_count);
	struct stretch *stretch = NULL;
	for (size_t i = 0; i < span_count; i++) {
		const struct span *span = &trace->spans[i];
		if (!stretch || !belongs(trace, stretch, span)) {
			stretch = &trace->stretches[trace->stretch_count++];
			*stretch = (struct stretch){
				.first = i,
				.function = span->function,
				.sandbox = span->sandbox,
				.start_ns = span->start_ns,
			};
		}
		stretch->count++;
		stretch->end_ns = max_int64(stretch->end_ns, span->end_ns);
	}
}

static bool is_same_sandbox(const struct stretch *a, const struct stretch *b)
{
	return a->function == b->function && a->sandbox == b->sandbox;
}

static void add_edge(struct trace_writer *trace, int64_t ns, uint32_t function, int64_t more)
{
	trace->edges[trace->edge_count++] = (struct edge){ns, function, more};
}

/* Gives every stretch the first lane of its sandbox that is free, and counts sandboxes from their first to their last.
 */
static void place_stretches(struct trace_writer *trace)
{
	int64_t *lane_ends_ns = ARENA_ARRAY(&trace->arena, int64_t, trace->stretch_count);
	trace->edges = ARENA_ARRAY(&trace->arena, struct edge, 2 * trace->stretch_count);
	size_t lanes = 0;
	int64_t busy_until_ns = 0;
	for (size_t i = 0; i < trace->stretch_count; i++) {
		struct stretch *stretch = &trace->stretches[i];
		bool is_next = i > 0 && is_same_sandbox(stretch, stretch - 1);
		if (!is_next || stretch->start_ns > busy_until_ns) {
			if (i > 0)
				add_edge(trace, busy_until_ns, stretch[-1].function, -1);
			add_edge(trace, stretch->start_ns, stretch->function, 1);
			busy_until_ns = stretch->end_ns;
		}
		busy_until_ns = max_int64(busy_until_ns, stretch->end_ns);
		lanes = is_next ? lanes : 0;
		while (stretch->lane < lanes && lane_ends_ns[stretch->lane] > stretch->start_ns)
			stretch->lane++;
		lanes += stretch->lane == lanes;
		lane_ends_ns[stretch->lane] = stretch->end_ns;
	}
	if (trace->stretch_count > 0)
		add_edge(trace, busy_until_ns, trace->stretches[trace->stretch_count - 1].function, -1);
}

static bool sort_stretches(struct trace_writer *trace, sort_compare *compare)
{
	return sort_values(trace->stretches, trace->stretch_count, sizeof trace->stretches[0], compare,
			   trace->interrupt);
}

/* --- events --------------------------------------------------------------------------------------------------- */

static void name_processes(struct trace_writer *trace)
{
	const struct setting *setting = trace->setting;
	trace->format->process(&trace->to, RUN_PID, "run", setting->platform->name);
	for (size_t f = 0; f < setting->function_count; f++) {
		char label[32];
		snprintf(label, sizeof label, "%lld MB", (long long)setting->functions[f].memory_mb);
		trace->format->process(&trace->to, FIRST_FUNCTION_PID + f, setting->functions[f].name, label);
	}
}

static void name_track(struct trace_writer *trace, const struct stretch *stretch, size_t tid)
{
	const struct trace_track track = {FIRST_FUNCTION_PID + stretch->function, tid};
	char name[64];
	size_t length = (size_t)snprintf(name, sizeof name, "sandbox %llu", (unsigned long long)stretch->sandbox + 1);
	if (stretch->lane > 0)
		snprintf(name + length, sizeof name - length, ", request %zu at once", stretch->lane + 1);
	trace->format->track(&trace->to, track, name);
}

static const char *slice_name(const struct span *span, char text[32])
{
	if (span->kind == SPAN_COLD_START)
		return cause_names[CAUSE_COLD_START];
	if (span->kind == SPAN_VISIT)
		snprintf(text, 32, "record %lld", (long long)span->record);
	return span->kind == SPAN_VISIT ? text : span->name;
}

static void write_slice(struct trace_writer *trace, const struct span *span, size_t tid)
{
	char text[32];
	const struct trace_call call = {
		.record = span->record,
		.end = span->name,
		.is_cold = span->is_cold,
		.memory_bytes = trace->setting->functions[span->function].memory_mb * 1024 * 1024,
	};
	const struct trace_slice slice = {
		.track = {FIRST_FUNCTION_PID + span->function, tid},
		.name = slice_name(span, text),
		.category = categories[span->kind],
		.start_ns = span->start_ns,
		.end_ns = span->end_ns,
		.call = span->kind == SPAN_VISIT ? &call : NULL,
	};
	trace->format->slice(&trace->to, &slice);
}

/* A phase whose time all went to one thing does not need that said within it. */
static void write_stretch(struct trace_writer *trace, const struct stretch *stretch, size_t tid)
{
	const struct span *phase = NULL;
	for (size_t i = stretch->first; i < stretch->first + stretch->count; i++) {
		const struct span *span = &trace->spans[i];
		if (span->kind == SPAN_PHASE)
			phase = span;
		if (span->kind == SPAN_CAUSE && phase && span->start_ns == phase->start_ns &&
		    span->end_ns == phase->end_ns)
			continue;
		write_slice(trace, span, tid);
	}
}

static void write_tracks(struct trace_writer *trace)
{
	size_t tid = FIRST_FUNCTION_PID + trace->setting->function_count;
	for (size_t i = 0; i < trace->stretch_count; i++) {
		const struct stretch *stretch = &trace->stretches[i];
		bool is_new = i == 0 || !is_same_sandbox(stretch, stretch - 1) || stretch->lane != stretch[-1].lane;
		tid += i > 0 && is_new;
		if (is_new)
			name_track(trace, stretch, tid);
		write_stretch(trace, stretch, tid);
	}
}

/* Sandboxes in use, of one function or, function_count, of all. */
static void write_concurrency(struct trace_writer *trace, size_t function)
{
	bool is_run = function == trace->setting->function_count;
	size_t pid = is_run ? RUN_PID : FIRST_FUNCTION_PID + function;
	int64_t value = 0;
	int64_t written = 0;
	for (size_t i = 0; i < trace->edge_count; i++) {
		const struct edge *edge = &trace->edges[i];
		if (is_run || edge->function == function)
			value += edge->more;
		bool is_last = i + 1 == trace->edge_count || edge[1].ns > edge->ns;
		if (is_last && value != written) {
			trace->format->counter(&trace->to, TRACE_CONCURRENCY, pid, edge->ns, (double)value);
			written = value;
		}
	}
}

static void write_cost(struct trace_writer *trace, size_t pid, int64_t ns, double usd)
{
	trace->format->counter(&trace->to, TRACE_COST, pid, ns, usd);
}

static void write_costs(struct trace_writer *trace, const struct buf *costs, const struct outcome *outcome)
{
	size_t functions = trace->setting->function_count;
	double *usd = ARENA_ARRAY(&trace->arena, double, functions);
	const struct timeline_cost *cost = (const void *)costs->text;
	const struct timeline_cost *end = cost + costs->length / sizeof *cost;
	for (; cost < end; cost++) {
		usd[cost->function] = cost->usd;
		double total_usd = 0;
		for (size_t f = 0; f < functions; f++)
			total_usd += usd[f];
		write_cost(trace, FIRST_FUNCTION_PID + cost->function, cost->ns, cost->usd);
		write_cost(trace, RUN_PID, cost->ns, total_usd);
	}
	/*
	 * The last point of each function's cost holds also what is paid for by the clock, such as provisioned
	 * sandboxes.
	 */
	int64_t end_ns = max_int64(outcome->elapsed_ns, outcome->makespan_ns);
	for (size_t f = 0; f < functions; f++) {
		struct bill bill;
		price_bill(&trace->setting->platform->price, &outcome->functions[f].usage, &bill);
		write_cost(trace, FIRST_FUNCTION_PID + f, end_ns, bill.total_usd);
	}
	write_cost(trace, RUN_PID, end_ns, outcome->bill.total_usd);
}

static bool arrange(struct trace_writer *trace, size_t span_count)
{
	gather_stretches(trace, span_count);
	if (!sort_stretches(trace, compare_times))
		return false;
	place_stretches(trace);
	return sort_values(trace->edges, trace->edge_count, sizeof trace->edges[0], compare_edges, trace->interrupt) &&
	       sort_stretches(trace, compare_tracks);
}

/* The format that a file's name asks for by its end. */
static const struct trace_format *format_of(const char *path)
{
	static const char *const ends[] = {".pftrace", ".perfetto-trace"};
	size_t length = strlen(path);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t end = strlen(ends[i]);
		if (length >= end && strcmp(path + length - end, ends[i]) == 0)
			return &trace_perfetto;
	}
	return &trace_json;
}

bool timeline_write(struct timeline *timeline, const struct outcome *outcome, const char *path,
		    const volatile sig_atomic_t *interrupt, struct buf *out)
{
	struct trace_writer trace = {
		.format = format_of(path),
		.to = {.out = out},
		.setting = timeline->setting,
		.spans = (const void *)timeline->spans.text,
		.interrupt = interrupt,
	};
	size_t span_count = timeline->spans.length / sizeof(struct span);
	arena_init(&trace.arena);
	trace.format->begin(&trace.to);
	bool ok = sort_values(timeline->spans.text, span_count, sizeof(struct span), compare_spans, interrupt) &&
		  arrange(&trace, span_count);
	if (ok) {
		name_processes(&trace);
		write_tracks(&trace);
		for (size_t f = 0; f <= timeline->setting->function_count; f++)
			write_concurrency(&trace, f);
		write_costs(&trace, &timeline->costs, outcome);
	}
	trace.format->end(&trace.to);
	arena_release(&trace.arena);
	return ok;
}
