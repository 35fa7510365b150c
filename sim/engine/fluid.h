/*
 * Work that flows: many jobs share one capacity at the same time, each as fast as all of them allow (processor
 * sharing). A fluid has a capacity (vCPUs of an instance, bytes per ns of a host's network card); it feeds groups (the
 * sandboxes on the host); a group feeds its jobs (transfers, threads of a request). Capacity is divided max-min
 * fairly, first among groups, then within each: nobody gets more than it can take, and what it leaves goes to the
 * others (Bertsekas and Gallager, Data Networks, 1992, section 6.5.2).
 *
 * A group may have a token bucket: it takes `burst` while tokens are left, else `refill`. Units are the caller's: work
 * in units, rates in units per ns. Times are whole ns; a job ends at the first one at which all of its work is done.
 */
#ifndef LAMINA_FLUID_H
#define LAMINA_FLUID_H

#include <stdbool.h>

#include "engine/engine.h"

/* What takes a part of a capacity: a group of a fluid, or a job of a group. */
struct fluid_taker {
	double rate_max; /* of a group: of its present jobs and tokens together; of a job, HUGE_VAL: all it is given */
	double rate;
	struct fluid_taker *next;
	struct fluid_taker *previous;
};

struct fluid {
	struct engine *engine;
	double capacity;            /* HUGE_VAL: no bound but the groups' */
	struct fluid_taker *groups; /* those with jobs */
	int64_t updated_ns;         /* jobs and tokens are those of this time */
	double done;                /* work that was done up to then, of all jobs */
	double mark;                /* a rate that is watched ... */
	double beyond;              /* ... and work that was done up to then above it */
	event_id next;              /* when the first job ends or a bucket runs dry */
};

struct fluid_group {
	struct fluid_taker taker; /* the first member, so that a taker of the fluid is a group */
	struct fluid *fluid;
	double burst;
	double refill; /* = burst where there is no bucket */
	double depth;
	double tokens;
	int64_t idle_since_ns; /* while it has no jobs */
	struct fluid_taker *jobs;
};

struct fluid_job {
	struct fluid_taker taker;  /* the first member, so that a taker of a group is a job */
	struct fluid_group *group; /* NULL: it is not flowing */
	double left;
	event_action *done;
	void *subject;
	int64_t argument;
	event_id ending; /* its work is done, which `done` will be told in this instant */
};

void fluid_init(struct fluid *fluid, struct engine *engine, double capacity);

/* With a full bucket of `depth`; at all times at `burst` where that is not above refill. */
void fluid_group_init(struct fluid_group *group, struct fluid *fluid, double burst, double refill, double depth);

/*
 * The job flows until `work` (>= 0) of it is done; then done(engine, subject, argument) is called, from an event. The
 * job, whose memory is the caller's, must not be flowing.
 */
void fluid_start(struct fluid_job *job, struct fluid_group *group, double work, double rate_max, event_action *done,
		 void *subject, int64_t argument);

/* The job ends, and `done` is not called; nothing happens where it is over or never began. */
void fluid_stop(struct engine *engine, struct fluid_job *job);

/* Work that was done up to now. */
double fluid_done(struct fluid *fluid);

/* Of that, what was above this rate, from now on. */
void fluid_watch(struct fluid *fluid, double rate);
double fluid_beyond(struct fluid *fluid);

/* What the work would take from now on if the group had the fluid, and the job the group, for itself. */
int64_t fluid_alone_ns(const struct fluid_group *group, double work, double rate_max);

#endif
