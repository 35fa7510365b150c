/*
 * A cloud at a date, as data: configs/platforms/NAME.yaml, every number with its source there. One member per thing
 * of the world; the behaviour of each is in the file of its name. Members are in the YAML's own units.
 * A platform is either a function service (kind: functions) or one machine with a GPU (kind: machine).
 */
#ifndef LAMINA_PLATFORM_H
#define LAMINA_PLATFORM_H

#include "base/diag.h"
#include "platform/cpu.h"
#include "platform/network.h"
#include "platform/price.h"
#include "platform/quantiles.h"

enum platform_kind { PLATFORM_FUNCTIONS, PLATFORM_MACHINE };

/* Sizes that can be bought: min_mb, min_mb + step_mb, ... max_mb. */
struct platform_memory {
	int64_t min_mb;
	int64_t max_mb;
	int64_t step_mb;
};

/*
 * Sandboxes. Before the handler runs on a new one, it is placed, its code is fetched and its runtime starts:
 * cold_start_seconds for a small package, plus package_seconds for one of package_reference_mb, in proportion to size.
 */
struct platform_sandbox {
	struct quantiles cold_start_seconds;
	double package_reference_mb;
	struct quantiles package_seconds;
	struct quantiles warm_start_seconds; /* invoke to handler on an idle sandbox */
	struct quantiles keep_alive_seconds; /* idle time after which a sandbox is gone */
};

struct platform_limits {
	double timeout_seconds; /* the most a function may ask for */
	int64_t tmp_mb;
	int64_t concurrency;      /* sandboxes in use at once, account-wide */
	int64_t burst;            /* new sandboxes at once, then ... */
	double burst_per_minute;  /* ... this many more a minute (token bucket) */
	double retry_min_seconds; /* a throttled caller backs off from this, doubling with full jitter, ... */
	double retry_max_seconds; /* ... to this */
};

/* Object store: a request's latency to its first byte, then its stream's rate. */
struct platform_store {
	struct quantiles get_seconds;
	struct quantiles put_seconds;
	double connection_mb_per_second;
};

/*
 * One machine with a GPU: a host thread feeds images (read, decode, copy), the device computes batches.
 * Feeding and computing overlap.
 */
struct platform_machine {
	double feed_seconds_per_image;
	double device_images_per_second;
	int64_t batch_images;
	double boot_seconds;
};

struct platform {
	const char *path;
	int apiVersion; /* 0: lamina/v1 */
	const char *name;
	const char *title;
	const char *valid_from; /* dates as text, ISO 8601 */
	const char *valid_to;
	int kind; /* enum platform_kind */
	struct platform_memory memory;
	struct platform_cpu cpu;
	struct platform_sandbox sandbox;
	struct platform_limits limits;
	struct platform_network network;
	struct platform_store store;
	struct platform_price price;
	struct platform_machine machine;
	struct diag_place place;
};

/* Whether the platform sells this size; *nearest_mb gets the next larger size that it sells, else its largest. */
bool platform_sells_memory(const struct platform *platform, int64_t memory_mb, int64_t *nearest_mb);

#endif
