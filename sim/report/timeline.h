/*
 * A run as a trace, which Perfetto and the Performance panel of Chromium's DevTools open. One process per function,
 * one track per sandbox: its start, then the calls that it takes, in each of them its phases, in each phase what its
 * time went to (serving/cause.h), so that throttling and waiting for the store are seen where they are. Requests that
 * share a sandbox have a track each. Counters say how many sandboxes are in use and what is on the bill, of each
 * function and of the whole run. Argument names follow OpenTelemetry's FaaS conventions (faas.coldstart).
 *
 * Two formats (report/trace_format.h). Perfetto's own has nanoseconds of simulated time, JSON microseconds, in
 * eighths: Perfetto's importer of JSON cuts start and length off to whole nanoseconds and adds them, DevTools' engine
 * adds them as doubles, and either drops a slice that then ends after the one around it, be it by a rounding. What
 * readers of JSON ask for beyond "Trace Event Format" (Google, 2016): slices of a track nest, an outer one stands
 * before the inner one that begins with it, and no two tracks have one tid even in two processes.
 */
#ifndef LAMINA_TIMELINE_H
#define LAMINA_TIMELINE_H

#include "base/buf.h"
#include "serving/simulate.h"

struct timeline {
	const struct setting *setting;
	struct buf spans; /* of struct span */
	struct buf costs; /* of struct timeline_cost */
};

void timeline_init(struct timeline *timeline, const struct setting *setting);
void timeline_release(struct timeline *timeline);

/* Give it to simulate(). */
struct span_sink timeline_sink(struct timeline *timeline);

/*
 * The trace of what was simulated, once; false when the flag (may be NULL) was raised meanwhile. It is in Perfetto's
 * own format for a path that ends in .pftrace or .perfetto-trace, else JSON.
 */
bool timeline_write(struct timeline *timeline, const struct outcome *outcome, const char *path,
		    const volatile sig_atomic_t *interrupt, struct buf *out);

#endif
