/*
 * Limits on sandboxes: how many may be in use at once, and how fast new ones may be made (a token bucket of `burst`,
 * refilled at burst_per_minute). How many calls may start in a second is bounded as well, by the number of places (a
 * bucket of one second's calls). A call over a limit is throttled (429). Places may be an account's or reserved for a
 * function, buckets an account's or a function's own.
 *
 * Source: AWS Lambda developer guide, scaling: June 2019 to November 2023 a burst of 500 to 3,000 by region, then
 * 500 a minute, account-wide; since then 1,000 every 10 s for each function; account concurrency 1,000; ten times
 * the concurrency in synchronous calls a second. How the bucket of calls is filled is not documented: by the clock.
 */
#ifndef LAMINA_CONCURRENCY_H
#define LAMINA_CONCURRENCY_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/platform.h"

struct concurrency {
	int64_t limit;
	int64_t in_use;
	int64_t peak;
	double burst_tokens;
	double burst_depth;
	double tokens_per_ns;
	int64_t updated_ns;
	double calls_per_place; /* a second; 0: no bound */
	double calls;           /* tokens */
	int64_t calls_updated_ns;
};

void concurrency_init(struct concurrency *concurrency, const struct platform_limits *limits);

/* Whether another synchronous call may start: for a caller that takes a place next. */
bool concurrency_may_call(struct concurrency *places, int64_t now_ns);

/* A synchronous call has started. */
void concurrency_called(struct concurrency *places);

/* Takes a place here and, where a new sandbox is needed, a token there; false when the call is throttled. */
bool concurrency_admit_from(struct concurrency *places, struct concurrency *bucket, int64_t now_ns,
			    bool needs_new_sandbox);

/* concurrency_admit_from where the place and the token are taken of the same struct. */
bool concurrency_admit(struct concurrency *concurrency, int64_t now_ns, bool needs_new_sandbox);

void concurrency_leave(struct concurrency *concurrency);

#endif
