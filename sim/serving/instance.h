/*
 * Instances: sandboxes on which several requests can be at once, or which have neighbours on their host. They share
 * its vCPUs, network, memory and accelerator; a request that finds a place on one with others joins it, also while it
 * starts. A crash, or memory that runs out, ends all of an instance's requests; a timeout ends one, where there may be
 * several.
 *
 * Assumptions: requests go to instances that have others as long as these have a place, in turn; to an idle one else,
 * or where an autoscaler (autoscaler.h) wants more of them busy; then to one that starts; then to a new one. Providers
 * say no more than that they balance; Knative, whose interface Cloud Run has, takes turns among pods with a bound of
 * several requests (its activator's throttler). Requests of a fleet, which no request adds to, go to no instance that
 * starts: they wait in one line for the first place, or are refused. vCPUs are shared as processor sharing: with
 * several requests at once the quota's periods, far below their times, average out. On an accelerator requests take
 * turns, alone or in batches (device.h). Of an instance that is paid for all along, what follows the last request
 * counts up to where it would have expired.
 *
 * Who may call it: call.c, which brings requests; visit.c, whose requests start, load, need memory and leave;
 * autoscaler.c, which starts instances; simulate.c, before the first request and after the last.
 */
#ifndef LAMINA_INSTANCE_H
#define LAMINA_INSTANCE_H /* private to serving */

#include "engine/fluid.h"
#include "platform/host.h"
#include "serving/simulation.h"

/* Who waits for an instance's accelerator, and who is on it; device.h says how it goes on. */
struct device_line {
	struct seat *turn;    /* together on it; linked by next_on_device */
	struct seat *waiting; /* in order of coming, likewise */
	event_id window;      /* the first of them waits for others until then */
};

struct instance {
	struct simulation *simulation;
	struct sandbox *sandbox;
	size_t function;
	bool is_ready;    /* it has started */
	bool is_shared;   /* several requests at once */
	struct fluid cpu; /* vCPUs */
	struct fluid_group cpu_share;
	struct fluid inbound_card; /* where it is alone on its host, without bound */
	struct fluid outbound_card;
	struct fluid_group inbound;
	struct fluid_group outbound;
	struct host *host;  /* or NULL */
	struct seat *first; /* in order of coming */
	struct seat *last;
	struct seat *free_seats;
	struct seat *loader; /* loads what all need; others wait for it */
	struct device_line device;
	int64_t requests;
	double held_mb;
	double needed_mb; /* that they need together, from counted_ns on */
	int64_t counted_ns;
	double beyond_mb_ns;   /* of that, what was above the sandbox's own memory, since the last bill */
	double counted_cpu_ns; /* vCPU time above its own share up to the last bill */
	event_id crash;
	bool crash_is_drawn; /* since it has had requests */
	int64_t start_ns;    /* of its cold start */
	int64_t init_ns;     /* of that, what is paid for */
	int64_t busy_since_ns;
	int64_t busy_ns;
	int64_t idle_since_ns;  /* while it has no requests */
	int64_t active_ns;      /* busy, since the last bill ... */
	int64_t ran_on_ns;      /* ... and idle, where that is paid for */
	struct instance **open; /* the ring that it is in, or NULL */
	struct instance *next_open;
	struct instance *previous_open;
	struct instance *next; /* of all that live, or of those that can be used again */
	struct instance *previous;
};

/* One function's instances. */
struct function_instances {
	struct instance *ready;    /* those that have requests and can take more: a ring, whose head is next */
	struct instance *starting; /* likewise */
	int64_t busy;              /* have requests */
	int64_t wanted;            /* by the autoscaler; 0 where there is none */
	int64_t requests;          /* on them now */
	int64_t counted_ns;
	double request_ns;          /* integral of requests over time up to counted_ns, since it was last taken */
	double gone_cpu_ns;         /* thread time of those that are gone */
	struct invocation *waiting; /* of a fleet that is full: in order of coming */
	struct invocation *last_waiting;
};

/* The instance that the invocation's next call joins; NULL where it has a sandbox to itself at first. */
struct instance *instance_to_join(const struct invocation *invocation);

/*
 * The fleet has no place for the invocation's call now: it waits for one, and comes(engine, invocation, 0) is called
 * when there is one.
 */
void instance_await(struct invocation *invocation, event_action *comes);

/* starts(engine, invocation, 0) is called in start_ns or, on an instance that is not ready, when it is. */
void instance_join(struct instance *instance, struct invocation *invocation, int64_t start_ns, event_action *starts);

/*
 * The invocation's sandbox, which is new (is_cold) or was idle, is its instance's; starts(engine, invocation, 0) is
 * called in start_ns.
 */
void instance_begin(struct invocation *invocation, int64_t start_ns, event_action *starts);

/* Starts an instance that no request asked for; false where the platform allows no more now. */
bool instance_start(struct simulation *simulation, size_t function);

/* Requests times time on the function's instances, since this was last called. */
double instance_take_request_ns(struct function_instances *instances, const struct engine *engine);

/* The handler on the seat starts; where it is the first on a new instance, so do those that have joined. */
void instance_handler_starts(struct seat *seat);

/* What has been loaded serves all. */
void instance_loaded(struct instance *instance);

/* Takes the memory that a visit needs for itself; false where that is more than is left. */
bool instance_hold(struct seat *seat, const struct work *work, double memory_mb);

/* The request gives back its seat; the last one leaves the instance idle, or gone. */
void instance_leave(struct invocation *invocation, bool is_lost);

/* A sandbox that has an instance is gone. */
void instance_gone(struct sandbox *sandbox);

/* Gives a sandbox that was made beforehand its instance. */
void instance_attach(struct simulation *simulation, size_t function, struct sandbox *sandbox);

/* Puts those that still live on the bill, where instances are paid for all along. */
void instance_bill_living(struct simulation *simulation);

#endif
