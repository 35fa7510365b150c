/*
 * How a timeline is written: the events of a trace, in one of two formats. JSON ("Trace Event Format", Google, 2016),
 * which Perfetto and the Performance panel of Chromium's DevTools open, and Perfetto's own (perfetto.proto), whose
 * times are whole nanoseconds and which takes half the room.
 *
 * Who may call it: timeline.c, in this order: begin; process for each; then track, its slices from the first to the
 * last, an outer one before those within it, and the next track; then counters; end.
 */
#ifndef LAMINA_TRACE_FORMAT_H
#define LAMINA_TRACE_FORMAT_H /* private to report */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"

/* Processes have numbers from 1 on, tracks others behind all of theirs. */
struct trace_track {
	size_t pid;
	size_t tid;
};

/* What a call's slice says beside its name. */
struct trace_call {
	int64_t record;
	const char *end; /* in words */
	bool is_cold;
	int64_t memory_bytes;
};

struct trace_slice {
	struct trace_track track;
	const char *name;
	const char *category;
	int64_t start_ns;
	int64_t end_ns;
	const struct trace_call *call; /* NULL: a part of one */
};

enum trace_counter { TRACE_CONCURRENCY, TRACE_COST, TRACE_COUNTERS };

enum { TRACE_DEPTH_MAX = 8 };

struct trace_out {
	struct buf *out;
	struct json json;
	/* Slices of a track that have begun, in Perfetto's format, and when they end. */
	struct trace_track track;
	int64_t ends_ns[TRACE_DEPTH_MAX];
	size_t depth;
};

struct trace_format {
	void (*begin)(struct trace_out *to);
	void (*process)(struct trace_out *to, size_t pid, const char *name, const char *label);
	void (*track)(struct trace_out *to, struct trace_track track, const char *name);
	void (*slice)(struct trace_out *to, const struct trace_slice *slice);
	void (*counter)(struct trace_out *to, enum trace_counter counter, size_t pid, int64_t ns, double value);
	void (*end)(struct trace_out *to);
};

struct trace_counter_words {
	const char *name;
	const char *unit;
};

extern const struct trace_counter_words trace_counters[TRACE_COUNTERS];
extern const struct trace_format trace_json;
extern const struct trace_format trace_perfetto;

#endif
