/*
 * What is put on the bill while the simulation runs: a request's fee, and time, which is a request's own or that of
 * its sandbox, as the platform's price says (enum billed_by).
 *
 * What stands beside (struct setting_beside) is counted by the call (logs, bytes through a NAT gateway, a mounted file
 * system), by the record (requests of a gateway in front, egress of answers), from what functions move (bytes of the
 * store that pass NAT, objects that stay) or by the clock (gateways, images, files): a run pays its share of these, a
 * month's bill the whole month.
 *
 * Who may call it: whoever ends what is paid for (visit.c, instance.c, journey.c, call.c, simulate.c); the planner, for
 * what it costs.
 */
#ifndef LAMINA_BILLING_H
#define LAMINA_BILLING_H

#include "serving/simulation.h"

/* A stretch of time that is paid for as one: rounded up once. */
struct billed_time {
	int64_t busy_ns; /* the handler of one request, or a sandbox with requests */
	int64_t init_ns; /* before that, where it is paid for */
	int64_t idle_ns; /* a sandbox without requests */
	double used_mb;
	int64_t burst_vcpu_ns; /* beyond the size's own share */
	double burst_mb_ns;    /* beyond its memory */
	bool is_provisioned;
};

/* What a function of this memory owes for so much billed time, used_mb of its memory being in use. */
void billing_usage(const struct platform *platform, const struct setting_function *function, int64_t memory_mb,
		   double used_mb, bool is_provisioned, int64_t billed_ns, struct usage *usage);

/* What a call with this work is paid for by the call: its requests, and what stands on the bill beside. */
void billing_call(const struct setting *setting, const struct work *work, bool is_async, struct usage *usage);

/* What an attempt to call a function is paid for where a gateway stands in front of it, admitted or not. */
void billing_attempt(const struct setting *setting, struct usage *usage);

/* A source that is polled: what receiving and deleting so many messages at once is paid for, ... */
void billing_receive(const struct setting *setting, int64_t messages, struct usage *usage);
void billing_delete(const struct setting *setting, int64_t messages, struct usage *usage);

/* ... and in the end sending all of them, pollers (idle_ns: time that they waited for nothing), and shards. */
void billing_source(const struct setting *setting, int64_t messages, wide_sum idle_ns, int64_t elapsed_ns,
		    struct usage *usage);

/* What a record is paid for that has come to its end. */
void billing_record(const struct setting *setting, bool is_completed, struct usage *usage);

/* What follows from the bytes that usage counts already. */
void billing_derived(const struct setting *setting, struct usage *usage);

/* What stands beside, for so long a run. */
void billing_beside(const struct setting *setting, int64_t elapsed_ns, struct usage *usage);

/* Transitions of a chain's orchestrator for a call: none within an express child of a map. */
int64_t billing_transitions(const struct setting *setting);

/* The same of the invocation's call, whose execution may be a workflow's own or a child's. */
int64_t billing_call_transitions(const struct invocation *invocation);

/* What a distributed map's child, which takes a record through all functions in this time, is paid for itself. */
void billing_child(const struct setting *setting, int64_t duration_ns, struct usage *usage);

/*
 * What is paid for each new sandbox that is restored from a snapshot: of the function's memory, or of an image of its
 * size, where all sandboxes are (those that are suspended while they are idle).
 */
void billing_restore(const struct platform *platform, const struct sandbox_spec *spec, int64_t memory_mb,
		     struct usage *usage);

/* What is paid for by the clock rather than by the call. */
void billing_standing(const struct platform_price *price, const struct sandbox_spec *spec, int64_t memory_mb,
		      int64_t elapsed_ns, struct usage *usage);

/* Puts time on the bill of a function. */
void billing_time(struct simulation *simulation, size_t function, const struct billed_time *time);

/* A visit of this duration has ended, however it did. */
void billing_visit(const struct invocation *invocation, int64_t duration_ns);

/* What is paid of initialising a new sandbox. */
int64_t billing_init_ns(const struct platform_price *price, const struct sandbox *sandbox);

/* What is written and kept of sandboxes that were suspended, where the platform sells that; resumed, they are read. */
void billing_suspended(const struct sandbox_pool *pool, struct usage *usage);
void billing_resumed(const struct sandbox_pool *pool, struct usage *usage);

#endif
