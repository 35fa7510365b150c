/*
 * What a platform refuses: times, sizes and numbers above which it does not go, and how those wait whom it turns away.
 * concurrency.h holds calls to those on sandboxes.
 */
#ifndef LAMINA_LIMITS_H
#define LAMINA_LIMITS_H /* private to platform */

#include <stdbool.h>
#include <stdint.h>

#include "doc/bind.h"

enum burst_scope { BURST_OF_ACCOUNT, BURST_OF_FUNCTION };

struct platform_limits {
	double timeout_seconds;       /* the most a function may ask for */
	double init_seconds;          /* longer initialising is broken off and repeated by the first request */
	int64_t tmp_mb;               /* that comes with a function */
	int64_t tmp_max_mb;           /* that can be bought; 0: no more than that */
	int64_t concurrency;          /* sandboxes in use at once, account-wide */
	int64_t unreserved;           /* of these, what reservations must leave */
	int64_t burst;                /* new sandboxes at once, then ... */
	double invocations_per_place; /* synchronous calls a second for each unit of concurrency; 0: no bound */
	double burst_per_minute;      /* ... this many more a minute (token bucket) */
	int burst_scope;              /* enum burst_scope */
	double retry_min_seconds;     /* a throttled caller backs off from this, doubling with full jitter, ... */
	double retry_max_seconds;     /* ... to this */
	struct bind_doubles async_retry_seconds; /* after each failure of an asynchronous call, before the next try */
	double async_backoff_min_seconds;        /* a throttled asynchronous call waits from this, doubling, ... */
	double async_backoff_max_seconds;        /* ... to this ... */
	double async_age_seconds;                /* ... and is given up at this age */
	double zip_mb;                           /* the largest zip package, unzipped; infinite: not known */
	double image_mb;                         /* the largest container image, likewise; 0: none is taken */
	int64_t snapshot_tmp_mb;                 /* the largest /tmp of a function with a snapshot; 0: any */
	bool snapshot_of_image;                  /* whether a container image can have one, ... */
	bool snapshot_provisioned;               /* ... a function with provisioned sandboxes, ... */
	bool snapshot_on_arm64;                  /* ... and one on arm64 */
	double payload_sync_mb;                  /* of a request or an answer, 10^6 bytes; 0: no bound is known */
	double payload_async_mb;
};
extern const struct bind_schema platform_limits_schema;

/* The largest /tmp that a function can have, bought or not. */
int64_t limits_tmp_most_mb(const struct platform_limits *limits);

#endif
