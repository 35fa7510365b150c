/*
 * What a function does, and how long a request of it takes:
 *
 *	wait + single / rate(size, 1 thread) + parallel / rate(size, threads)
 *	(+ cold wait + cold / rate(size, 1 thread), in a new sandbox)
 *	(each of the first three a part of the call + images * a part of the image, where rows tell them apart)
 *
 * where waiting and CPU follow each other once, or alternate in equal pieces (serving/demand.h): then quota comes in
 * during the wait, and the time is less than the sum. A rate is the thread time that the platform's CPU quota lets
 * through per second (cpu.h): memory / 1769 MB up to one vCPU, above which one thread gains nothing. Short work ends in
 * steps of the quota's periods, so that times are means over sandboxes, whose speeds and beginnings of periods differ,
 * and over the requests that each has in a row.
 */
#ifndef LAMINA_WORK_MODEL_H
#define LAMINA_WORK_MODEL_H /* private to calibrate */

#include "platform/cpu.h"
#include "random/quantile.h"
#include "serving/work.h"

enum work_parameter {
	FIT_SINGLE,    /* CPU seconds that one thread does */
	FIT_WAIT,      /* seconds that no CPU hastens: network, other services, sleeping */
	FIT_PARALLEL,  /* CPU seconds that all threads share */
	FIT_COLD,      /* more CPU seconds in a new sandbox's first request, one thread */
	FIT_COLD_WAIT, /* more seconds there that no CPU hastens */
	/* What comes with each call, where requests differ in images; the first three come with images. */
	FIT_CALL_SINGLE,
	FIT_CALL_WAIT,
	FIT_CALL_PARALLEL,
	FIT_PARAMETERS,
};
extern const char *const work_parameter_names[FIT_PARAMETERS];

/* What the rows ran on, and how they came. */
struct fit_conditions {
	const struct platform_cpu *cpu;
	double slowness;     /* CPU time over that of a nominal vCPU, mean over sandboxes */
	int64_t threads_min; /* of the parallel part, at least 1 */
	int64_t threads_max; /* preferred where fewer fit as well */
	int64_t in_row;      /* requests that follow each other on a sandbox; 1: each finds its quota whole */
	double gap_seconds;  /* between these */
	int64_t images;      /* in the request that the model's seconds are of; 0: not known */
};

/* A quarter of them is enough where a mean is not of whole periods. */
enum { MODEL_SANDBOXES = 256 };

struct work_model {
	double seconds[FIT_PARAMETERS];
	int64_t threads;                    /* of the parallel part */
	int64_t alternations;               /* of waiting and CPU */
	bool is_fine;                       /* means are over all of the model's sandboxes */
	enum work_varying varying;          /* from request to request */
	double variation;                   /* of that, beyond sandboxes' speeds */
	double slowness[MODEL_SANDBOXES];   /* of sandboxes, in increasing order; mean 1 */
	double variations[MODEL_SANDBOXES]; /* of requests, likewise */
};

/* What requests differ by beyond their sandboxes' speeds, whose spread is part of what rows differ by. */
double work_model_variation(double row_variance, double speed_variance);

/* No work yet. */
void work_model_init(struct work_model *model, const struct fit_conditions *conditions, int64_t threads,
		     double variation);

/* Requests differ as the factors do, of mean 1, instead of as the variation alone tells. */
void work_model_set_factors(struct work_model *model, const struct quantile_table *factors);

bool work_parameter_is_wait(int parameter);

/* What no CPU hastens, in a request of so many times the images that the model's seconds are of. */
double work_model_wait_seconds(const struct work_model *model, double images, bool is_cold);

/* A request's mean time at a size as the simulator's CPU gives it. */
double work_model_seconds(const struct work_model *model, const struct fit_conditions *conditions, int64_t memory_mb,
			  bool is_cold);

/* The same for a request of so many times the images. */
double work_model_batch_seconds(const struct work_model *model, const struct fit_conditions *conditions,
				int64_t memory_mb, double images, bool is_cold);

#endif
