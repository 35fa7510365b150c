/*
 * What the time and the money of a function's calls went to. Every nanosecond of a call belongs to one cause, and so
 * does every part of a function's bill, so that shares add up. Time is counted while the simulation runs; money
 * follows from it: what is billed by the duration is spread evenly over what was billed.
 *
 * Who may call it: invocation.c counts; whoever shows an outcome asks for times and costs.
 */
#ifndef LAMINA_CAUSE_H
#define LAMINA_CAUSE_H /* private to serving */

#include <stdint.h>

/* Those of the handler are in the order in which they pass within a phase. */
enum cause {
	CAUSE_QUEUE,      /* for a place in the pipeline, a concurrency limit, the driver */
	CAUSE_CLIENT,     /* between the driver and the platform, there and back */
	CAUSE_COLD_START, /* before the handler: a sandbox is placed, its code fetched and initialised */
	CAUSE_WARM_START, /* before the handler on an idle sandbox */
	CAUSE_LOAD,       /* in the handler, only on a new sandbox: import and weights, however slow */
	CAUSE_WAIT,       /* that neither CPU nor network of the sandbox hastens */
	CAUSE_LATENCY,    /* of the store, to the first byte */
	CAUSE_STREAM,     /* what the store's or the client's stream carries */
	CAUSE_NETWORK,    /* what the sandbox's network carries, where that is less */
	CAUSE_COMPUTE,    /* what the CPU work takes without a quota */
	CAUSE_THROTTLED,  /* what it takes longer for its quota */
	CAUSE_DEVICE,     /* what the accelerator takes */
	CAUSE_CARD,       /* what the network takes longer for others on its host */
	CAUSE_INSTANCE,   /* what all of this takes longer for other requests on the sandbox */
	CAUSE_ROUNDING,   /* money: billed time above the handler's and what is billed of initialising */
	CAUSE_INVOKING,   /* money: fees for requests and transitions */
	CAUSE_STORING,    /* money: the store's requests, bytes and storage */
	CAUSE_STANDING,   /* money: provisioned concurrency and snapshots, by the clock */
	CAUSE_BESIDE,     /* money: what stands on the bill beside */
	CAUSES,
	CAUSE_HANDLER_FIRST = CAUSE_LOAD,
	CAUSE_HANDLER_LAST = CAUSE_INSTANCE,
};
extern const char *const cause_names[CAUSES];

/* A phase's time by cause; the causes of the handler. */
struct phase_split {
	int64_t ns[CAUSES];
};

struct function_outcome;
struct platform_price;

/* Adds elapsed_ns of a split to the counts: a phase that was stopped has spent only what comes first. */
void cause_count(struct function_outcome *counts, const struct phase_split *split, int64_t elapsed_ns);

/* Nanoseconds of all calls by cause. */
void cause_times(const struct function_outcome *counts, double ns[CAUSES]);

/*
 * The function's bill by cause, in USD; adds up to price_bill() of its usage. Calls on provisioned sandboxes, which
 * cost less, are not told from others here: their bill is spread over all calls.
 */
void cause_costs(const struct function_outcome *counts, const struct platform_price *price, double usd[CAUSES]);

/* Of parts by cause. */
double cause_sum(const double parts[CAUSES]);

#endif
