/*
 * A shape: record size, schedule and parallelism. With it, a batch runs in waves: all jobs at once, each `waves`
 * times, the first time on new sandboxes. Jobs of equal length stay in step, so that the makespan of a batch is a
 * longest path (solve.h). Requests that come over time meet warm sandboxes and do not wait for one another: what
 * counts is one visit to each function.
 */
#ifndef LAMINA_PIPELINE_SHAPE_H
#define LAMINA_PIPELINE_SHAPE_H /* private to plan */

#include "plan/solve.h"
#include "plan/space.h"

struct shape {
	size_t size; /* in space->sizes */
	int schedule;
	int64_t parallel;
};

struct shape_list {
	struct shape *items;
	size_t count;
};

int64_t shape_waves(const struct space *space, const struct shape *shape);

/*
 * All shapes worth looking at. Of all parallelisms that give the same number of waves, the least costs least and
 * takes as long: fewer new sandboxes (and, where the last record is alone in its wave and shorter, that one too).
 */
void shape_list_init(struct shape_list *list, const struct space *space, struct arena *arena);

/* Calls of a function that may run at once: its reservation, or its part of what is not reserved. */
int64_t shape_places(const struct space *space, size_t size, int schedule, size_t function);

/*
 * The most jobs that may run at once in this schedule: what every function has places for or, where refusals are
 * allowed, what any has.
 */
int64_t shape_parallel_max(const struct space *space, size_t size, int schedule);

/* The shape's stages as solve() takes them, without weights and bounds; arrays live in the arena. */
void shape_task(const struct space *space, const struct shape *shape, struct arena *arena, struct solve_task *out);

#endif
