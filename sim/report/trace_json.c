/*
 * A timeline as JSON, events in the order in which they are told. Who may call it: timeline.c, by trace_json.
 */
#include "report/trace_format.h"

const struct trace_counter_words trace_counters[TRACE_COUNTERS] = {
	[TRACE_CONCURRENCY] = {"concurrency", "sandboxes"},
	[TRACE_COST] = {"cost", "USD"},
};

/*
 * The nearest eighth of a microsecond: as a double it is that exactly, and so are sums and differences of such times
 * and their thousandfold. In whichever unit and order a reader reckons, what ends together does so for it, too.
 */
static double grid_microseconds(int64_t ns)
{
	enum { EIGHTH_NS = 125 };
	return (double)((ns + EIGHTH_NS / 2) / EIGHTH_NS) / 8;
}

static void begin_event(struct json *json, const char *kind, const char *name, size_t pid)
{
	json_object_begin(json);
	json_field_text(json, "ph", kind);
	json_field_text(json, "name", name);
	json_field_int(json, "pid", (int64_t)pid);
}

static void begin_args(struct json *json)
{
	json_key(json, "args");
	json_object_begin(json);
}

static void end_event_with_args(struct json *json)
{
	json_object_end(json);
	json_object_end(json);
}

static void begin_trace(struct trace_out *to)
{
	json_init(&to->json, to->out, false);
	json_object_begin(&to->json);
	json_field_text(&to->json, "displayTimeUnit", "ms");
	json_key(&to->json, "traceEvents");
	json_array_begin(&to->json);
}

static void end_trace(struct trace_out *to)
{
	json_array_end(&to->json);
	json_object_end(&to->json);
	buf_add_char(to->out, '\n');
}

static void write_process(struct trace_out *to, size_t pid, const char *name, const char *label)
{
	struct json *json = &to->json;
	begin_event(json, "M", "process_name", pid);
	begin_args(json);
	json_field_text(json, "name", name);
	end_event_with_args(json);
	begin_event(json, "M", "process_labels", pid);
	begin_args(json);
	json_field_text(json, "labels", label);
	end_event_with_args(json);
	begin_event(json, "M", "process_sort_index", pid);
	begin_args(json);
	json_field_int(json, "sort_index", (int64_t)pid);
	end_event_with_args(json);
}

static void write_track(struct trace_out *to, struct trace_track track, const char *name)
{
	struct json *json = &to->json;
	begin_event(json, "M", "thread_name", track.pid);
	json_field_int(json, "tid", (int64_t)track.tid);
	begin_args(json);
	json_field_text(json, "name", name);
	end_event_with_args(json);
	begin_event(json, "M", "thread_sort_index", track.pid);
	json_field_int(json, "tid", (int64_t)track.tid);
	begin_args(json);
	json_field_int(json, "sort_index", (int64_t)track.tid);
	end_event_with_args(json);
}

static void write_slice(struct trace_out *to, const struct trace_slice *slice)
{
	struct json *json = &to->json;
	double start = grid_microseconds(slice->start_ns);
	double end = grid_microseconds(slice->end_ns);
	if (start == end && !slice->call)
		return;
	begin_event(json, "X", slice->name, slice->track.pid);
	json_field_int(json, "tid", (int64_t)slice->track.tid);
	json_field_text(json, "cat", slice->category);
	json_field_double(json, "ts", start);
	json_field_double(json, "dur", end - start);
	if (!slice->call) {
		json_object_end(json);
		return;
	}
	begin_args(json);
	json_field_int(json, "record", slice->call->record);
	json_field_text(json, "end", slice->call->end);
	json_key(json, "faas.coldstart");
	json_bool(json, slice->call->is_cold);
	json_field_int(json, "faas.max_memory", slice->call->memory_bytes);
	end_event_with_args(json);
}

static void write_counter(struct trace_out *to, enum trace_counter counter, size_t pid, int64_t ns, double value)
{
	struct json *json = &to->json;
	begin_event(json, "C", trace_counters[counter].name, pid);
	json_field_double(json, "ts", grid_microseconds(ns));
	begin_args(json);
	json_field_double(json, trace_counters[counter].unit, value);
	end_event_with_args(json);
}

const struct trace_format trace_json = {
	.begin = begin_trace,
	.process = write_process,
	.track = write_track,
	.slice = write_slice,
	.counter = write_counter,
	.end = end_trace,
};
