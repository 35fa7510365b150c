/*
 * What the parts of the serving model share while one replication runs. Private to this folder. A request goes
 *
 *	journey.c    comes, and waits for a place of its caller's
 *	call.c       is called, and called again
 *	admission.c  is admitted or refused
 *	instance.c   joins others on their sandbox, where these share them; else call.c starts or finds one
 *	visit.c      visits it, phase by phase (demand.c): in closed form (transfer.c) or step by step (seat.c)
 *	billing.c    is billed
 *	journey.c    leaves, or goes on to its next function
 *
 * and each of these calls those below it. Back up go only ends and starts: call.c and visit.c end in
 * journey_visit_done, visit.c in call_again too; instance.c starts handlers (call_handler_in) and stops or resumes
 * visits; seat.c counts steps and ends phases (visit.h).
 */
#ifndef LAMINA_SIMULATION_H
#define LAMINA_SIMULATION_H /* private to serving */

#include "engine/engine.h"
#include "engine/resource.h"
#include "platform/concurrency.h"
#include "platform/host.h"
#include "platform/sandbox.h"
#include "platform/store.h"
#include "random/stream.h"
#include "serving/arrivals.h"
#include "serving/simulate.h"

struct instance;
struct turn;
struct instance_rings;
struct seat;

struct simulation {
	struct engine engine;
	const struct setting *setting;
	const struct simulate_options *options;
	struct arena *arena;
	struct outcome *outcome;
	struct sandbox_pool *pools; /* one per function */
	struct resource *places;    /* one for all jobs, or one per function */
	struct concurrency account;
	struct concurrency *functions; /* each one's own places and bucket, where it has them */
	int64_t in_use;                /* sandboxes that start or run a handler */
	struct store_gate gets;
	struct store_gate puts;
	struct intake intake;   /* of records; of a line those that have a place are in flight */
	bool is_line;           /* a batch: a record is made when a place is free for it */
	struct turn *turns;     /* of a line whose order luck decides, in that order; else NULL */
	bool is_turn_awaited;   /* the next one's time is an event */
	int64_t driver_free_ns; /* when the driver can start its next call */
	struct invocation *free_list;
	struct instance_rings *rings; /* one per function; NULL where every request has its sandbox and host alone */
	struct instance *living_instances;
	struct instance *free_instances;
	struct host_pool hosts;
};

/* One record on its way; reused for another record when it is done. */
struct invocation {
	/* What a throttled attempt looks at stands together: there may be very many of them. */
	struct simulation *simulation;
	size_t function;
	int64_t record;
	int64_t asked_ns;  /* for the current function */
	int64_t travel_ns; /* since then, between driver and platform */
	int attempts;      /* throttled calls of the current function */
	bool is_cold;
	struct stream retry_luck; /* while there are any attempts */
	struct invocation *next_free;
	int64_t submitted_ns;
	int64_t begun_ns; /* it has its first place */
	int64_t wait_ns;  /* that the first function waits, as its trace tells; else 0 */
	int size;         /* index into the trace's sizes, or -1 */
	int failures;     /* failed visits to the current function */
	struct sandbox *sandbox;
	struct seat *seat; /* where the sandbox has an instance */
	int phase;
	int64_t init_ns;
	int64_t start_ns; /* handler start */
	int64_t phase_start_ns;
	int64_t step_start_ns;    /* of what is not counted yet of the phase */
	struct phase_split split; /* of the current step */
	int64_t stop_ns;          /* the sandbox crashes now; INT64_MAX: it does not */
	double straggling;
	double variation; /* of this request's CPU time and wait, over the mean */
};

/* How a visit ends. */
enum visit_end {
	VISIT_COMPLETED,
	VISIT_OUT_OF_MEMORY,
	VISIT_TMP_FULL,
	VISIT_TIMEOUT,
	VISIT_ERROR,
	VISIT_CRASH,
	VISIT_ENDS
};

static inline const struct setting_function *function_of(const struct invocation *invocation)
{
	return &invocation->simulation->setting->functions[invocation->function];
}

static inline struct function_outcome *counts_of(const struct invocation *invocation)
{
	return &invocation->simulation->outcome->functions[invocation->function];
}

const struct work *invocation_work(const struct invocation *invocation);

/* Luck of a record's visit to a function, the same whatever the memory, the schedule or the order of events. */
void invocation_stream(struct stream *stream, const struct invocation *invocation, const char *name);

/* A span for timelines, where anybody wants them. */
void invocation_span(const struct invocation *invocation, const char *name, int64_t start_ns, int64_t end_ns);

/* Brings the first records in, or the first arrival. */
void journey_begin(struct simulation *simulation);

/* The current function is done with the record, or has given it up. */
void journey_visit_done(struct invocation *invocation, bool completed);

/* The driver calls the current function as soon as it is free to. */
void call_soon(struct invocation *invocation);

/* The handler starts so much later. */
event_id call_handler_in(struct invocation *invocation, int64_t delay_ns);

/* What reaching a sandbox that runs takes this time. */
int64_t call_warm_start_ns(struct invocation *invocation);

/* A failed visit is tried again where the caller does that; false where the record is given up. */
bool call_again(struct invocation *invocation);

/* The handler starts on invocation->sandbox; ends in journey_visit_done, or in call_again. */
void visit_start(struct invocation *invocation);

#endif
