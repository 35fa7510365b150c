/*
 * An autoscaler that keeps instances below a share of what they can do, rather than waiting until they are full: the
 * number wanted is the larger of
 *
 *	vCPUs in use / (vCPUs of an instance * target)      requests / (requests that an instance takes * target)
 *
 * with means over a window, rounded up. Where there are fewer, instances are started without a request; where there are
 * more, the last ones get no requests and expire. A request that finds all instances full still starts one.
 *
 * Source: Cloud Run documentation, about instance autoscaling: both quotients, 60 %, one minute, on-demand scaling
 * beside it. How often it looks is not published: twelve times a window is assumed.
 */
#ifndef LAMINA_AUTOSCALER_H
#define LAMINA_AUTOSCALER_H /* private to serving */

#include <stdint.h>

#include "engine/engine.h"

enum { AUTOSCALER_LOOKS = 12 };

struct simulation;

/* One function's; all zero before autoscaler_init. */
struct autoscaler {
	struct simulation *simulation;
	size_t function;
	int64_t look_ns;
	int64_t wanted;   /* instances; 0 where there is no autoscaler */
	int64_t requests; /* on instances now */
	int64_t counted_ns;
	double request_ns; /* integral of requests over time up to counted_ns, since the last look */
	double cpu_ns;     /* thread time of instances that are gone */
	double cpu_seen_ns;
	double request_looks[AUTOSCALER_LOOKS]; /* means since the look before */
	double cpu_looks[AUTOSCALER_LOOKS];
	int64_t looks;
};

/* Begins to look, where the platform has a target and the function's instances take several requests. */
void autoscaler_init(struct autoscaler *autoscaler, struct simulation *simulation, size_t function);

/* So many more (or, negative, fewer) requests are on instances from now on. */
void autoscaler_count(struct autoscaler *autoscaler, const struct engine *engine, int64_t more);

#endif
