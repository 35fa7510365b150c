/*
 * What a phase asks of its sandbox and of the object store, as data that is said once. The simulation draws it, in
 * closed form (visit.c, transfer.c) or step by step (seat.c); the planner (plan/stage.c) takes its mean and variance.
 *
 * A transfer waits for its requests' latencies, one after the other, and for what the client sets up. Then its bytes
 * pass the stream of store or client, whichever is slower, and meanwhile the sandbox's network and the client's CPU,
 * one after the other or, where the platform says so, both at once. What is timed elsewhere asks for nothing.
 *
 * Any other phase waits for what nothing hastens, then runs its threads, once or in equal pieces one after the other
 * (quota comes in while a piece waits); or it has its turn on the accelerator. The wait and the threads' work, or one
 * of them, vary from request to request, except what is done once in a sandbox's life.
 *
 * Who may call it: everybody who plays a visit, drawn or in the mean.
 */
#ifndef LAMINA_DEMAND_H
#define LAMINA_DEMAND_H

#include "platform/platform.h"
#include "serving/work.h"

enum { DEMAND_LATENCIES = 2 };

struct demand_latency {
	const struct quantiles *seconds;
	int64_t count;
};

struct demand {
	bool is_transfer;
	bool is_put;
	struct demand_latency latencies[DEMAND_LATENCIES];
	double setup_seconds;                /* what the client does first */
	int64_t requests;                    /* to the store */
	double stream_seconds;               /* the store's or the client's, whatever the sandbox's network */
	int64_t bytes;                       /* through the sandbox's network */
	double client_cpu_seconds;           /* for these, on a nominal vCPU, over all threads */
	int64_t client_threads;              /* where there is more than one vCPU for them, else 1 */
	double client_alone_seconds;         /* of that, what the busiest thread does, which no vCPU hastens */
	bool is_overlapped;                  /* that CPU works while bytes flow, not after */
	bool wait_varies;                    /* from request to request, by the request's own factor */
	bool cpu_varies;                     /* likewise */
	int64_t wait_ns;                     /* before the CPU work */
	int64_t traced_wait_ns;              /* beside it, which does not vary */
	struct load_part loads[PHASE_LOADS]; /* beside it, drawn */
	int64_t cpu_ns;                      /* thread time on a nominal vCPU, summed over threads */
	double cpu_error_share;              /* how far it may be off, the same way in all requests */
	int64_t threads;                     /* 1 or more */
	int64_t pieces;                      /* in which wait and CPU work alternate, 1 or more */
	int64_t device_ns;                   /* on the accelerator */
	int64_t device_call_ns;              /* of that, what a batch has once */
};

/* What a visit does of its function's work, and beside it. */
struct demand_visit {
	bool is_first;          /* on its sandbox: it loads what others find loaded */
	int64_t repeat_init_ns; /* initialising that was broken off on the sandbox, which its first visit repeats */
	int64_t traced_wait_ns; /* that its request's trace tells */
};

/*
 * The demands of a work's phases, which are the same for all visits. A table belongs to whoever initialised it, and
 * holds as long as platform and work stay as they are.
 */
struct demand_table {
	const struct work *work;
	int nexts[2]
		 [WORK_PHASES + 1]; /* the first phase from one on that asks; of a visit that is its sandbox's first */
	struct demand demands[WORK_PHASES]; /* of those that ask */
	struct demand changed;              /* one of these with what a visit does beside its function's work */
	struct demand_table *next_free;
};

/* Without a platform there is only work without transfers. */
void demand_table_init(struct demand_table *table, const struct platform *platform, const struct work *work);

/* demand_find where the visit does anything beside its function's work. */
const struct demand *demand_find_changed(struct demand_table *table, const struct demand_visit *visit, int *phase);

/*
 * Of the first phase from *phase on (enum work_phase) in which the visit asks for something; NULL with *phase at
 * WORK_PHASES where there is none. It is the table's, and holds until the next call.
 */
static inline const struct demand *demand_find(struct demand_table *table, const struct demand_visit *visit, int *phase)
{
	if ((visit->repeat_init_ns | visit->traced_wait_ns) != 0)
		return demand_find_changed(table, visit, phase);
	*phase = table->nexts[visit->is_first][*phase];
	return *phase < WORK_PHASES ? &table->demands[*phase] : NULL;
}

/* Puts a phase's requests to the store on the usage, whatever becomes of them. */
static inline void demand_count_requests(const struct demand *demand, struct usage *usage)
{
	*(demand->is_put ? &usage->puts : &usage->gets) += demand->requests;
}

/* The client's threads in a sandbox that has so many vCPUs: of less than one they have turns, as one thread has it. */
int64_t demand_client_threads(int64_t threads, double vcpus);

/* The part of ns, wait or CPU work, that a piece from 0 on has. */
int64_t demand_piece_ns(const struct demand *demand, int64_t ns, int64_t piece);

/* When the wait and the CPU work of a sandbox that is its own, begun now, are over. */
int64_t demand_end_ns(const struct demand *demand, struct cpu_quota *quota, int64_t now_ns, int64_t wait_ns,
		      int64_t cpu_ns);

/*
 * Of the whole wait, what costs nothing where threads are throttled: while a piece waits, quota comes in that the next
 * need not wait for, as much as a sandbox can be ahead by.
 */
int64_t demand_overlap_ns(const struct demand *demand, int64_t wait_ns, double head_start_seconds);

/* From a request to its first byte, of all requests; drawn with luck, or in the mean where that is NULL. */
double demand_latency_seconds(const struct demand *demand, struct stream *luck);

/* What loading takes, drawn with luck, or in the mean where that is NULL; and the variance of what is drawn. */
double demand_load_seconds(const struct demand *demand, struct stream *luck);
double demand_load_variance(const struct demand *demand);

/* The variance of what is drawn. */
double demand_latency_variance(const struct demand *demand);

#endif
