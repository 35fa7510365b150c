/* Why a plan's numbers are what they are: of everything that keeps a number from moving, what binds first. */
#ifndef LAMINA_REASON_H
#define LAMINA_REASON_H

#include "base/buf.h"
#include "plan/plan.h"

enum reason_kind {
	REASON_MEMORY_FLOOR, /* less does not hold a record */
	REASON_VCPU_KNEE,    /* more makes nothing faster, or only what needs more than one vCPU */
	REASON_TIMEOUT,      /* calls run out of time with less */
	REASON_DEADLINE,     /* less takes too long */
	REASON_BUDGET,       /* more costs too much */
	REASON_LEAST_COST,   /* both neighbours cost more */
	REASON_BALANCE,      /* both neighbours are a worse balance of time and cost */
	REASON_ACCOUNT_LIMIT,
	REASON_RESERVATION, /* of a function */
	REASON_TMP,         /* what a record puts there */
	REASON_ALL_AT_ONCE, /* there are no more records */
	REASON_ONLY_CHOICE,
};
extern const char *const reason_names[]; /* "memory_floor", ... */

/* A function's memory; the sentence has no full stop. */
enum reason_kind reason_memory(const struct planner *planner, const struct trial *best, size_t function,
			       struct buf *sentence);

enum reason_kind reason_parallel(const struct planner *planner, const struct trial *best, struct buf *sentence);

enum reason_kind reason_images(const struct planner *planner, const struct trial *best, struct buf *sentence);

/* Against the other architecture, or snapshots or none; false where there is no choice. */
bool reason_architecture(const struct planner *planner, const struct trial *best, struct buf *sentence);

bool reason_snapshot(const struct planner *planner, const struct trial *best, struct buf *sentence);

/* Why a function buys /tmp; false where it does not. */
bool reason_tmp(const struct trial *best, size_t function, struct buf *sentence);

/* Why there is no plan: what comes nearest to the bounds, and which limit to lift. */
void reason_infeasible(const struct plan *plan, struct buf *sentences);

#endif
