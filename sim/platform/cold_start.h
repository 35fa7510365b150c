/*
 * What happens between a call and its handler on a new sandbox, as a list of parts that is said once: a simulation
 * draws every part, the planner takes every mean.
 *
 *   placing   a sandbox for a small package; more for a large zip package, in proportion to its size; or more for a
 *             container image, whatever its size, or in proportion to what is pulled of it, in chunks, before it runs;
 *             the accelerator's driver
 *   init      the runtime's start and the function's own initialising, one thread that is never throttled; or all of
 *             it as logs tell; or a snapshot's restoring, which loads no package
 *
 * What only the first request does is part of its work (serving/work.h): fetching weights from the store at its rate or
 * from the disk at its own, making them usable, moving them to the device at the device's, and the first call there.
 *
 * Own initialising that takes longer than the platform allows is broken off and done again by the first request. A
 * sandbox that is made before any request comes has the time that it takes.
 *
 * Sources: the 10 seconds hold neither for provisioned concurrency nor for snapshots, whose initialising may take 130 s
 * or the function's time-out, if that is longer (AWS Lambda developer guide, life cycle of the execution environment);
 * init phase independent of memory (lambda-perf, 2022 to 2026); images load on demand, about 6.5 % of their blocks
 * (Brooker et al., USENIX ATC 2023), and start as fast with 5 GB as with 100 MB (mikhail.io, January 2021): what a
 * function reads of its image is part of its own initialising.
 */
#ifndef LAMINA_COLD_START_H
#define LAMINA_COLD_START_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/platform.h"
#include "platform/sandbox.h"

enum { COLD_START_PARTS_MAX = 8 };

struct cold_start_part {
	const struct quantiles *seconds;
	double times; /* of them */
	double fixed_seconds;
	bool is_init; /* which some platforms bill; else placing */
};

struct cold_start {
	struct cold_start_part parts[COLD_START_PARTS_MAX];
	size_t count;
	int64_t init_cpu_ns;     /* own initialising, on a nominal vCPU */
	int64_t init_longest_ns; /* 0: no bound */
};

struct cold_start_times {
	int64_t placed_ns;
	int64_t init_ns;
	int64_t repeat_init_ns; /* CPU on a nominal vCPU that the first request does again */
};

void cold_start_init(struct cold_start *start, const struct platform *platform, const struct sandbox_spec *spec);

/* On a sandbox whose CPU time is slowness times the nominal one; drawn with luck, or in the mean where that is NULL. */
void cold_start_add_up(const struct cold_start *start, double slowness, struct stream *luck,
		       struct cold_start_times *out);

#endif
