/*
 * A run as a Chrome trace (JSON), which Perfetto and chrome://tracing open: one process per function, one thread per
 * sandbox, one slice per phase, cold starts as slices of their own. Times are microseconds of simulated time.
 * Argument names follow OpenTelemetry's FaaS conventions (faas.coldstart).
 */
#ifndef LAMINA_TIMELINE_H
#define LAMINA_TIMELINE_H

#include "base/buf.h"
#include "base/json.h"
#include "serving/simulate.h"

struct timeline {
	struct json json;
	const struct setting *setting;
	size_t spans;
};

/* Begins the trace in out; give &timeline's sink to simulate(). */
void timeline_begin(struct timeline *timeline, const struct setting *setting, struct buf *out);

struct span_sink timeline_sink(struct timeline *timeline);

void timeline_end(struct timeline *timeline);

#endif
