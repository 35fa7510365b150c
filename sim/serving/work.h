/*
 * What one invocation does: phases in order. A phase is CPU work, a transfer to or from the object store, or nothing.
 * Phases marked cold_only are paid by the first request of a sandbox and kept by it (framework import, weights).
 *
 * Who may call it: whoever makes a setting writes works; those who play visits (demand.h) count what phases move.
 */
#ifndef LAMINA_WORK_H
#define LAMINA_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/network.h"
#include "platform/price.h"
#include "platform/store.h"
#include "random/quantile.h"

enum work_phase {
	WORK_IMPORT,       /* framework import, single-threaded */
	WORK_WEIGHTS_GET,  /* weights from the store */
	WORK_WEIGHTS_LOAD, /* weight bytes to tensors */
	WORK_RECORD_GET,   /* input record from the store */
	WORK_DECODE,       /* record bytes to tensors */
	WORK_COMPUTE,      /* layers */
	WORK_DEVICE,       /* layers on the sandbox's accelerator */
	WORK_WAIT,         /* for something that neither CPU nor network of the sandbox hastens */
	WORK_SERIALISE,    /* tensors to record bytes */
	WORK_RECORD_PUT,   /* output record to the store */
	WORK_PHASES,
};
extern const char *const work_phase_names[WORK_PHASES];

/* As people read it: stated work has no decoding, but CPU time of one thread. */
const char *work_phase_label(bool is_stated, int phase);

/* More pieces of a phase than this tell nothing more. */
enum { WORK_PIECES_MAX = 10000 };

/* Bytes that are loaded once, by the platform's law for 10^9 of them. */
struct load_part {
	const struct quantiles *seconds_per_gb; /* NULL: nothing is */
	double gb;
};

/* From a disk, and to a device. */
enum { PHASE_LOADS = 2 };

struct phase {
	int64_t cpu_ns;                      /* thread time on one nominal vCPU of the platform, summed over threads */
	int64_t threads;                     /* >= 1 where cpu_ns > 0 */
	double cpu_error_share;              /* how far cpu_ns may be off in a world, its standard deviation over it */
	int64_t wait_ns;                     /* before the CPU work */
	int64_t pieces;                      /* in which both alternate, each beginning with a wait; 0: 1 */
	struct load_part loads[PHASE_LOADS]; /* beside the wait, one after the other */
	int64_t device_ns;
	int64_t device_call_ns; /* of that, what requests in one batch have once, together */
	int64_t gets;           /* store requests, each with its own first-byte latency, one after the other */
	int64_t puts;
	bool keeps_connection;       /* from the request before, instead of making one */
	int64_t bytes;               /* moved in (gets) or out (puts) */
	double stream_mb_per_second; /* the most this client's stream carries, whatever the memory */
	bool has_client_cpu;         /* the client takes other CPU than the platform's: */
	double client_cpu_seconds_per_mb;
	bool is_timed_elsewhere; /* moving the bytes takes no time here: other phases hold it */
	bool cold_only;
};

/* What varies from request to request, by one factor. */
enum work_varying { VARYING_ALL, VARYING_CPU, VARYING_WAIT, VARYINGS };
extern const char *const work_varying_names[VARYINGS + 1];

struct work {
	struct phase phases[WORK_PHASES];
	double peak_memory_mb;         /* MiB, as the platform counts them */
	double shared_memory_mb;       /* of these, what requests on one sandbox have in common */
	enum work_varying varying;     /* of a request's CPU time and wait, what differs from their mean */
	double variation;              /* by this standard deviation over it */
	struct quantile_table factors; /* which are over it, of mean 1; of no points: gamma distributed */
	double tmp_mb;                 /* put into /tmp; MiB */
	int64_t payload_bytes;         /* sent with the call */
	bool is_streamed;              /* records pass through without being held in memory */
	bool is_stated;                /* by an experiment, and not by a profile */
	bool is_carried_over;          /* its computing is another machine's, as a profile has it */
	int64_t images;
};

/*
 * Makes the work's waiting and CPU alternate so often for each image, and what a new sandbox does first as often as one
 * image: the work of one thread and that of several wait for their shares of it, in their shares of all pieces.
 */
void work_alternate(struct work *work, int64_t alternations, int64_t images);

/* What varies over its mean: drawn for a request, and what a share of requests do not exceed. */
double work_factor_draw(const struct work *work, struct stream *luck);
double work_factor_at(const struct work *work, double share);

/* Objects that the phase moves, and the bytes of each; most move one, which spares a division. */
static inline int64_t phase_objects(const struct phase *phase)
{
	return phase->gets + phase->puts;
}

static inline int64_t phase_object_bytes(const struct phase *phase)
{
	int64_t objects = phase_objects(phase);
	return objects > 1 ? phase->bytes / objects : phase->bytes;
}

/* The phase's requests to the store. */
int64_t phase_requests(const struct phase *phase, const struct platform_store *store);

/* Puts the bytes that it has moved on the usage. */
static inline void phase_count_bytes(const struct phase *phase, struct usage *usage)
{
	*(phase->puts > 0 ? &usage->put_bytes : &usage->get_bytes) += phase->bytes;
}

#endif
