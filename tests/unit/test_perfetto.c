/*
 * A run as a trace in Perfetto's own format, unpacked by protobuf-c and read as Perfetto's trace processor does:
 * packets in the order of their times, those of one time as they stand; an end is of what began last on its track.
 */
#include "report/timeline.h"
#include "sim/report/perfetto.pb-c.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

typedef Perfetto__Protos__Trace trace;
typedef Perfetto__Protos__TracePacket packet;
typedef Perfetto__Protos__TrackDescriptor track_descriptor;
typedef Perfetto__Protos__TrackEvent track_event;

static trace *trace_of(struct toy *toy, struct outcome *outcome)
{
	struct buf bytes;
	struct timeline timeline;
	buf_init(&bytes);
	timeline_init(&timeline, &toy->setting);
	struct span_sink sink = timeline_sink(&timeline);
	struct simulate_options options = {.seed = 1, .sink = &sink};
	simulate(&toy->setting, &options, &toy->arena, outcome);
	t_ok(timeline_write(&timeline, outcome, "run.pftrace", NULL, &bytes), "it is written");
	timeline_release(&timeline);
	trace *read = perfetto__protos__trace__unpack(NULL, bytes.length, (const uint8_t *)bytes.text);
	t_ok(read != NULL && read->n_packet > 0, "and is a message");
	buf_release(&bytes);
	return read;
}

static const track_descriptor *track_called(const trace *of, uint64_t uuid)
{
	for (size_t i = 0; i < of->n_packet; i++)
		if (of->packet[i]->data_case == PERFETTO__PROTOS__TRACE_PACKET__DATA_TRACK_DESCRIPTOR &&
		    of->packet[i]->track_descriptor->uuid == uuid)
			return of->packet[i]->track_descriptor;
	return NULL;
}

static int compare_packets(const void *a, const void *b)
{
	const packet *x = *(packet *const *)a;
	const packet *y = *(packet *const *)b;
	if (x->timestamp != y->timestamp)
		return x->timestamp < y->timestamp ? -1 : 1;
	return 0;
}

/* Insertion keeps packets of one time as they stand; the file is nearly in order track by track. */
static packet **by_time(const trace *of, struct arena *arena, size_t *count)
{
	packet **sorted = ARENA_ARRAY(arena, packet *, of->n_packet);
	*count = 0;
	for (size_t i = 0; i < of->n_packet; i++) {
		packet *next = of->packet[i];
		if (next->data_case != PERFETTO__PROTOS__TRACE_PACKET__DATA_TRACK_EVENT)
			continue;
		size_t at = (*count)++;
		for (; at > 0 && compare_packets(&next, &sorted[at - 1]) < 0; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = next;
	}
	return sorted;
}

enum { DEPTH_MAX = 8, TRACKS_MAX = 512 };

struct open_slices {
	const packet *begins[DEPTH_MAX];
	size_t depth;
};

/* Time of slices of a function's process that have this category and, unless NULL, name; -1 where they do not pair. */
static int64_t slices_ns(const trace *of, packet *const *sorted, size_t count, int pid, const char *category,
			 const char *name)
{
	struct open_slices tracks[TRACKS_MAX] = {0};
	int64_t total_ns = 0;
	for (size_t i = 0; i < count; i++) {
		const track_event *event = sorted[i]->track_event;
		if (event->type == PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_COUNTER)
			continue;
		struct open_slices *open = &tracks[event->track_uuid % TRACKS_MAX];
		if (event->type == PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_SLICE_BEGIN) {
			if (open->depth == DEPTH_MAX)
				return -1;
			open->begins[open->depth++] = sorted[i];
			continue;
		}
		if (open->depth == 0)
			return -1;
		const packet *begin = open->begins[--open->depth];
		const track_descriptor *track = track_called(of, event->track_uuid);
		if (track && track->thread->pid == pid && strcmp(begin->track_event->categories[0], category) == 0 &&
		    (!name || strcmp(begin->track_event->name, name) == 0))
			total_ns += (int64_t)(sorted[i]->timestamp - begin->timestamp);
	}
	for (size_t i = 0; i < TRACKS_MAX; i++)
		if (tracks[i].depth > 0)
			return -1;
	return total_ns;
}

static double last_value(const trace *of, packet *const *sorted, size_t count, uint64_t process, const char *name)
{
	double last = -1;
	for (size_t i = 0; i < count; i++) {
		const track_event *event = sorted[i]->track_event;
		if (event->type != PERFETTO__PROTOS__TRACK_EVENT__TYPE__TYPE_COUNTER)
			continue;
		const track_descriptor *track = track_called(of, event->track_uuid);
		if (track && track->counter && track->parent_uuid == process && strcmp(track->name, name) == 0)
			last = event->double_counter_value;
	}
	return last;
}

/* A horizon of 0: to the end. */
static void one_run(int64_t horizon_ns, bool is_shared)
{
	struct toy toy;
	struct outcome o;
	toy_network(&toy, 6, SCHEDULE_PIPELINED, 3);
	bool is_whole = horizon_ns == 0;
	if (!is_whole)
		toy.setting.horizon_ns = horizon_ns;
	for (size_t f = 0; f < toy.setting.function_count && is_shared; f++) {
		toy.functions[f].sandbox.requests_max = 4;
		toy.functions[f].memory_mb = 8000;
	}
	trace *read = trace_of(&toy, &o);
	size_t count;
	packet **sorted = by_time(read, &toy.arena, &count);
	for (size_t f = 0; f < o.function_count; f++) {
		int pid = (int)f + 2;
		t_str(track_called(read, (uint64_t)pid)->process->process_name,
		      arena_printf(&toy.arena, "%s (%lld MB)", toy.functions[f].name,
				   (long long)toy.functions[f].memory_mb),
		      "a process for each function");
		int64_t visits_ns = slices_ns(read, sorted, count, pid, "visit", NULL);
		t_ok(visits_ns >= (is_whole ? 1 : 0), "every slice that begins on a track ends there");
		if (!is_whole)
			continue;
		t_int(visits_ns, (long long)o.functions[f].duration_ns, "visits, to the nanosecond");
		t_int(slices_ns(read, sorted, count, pid, "start", "cold start"), (long long)o.functions[f].init_ns,
		      "cold starts");
		for (int phase = 0; phase < WORK_PHASES; phase++)
			t_int(slices_ns(read, sorted, count, pid, "phase", work_phase_names[phase]),
			      (long long)o.functions[f].phase_ns[phase], "phases");
	}
	t_near(last_value(read, sorted, count, 1, "cost, USD"), o.bill.total_usd, 1e-12, 0, "the bill in the end");
	if (is_whole)
		t_near(last_value(read, sorted, count, 1, "concurrency, sandboxes"), 0, 0, 0, "no sandbox is in use");
	perfetto__protos__trace__free_unpacked(read, NULL);
	toy_release(&toy);
}

int main(void)
{
	one_run(0, false);
	one_run(0, true);
	one_run(8 * NS_PER_SECOND, false);
	return t_done();
}
