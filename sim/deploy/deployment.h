/*
 * A plan as it is deployed: the few figures of each function that deployment tools know. Emitters turn it into their
 * formats (emit.h); nothing here knows how it was found.
 */
#ifndef LAMINA_DEPLOYMENT_H
#define LAMINA_DEPLOYMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "serving/setting.h"

/* What a warm request of a function takes and costs at a size. */
struct deployment_point {
	int64_t memory_mb;
	double seconds;
	double usd;
};

struct deployed_function {
	const char *name;
	const char *resource;             /* what the user's files call it; NULL: nobody says */
	const char *provisioned_resource; /* of theirs that has its provisioned concurrency; NULL: none that is known */
	const char *deployed_name;        /* in the account */
	int64_t memory_mb;
	int64_t timeout_seconds;
	int64_t tmp_mb;
	int64_t reserved_concurrency;    /* 0: none */
	int64_t provisioned_concurrency; /* 0: none */
	bool has_snapshot;               /* new sandboxes are restored from one, of a published version */
	bool is_arm64;
	int64_t monthly_requests;              /* calls of it */
	double seconds;                        /* of a warm request */
	double usd;                            /* of a warm request */
	const struct deployment_point *points; /* by ascending memory; other sizes, for comparison */
	size_t point_count;
};

struct deployment {
	const char *experiment;
	const char *platform;
	const char *version;  /* of the program */
	const char *strategy; /* what the plan was made for, in a few words */
	int64_t images_per_record;
	int64_t parallel;                        /* jobs at once; INT64_MAX: no bound */
	const struct platform_workflow *service; /* whose maps they may run in */
	const char *schedule;
	const struct graph *graph;  /* of a workflow; NULL: one function after the other */
	const char *seconds_metric; /* what `seconds` is: "makespan_seconds" or a latency */
	double seconds;
	double cost_usd;          /* of a run */
	int64_t monthly_requests; /* records of a month */
	const struct deployed_function *functions;
	size_t function_count;
};

/*
 * Fills the functions, and what else the setting tells; calls_per_month is of each function, in their order. Everything
 * lives in the arena and the setting. A function's places are reserved as stated, else as many as there are jobs, where
 * the account has that many for all. Points are the sizes that AWS Lambda Power Tuning tries by default, where they are
 * sold and hold the function, and its own.
 */
void deployment_init(struct deployment *deployment, const struct setting *setting, const double *calls_per_month,
		     struct arena *arena);

#endif
