/*
 * A phase of a request on an instance, step by step: what a sandbox alone does in closed form takes as long as others
 * leave it here. A transfer waits for its first byte, then its bytes pass the store's stream and the network, and
 * then, or meanwhile, the CPU; other phases wait, compute, or have their turn on the accelerator.
 *
 * Who may call it: visit.c begins phases; instance.c gives seats and stops them.
 */
#ifndef LAMINA_SEAT_H
#define LAMINA_SEAT_H /* private to serving */

#include "engine/fluid.h"
#include "serving/instance.h"
#include "serving/transfer.h"

/* A request's place on an instance, with what it has under way there. */
struct seat {
	struct invocation *invocation;
	struct instance *instance;
	struct seat *next;
	struct seat *previous;
	struct seat *next_on_device;
	int64_t in_line_ns; /* for the accelerator, since */
	event_id timer;     /* its start, a latency, a stated wait, its turn on the accelerator */
	/* Of its invocation, when the instance has started, another request has loaded, or its phase is over. */
	event_action *then;
	event_id timeout;
	event_id stream; /* the store's stream has carried a transfer's bytes */
	struct fluid_job network;
	struct fluid_job cpu;
	struct demand demand; /* of the current phase */
	int64_t piece;        /* of it: wait and CPU work may alternate */
	int parts;            /* of a transfer that are not over */
	struct transfer transfer;
	int64_t joined_ns;
	bool has_started; /* its handler */
	bool is_in_phase;
	bool waits_for_load;
	double held_mb; /* of its own, besides what requests share */
};

/* When the phase is over, done(engine, seat->invocation, 0) is called, unless seat_stop comes first. */
void seat_begin_phase(struct seat *seat, const struct demand *demand, event_action *done);

/* Nothing of what is under way on the seat goes on. */
void seat_stop(struct seat *seat);

#endif
