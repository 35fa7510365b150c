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

struct fluid_group;
struct fluid_job;

struct fluid {
	struct engine *engine;
	double capacity;            /* HUGE_VAL: no bound but the groups' */
	struct fluid_group *groups; /* those with jobs */
	int64_t updated_ns;         /* jobs and tokens are those of this time */
	double done;                /* work that was done up to then, of all jobs */
	event_id next;              /* when the first job ends or a bucket runs dry */
};

struct fluid_group {
	struct fluid *fluid;
	double burst;
	double refill; /* = burst where there is no bucket */
	double depth;
	double tokens;
	int64_t idle_since_ns; /* while it has no jobs */
	double rate_max;       /* of the present jobs and tokens together */
	double rate;
	double filling; /* the same for every job that can take more */
	struct fluid_job *jobs;
	struct fluid_group *next;
	struct fluid_group *previous;
};

struct fluid_job {
	struct fluid_group *group; /* NULL: it is not flowing */
	double left;
	double rate_max; /* HUGE_VAL: whatever the group gives */
	double rate;
	event_action *done;
	void *subject;
	int64_t argument;
	event_id ending; /* its work is done, which `done` will be told in this instant */
	struct fluid_job *next;
	struct fluid_job *previous;
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

/* What the work would take from now on if the group had the fluid, and the job the group, for itself. */
int64_t fluid_alone_ns(const struct fluid_group *group, double work, double rate_max);

#endif
