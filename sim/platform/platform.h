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

/* Sizes that can be bought: min_mb, min_mb + step_mb, ... max_mb, or those of a list. */
struct platform_memory {
	struct bind_ints sizes_mb; /* ascending; may be missing */
	int64_t min_mb;
	int64_t max_mb;
	int64_t step_mb;
};

/* Whether functions of a runtime can be restored from a snapshot, and whether that costs anything. */
enum snapshot_offer { SNAPSHOT_NONE, SNAPSHOT_FREE, SNAPSHOT_BILLED };

/* What starting a language runtime takes, without placing a sandbox for it. */
struct platform_runtime {
	const char *name;
	int snapshot;                        /* enum snapshot_offer */
	struct quantiles init_seconds;       /* of a zip package */
	struct quantiles image_init_seconds; /* of a container image; may be missing */
};

/*
 * Sandboxes. Before the handler runs on a new one, it is placed and its code is fetched: cold_start_seconds for a small
 * zip package, plus package_seconds for one of package_reference_mb, in proportion to size; plus image_seconds for a
 * container image, whatever its size. Then the runtime starts (runtimes; where a platform has none, cold_start_seconds
 * hold it) and the function initialises itself; or a snapshot is restored (cold_start.h has the whole list).
 * Members that may be missing have no quantiles then, or are 0.
 */
struct platform_sandbox {
	struct quantiles cold_start_seconds;
	double package_reference_mb;
	struct quantiles package_seconds;
	struct quantiles image_seconds;      /* more time for a container image, whatever its size; may be missing */
	struct bind_structs runtimes;        /* struct platform_runtime */
	struct quantiles restore_seconds;    /* snapshot instead of runtime and initialisation; may be missing */
	struct quantiles warm_start_seconds; /* invoke to handler on an idle sandbox */
	struct quantiles keep_alive_seconds; /* idle time after which a function's only sandbox is gone */
	struct quantiles surplus_keep_alive_seconds; /* the same of one that has others beside it; may be missing */
	double halving_seconds; /* each time a function has had no request for this long, half of its sandboxes go */
	struct quantiles lifetime_seconds; /* age at which even a busy one is not used again; may be missing */
	int64_t requests_max;              /* at once on one sandbox, the most that can be asked for */
	int64_t requests_default;          /* where nobody asks */
	double shared_from_vcpus;          /* a smaller share of CPU has one request at a time */
	double target_share;               /* of vCPUs and requests, that an autoscaler keeps; 0: there is none */
	double target_window_seconds;      /* that it looks back */
};

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

enum burst_scope { BURST_OF_ACCOUNT, BURST_OF_FUNCTION };

/*
 * Object store: a request's latency to its first byte, then its stream's rate. Objects above bulk_above_mb go through
 * the client's bulk path, which costs some time first and then moves ranges of the object over several connections.
 */
struct platform_store {
	struct quantiles get_seconds;
	struct quantiles put_seconds;
	double connection_mb_per_second;
	double bulk_above_mb; /* 10^6 bytes; 0: there is no such path */
	double bulk_get_seconds;
	double bulk_put_seconds;
	double bulk_connections;
	double part_mb;            /* clients move larger objects in parts, a request each; 10^6 bytes; 0: whole */
	int64_t part_put_max;      /* the most of one written: larger ones have parts of twice, four times it; 0: any */
	int64_t part_put_requests; /* beside the parts of an object that is written */
	int64_t part_get_requests; /* beside those of one that is read */
	double gets_per_second;    /* of all functions together (one prefix); above it requests get a 503 and ... */
	double puts_per_second;    /* ... repeated with back-off; 0: no bound */
	struct quantiles event_seconds; /* object written to the function it triggers; may be missing */
};

/* A workflow service that calls function after function. */
struct platform_workflow {
	struct quantiles hop_seconds; /* from one function's answer to the next one's call */
	int64_t inline_map_limit;     /* records in work at once, unless the map is distributed */
	double payload_mb;            /* that it passes on, 10^6 bytes; 0: no bound is known */
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

/* An accelerator that comes with every sandbox; its requests take turns on it. name is NULL where there is none. */
struct platform_device {
	const char *name;
	double start_seconds; /* of a new sandbox, until its driver is ready */
};

/* Machines whose network card the sandboxes on them share; memory_mb is 0 where nothing is known of them. */
struct platform_hosts {
	int64_t memory_mb;         /* that its sandboxes fill, the first host with room first */
	double card_mb_per_second; /* in each direction */
};

struct platform {
	const char *path;
	int apiVersion; /* 0: lamina/v1 */
	const char *name;
	const char *title;
	const char *valid_from; /* dates as text, ISO 8601 */
	const char *valid_to;
	int kind;                 /* enum platform_kind */
	const char *price_region; /* of its prices; "": it does not say */
	struct platform_memory memory;
	struct platform_cpu cpu;
	struct platform_sandbox sandbox;
	struct platform_limits limits;
	struct platform_network network;
	struct platform_store store;
	struct platform_workflow workflow; /* may be missing */
	struct platform_price price;
	struct platform_machine machine;
	struct platform_device device;
	struct platform_hosts hosts;
	const char *region;        /* that was asked for; NULL: none */
	struct bind_texts unknown; /* dotted keys of quantities that nobody has published */
	struct yaml_node *regions; /* what is different there: a map of names to parts of a platform */
	struct diag_place place;
};

/* Whether a dotted key's value is one that nobody has published; what stands in its place is no value then. */
bool platform_is_unknown(const struct platform *platform, const char *key);

/* NULL where the platform has no such runtime. */
const struct platform_runtime *platform_find_runtime(const struct platform *platform, const char *name);

/* Whether the platform sells this size; *nearest_mb gets the next larger size that it sells, else its largest. */
bool platform_sells_memory(const struct platform *platform, int64_t memory_mb, int64_t *nearest_mb);

#endif
