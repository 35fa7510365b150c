/*
 * Packets of TrackEvents and of the tracks that they are on, one after the other: a message whose only field is
 * repeated is the same as its parts written down in a row. Perfetto sorts packets by time and leaves those of one time
 * as they stand, and a slice is its begin and its end; so ends are written as late as they may be on their track, inner
 * ones first. All packets are one sequence's, for which readers ask; none refers to another but by a track's uuid.
 * Who may call it: timeline.c, by trace_perfetto.
 */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "report/trace_format.h"
#include "sim/report/perfetto.pb-c.h"

typedef Perfetto__Protos__TracePacket packet;
typedef Perfetto__Protos__TrackDescriptor track_descriptor;
typedef Perfetto__Protos__TrackEvent track_event;
typedef Perfetto__Protos__DebugAnnotation annotation;

static const uint32_t SEQUENCE = 1;

/* Uuids: of processes and tracks their numbers; of a process's counters these and its own. */
static uint64_t counter_uuid(enum trace_counter counter, size_t pid)
{
	return (UINT64_C(1) + (uint64_t)counter) << 48 | pid;
}

/* protobuf-c appends packed messages to this buffer. */
struct packed {
	ProtobufCBuffer base;
	struct buf *out;
};

static void append_packed(ProtobufCBuffer *base, size_t length, const uint8_t *bytes)
{
	const struct packed *packed = (const void *)base;
	buf_add_bytes(packed->out, bytes, length);
}

static void write_packet(struct trace_out *to, packet *written)
{
	Perfetto__Protos__Trace trace = PERFETTO__PROTOS__TRACE__INIT;
	written->optional_trusted_packet_sequence_id_case =
		PERFETTO__PROTOS__TRACE_PACKET__OPTIONAL_TRUSTED_PACKET_SEQUENCE_ID_TRUSTED_PACKET_SEQUENCE_ID;
	written->trusted_packet_sequence_id = SEQUENCE;
	trace.n_packet = 1;
	trace.packet = &written;
	struct packed packed = {.base = {append_packed}, .out = to->out};
	protobuf_c_message_pack_to_buffer(&trace.base, &packed.base);
}

static void write_descriptor(struct trace_out *to, track_descriptor *descriptor)
{
	packet written = PERFETTO__PROTOS__TRACE_PACKET__INIT;
	written.data_case = PERFETTO__PROTOS__TRACE_PACKET__DATA_TRACK_DESCRIPTOR;
	written.track_descriptor = descriptor;
	write_packet(to, &written);
}

static void write_event(struct trace_out *to, track_event *event, uint64_t uuid, int64_t ns)
{
	packet written = PERFETTO__PROTOS__TRACE_PACKET__INIT;
	event->has_type = true;
	event->has_track_uuid = true;
	event->track_uuid = uuid;
	written.has_timestamp = true;
	written.timestamp = (uint64_t)ns;
	written.data_case = PERFETTO__PROTOS__TRACE_PACKET__DATA_TRACK_EVENT;
	written.track_event = event;
	write_packet(to, &written);
}

static void begin_trace(struct trace_out *to)
{
	to->depth = 0;
}

/* Ends what has begun on the track and does not last beyond a time. */
static void end_slices(struct trace_out *to, int64_t until_ns)
{
	while (to->depth > 0 && to->ends_ns[to->depth - 1] <= until_ns) {
		track_event event = PERFETTO__PROTOS__TRACK_EVENT__INIT;
		event.type = PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_SLICE_END;
		write_event(to, &event, to->track.tid, to->ends_ns[--to->depth]);
	}
}

static void end_trace(struct trace_out *to)
{
	end_slices(to, INT64_MAX);
}

static void write_process(struct trace_out *to, size_t pid, const char *name, const char *label)
{
	char named[256];
	snprintf(named, sizeof named, "%s (%s)", name, label);
	Perfetto__Protos__ProcessDescriptor process = PERFETTO__PROTOS__PROCESS_DESCRIPTOR__INIT;
	process.has_pid = true;
	process.pid = (int32_t)pid;
	process.process_name = named;
	track_descriptor descriptor = PERFETTO__PROTOS__TRACK_DESCRIPTOR__INIT;
	descriptor.has_uuid = true;
	descriptor.uuid = pid;
	descriptor.process = &process;
	write_descriptor(to, &descriptor);
	for (int i = 0; i < TRACE_COUNTERS; i++) {
		char counted[64];
		snprintf(counted, sizeof counted, "%s, %s", trace_counters[i].name, trace_counters[i].unit);
		Perfetto__Protos__CounterDescriptor counter = PERFETTO__PROTOS__COUNTER_DESCRIPTOR__INIT;
		track_descriptor of = PERFETTO__PROTOS__TRACK_DESCRIPTOR__INIT;
		of.has_uuid = of.has_parent_uuid = true;
		of.uuid = counter_uuid((enum trace_counter)i, pid);
		of.parent_uuid = pid;
		of.name = counted;
		of.counter = &counter;
		write_descriptor(to, &of);
	}
}

static void write_track(struct trace_out *to, struct trace_track track, const char *name)
{
	end_slices(to, INT64_MAX);
	to->track = track;
	char named[64];
	snprintf(named, sizeof named, "%s", name);
	Perfetto__Protos__ThreadDescriptor thread = PERFETTO__PROTOS__THREAD_DESCRIPTOR__INIT;
	thread.has_pid = thread.has_tid = true;
	thread.pid = (int32_t)track.pid;
	thread.tid = (int32_t)track.tid;
	thread.thread_name = named;
	track_descriptor descriptor = PERFETTO__PROTOS__TRACK_DESCRIPTOR__INIT;
	descriptor.has_uuid = descriptor.has_parent_uuid = true;
	descriptor.uuid = track.tid;
	descriptor.parent_uuid = track.pid;
	descriptor.thread = &thread;
	write_descriptor(to, &descriptor);
}

/* Messages hold texts that they may be freed with; packing one only reads them. */
static char *text_of(const char *text)
{
	char *same;
	memcpy(&same, &text, sizeof same);
	return same;
}

enum { CALL_SAYS = 4 };

static void annotate(const struct trace_call *call, annotation *says)
{
	static const struct {
		const char *name;
		Perfetto__Protos__DebugAnnotation__ValueCase kind;
	} rows[CALL_SAYS] = {
		{"record", PERFETTO__PROTOS__DEBUG_ANNOTATION__VALUE_INT_VALUE},
		{"end", PERFETTO__PROTOS__DEBUG_ANNOTATION__VALUE_STRING_VALUE},
		{"faas.coldstart", PERFETTO__PROTOS__DEBUG_ANNOTATION__VALUE_BOOL_VALUE},
		{"faas.max_memory", PERFETTO__PROTOS__DEBUG_ANNOTATION__VALUE_INT_VALUE},
	};
	for (int i = 0; i < CALL_SAYS; i++) {
		says[i] = (annotation)PERFETTO__PROTOS__DEBUG_ANNOTATION__INIT;
		says[i].name_field_case = PERFETTO__PROTOS__DEBUG_ANNOTATION__NAME_FIELD_NAME;
		says[i].name = text_of(rows[i].name);
		says[i].value_case = rows[i].kind;
	}
	says[0].int_value = call->record;
	says[1].string_value = text_of(call->end);
	says[2].bool_value = call->is_cold;
	says[3].int_value = call->memory_bytes;
}

static void write_slice(struct trace_out *to, const struct trace_slice *slice)
{
	end_slices(to, slice->start_ns);
	CHECK(to->depth < TRACE_DEPTH_MAX);
	annotation says[CALL_SAYS];
	annotation *said[CALL_SAYS];
	char *category = text_of(slice->category);
	track_event event = PERFETTO__PROTOS__TRACK_EVENT__INIT;
	event.type = PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_SLICE_BEGIN;
	event.name_field_case = PERFETTO__PROTOS__TRACK_EVENT__NAME_FIELD_NAME;
	event.name = text_of(slice->name);
	event.n_categories = 1;
	event.categories = &category;
	if (slice->call) {
		annotate(slice->call, says);
		for (int i = 0; i < CALL_SAYS; i++)
			said[i] = &says[i];
		event.n_debug_annotations = CALL_SAYS;
		event.debug_annotations = said;
	}
	write_event(to, &event, slice->track.tid, slice->start_ns);
	to->ends_ns[to->depth++] = slice->end_ns;
}

static void write_counter(struct trace_out *to, enum trace_counter counter, size_t pid, int64_t ns, double value)
{
	end_slices(to, INT64_MAX);
	track_event event = PERFETTO__PROTOS__TRACK_EVENT__INIT;
	event.type = PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_COUNTER;
	event.counter_value_field_case = PERFETTO__PROTOS__TRACK_EVENT__COUNTER_VALUE_FIELD_DOUBLE_COUNTER_VALUE;
	event.double_counter_value = value;
	write_event(to, &event, counter_uuid(counter, pid), ns);
}

const struct trace_format trace_perfetto = {
	.begin = begin_trace,
	.process = write_process,
	.track = write_track,
	.slice = write_slice,
	.counter = write_counter,
	.end = end_trace,
};
