/*
 * The sandboxes of one function: created cold, reused newest-idle first, gone when they were idle for as long as
 * the platform keeps them, or are as old as it lets them become. A sandbox keeps what makes two requests on it differ:
 * its CPU quota, its network buckets, its host's speed, and whether the framework and the weights are loaded.
 *
 * How long an idle one is kept depends on its company: the only sandbox of a function may go sooner than one that is
 * idle while others work; and each time a function has had no request for a while, a share of its sandboxes (half of
 * them, where that was seen) go, those first that have been idle for longest, until few are left.
 *
 * An idle one may be suspended after a while: it keeps its memory, and the request that finds it waits for it.
 *
 * A provider may take sandboxes away, as instances of a spot market: at a constant rate, whatever they do, with a
 * notice during which their requests go on and no others come.
 *
 * Provisioned sandboxes are there from the start, are used first and stay. Of a fleet, whose instances only an
 * autoscaler starts, the last few stay however long they are idle; but for those that are too old.
 *
 * Sources: newest-first reuse is what SimFaaS validated against AWS (12 % on cold probability), and what every request
 * of its traces shows that found two idle sandboxes; keep-alive is a dated distribution because it changed at least six
 * times between 2017 and 2025 (mikhail.io cold-start pages); halving until two or three are left: Wang et al., ATC'18,
 * section 5 (every 300 s in 2017), SeBS (every 380 s in 2020).
 */
#ifndef LAMINA_SANDBOX_H
#define LAMINA_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "engine/engine.h"
#include "platform/cpu.h"
#include "platform/network.h"
#include "platform/price.h"
#include "platform/quantiles.h"

struct platform;

/* Who starts a sandbox: a request that finds none, or the autoscaler alone, whose instances are a fleet. */
enum sandbox_starts { STARTS_ON_REQUEST, STARTS_BY_TARGET };

/* What a fleet that is full does with a request. */
enum fleet_full { FLEET_REFUSES, FLEET_QUEUES };

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
	struct quantiles image_seconds; /* more time for a container image, whatever its size; may be missing */
	double image_mb_per_second;     /* that an image is pulled at; 0: image_seconds hold it, whatever its size */
	double image_read_share;        /* of an image that is pulled before the handler runs */
	struct quantiles disk_seconds_per_gb; /* of its own disk, or an image's files, 10^9 bytes; may be missing */
	struct bind_structs runtimes;         /* struct platform_runtime */
	struct quantiles restore_seconds;     /* snapshot instead of runtime and initialisation; may be missing */
	struct quantiles warm_start_seconds;  /* invoke to handler on an idle sandbox */
	struct quantiles keep_alive_seconds;  /* idle time after which a function's only sandbox is gone */
	struct quantiles surplus_keep_alive_seconds; /* the same of one that has others beside it; may be missing */
	double halving_seconds; /* each time a function has had no request for this long, of its sandboxes ... */
	double halving_share;   /* ... so many go, rounded down ... */
	int64_t halving_spares; /* ... until no more than these are left */
	struct quantiles lifetime_seconds; /* age at which even a busy one is not used again; may be missing */
	double suspend_after_seconds; /* that an idle one runs on, which is paid for where activity is; suspended ... */
	struct quantiles resume_seconds; /* ... it takes so long more to answer; may be missing */
	double burst_times; /* of its CPU and memory that it may use where its function asks; billed as used */
	double interruptions_per_hour;      /* of one that the provider takes away: it gets no more requests, and ... */
	double interruption_notice_seconds; /* ... is gone after this, with those that it still has */
	int64_t requests_max;               /* at once on one sandbox, the most that can be asked for */
	int64_t requests_default;           /* where nobody asks */
	double shared_from_vcpus;           /* a smaller share of CPU has one request at a time */
	double target_share;                /* of vCPUs and requests, that an autoscaler keeps; 0: there is none */
	double target_window_seconds;       /* that it looks back */
	int64_t target_looks;               /* that it takes in this time */
	int starts;                         /* enum sandbox_starts */
	int when_full;                      /* enum fleet_full, of a fleet */
	int64_t instances_min;              /* of a fleet, from the start on */
};
extern const struct bind_schema platform_sandbox_schema;

/* What a function asks of its sandboxes. */
struct sandbox_spec {
	int64_t memory_mb;
	double package_mb;
	bool is_image;     /* a container image instead of a zip package */
	bool has_snapshot; /* restored instead of initialised */
	bool is_snapshot_free;
	bool is_arm64;
	const struct platform_runtime *runtime; /* NULL: whatever cold_start_seconds hold */
	int64_t init_cpu_ns;                    /* the function's own initialising, one thread, never throttled */
	const struct quantiles *measured_init;  /* all of it, as logs tell; NULL: by the above */
	int64_t provisioned;                    /* sandboxes that are made beforehand and stay */
	int64_t requests_max;                   /* at once on one of them; 0 and 1: one */
	bool has_device;                        /* the platform's */
	double burst_times;                     /* of its CPU and memory that it may use; 0 and 1: itself */
	int64_t instances_min;                  /* of a fleet; 0: it is none */
};

struct sandbox {
	struct sandbox_pool *pool;
	uint64_t ordinal; /* creation order within the function */
	struct cpu_quota quota;
	struct token_bucket inbound;
	struct token_bucket outbound;
	double slowness; /* CPU time of this sandbox relative to the platform's nominal vCPU */
	int64_t created_ns;
	int64_t retires_ns;     /* when it is too old to be used again, or told that it is taken away */
	int64_t taken_ns;       /* when it is gone, whatever it does; INT64_MAX: never */
	int64_t init_ns;        /* of its cold start, what runtime and function took to initialise */
	int64_t repeat_init_ns; /* initialising that was broken off: the first request does it again */
	uint64_t loaded;        /* by function, a bit: framework imported, weights loaded */
	bool is_provisioned;
	bool was_suspended; /* when it was taken from those that are idle */
	uint64_t idle_periods;
	event_id expiry;
	int64_t idle_since_ns;
	int64_t expires_ns;        /* while it is idle */
	struct instance *instance; /* of whoever takes it: what requests share on it; or NULL */
	struct sandbox *newer;     /* idle list */
	struct sandbox *older;
};

/* What a sandbox has luck in. */
enum sandbox_luck {
	SANDBOX_LUCK_HOST,
	SANDBOX_LUCK_COLD_START,
	SANDBOX_LUCK_KEEP_ALIVE,
	SANDBOX_LUCK_LIFETIME,
	SANDBOX_LUCK_INTERRUPTION,
	SANDBOX_LUCKS
};

/* Told of every stretch of time in which a pool's numbers of sandboxes stayed the same, in the order of time. */
struct sandbox_watch {
	void (*stretch)(void *context, int64_t from_ns, int64_t to_ns, int64_t busy, int64_t idle);
	void *context;
};

struct cold_start;

struct sandbox_pool {
	struct engine *engine;
	struct arena *arena;
	const struct platform *platform;
	struct sandbox_spec spec;
	uint64_t function; /* index, for random draws */
	uint64_t seed;
	uint32_t replication;
	uint32_t luck[SANDBOX_LUCKS]; /* ids of the streams */
	struct cpu_quota new_quota;   /* of a new sandbox, but for its periods; these from the first one on */
	struct token_bucket new_bucket;
	struct cold_start *new_start;
	uint64_t created;
	uint64_t expired;
	int64_t idle_count;
	int64_t busy_count;
	int64_t counted_ns; /* the two integrals below are complete up to here */
	price_mb_ns busy_instance_ns;
	price_mb_ns idle_instance_ns;
	price_mb_ns
		unused_instance_ns; /* of idle_instance_ns, after a sandbox's last request; of those that are gone */
	price_mb_ns suspended_ns;   /* of idle_instance_ns, after what an idle one runs on */
	int64_t suspensions;
	struct sandbox *newest_idle;
	event_id halving;
	struct sandbox *provisioned_idle; /* linked by `older` */
	struct sandbox *free_list;
	void (*gone)(struct sandbox *sandbox); /* called before one with an instance is forgotten; may be NULL */
	const struct sandbox_watch *watch;     /* may be NULL */
};

void sandbox_pool_init(struct sandbox_pool *pool, struct engine *engine, struct arena *arena,
		       const struct platform *platform, const struct sandbox_spec *spec, uint64_t function,
		       uint64_t seed, uint32_t replication);

/* A provisioned sandbox, else the newest idle one, now busy; NULL when there is none. */
struct sandbox *sandbox_pool_take(struct sandbox_pool *pool);

/* A new, cold, busy sandbox; *cold_start_ns gets the time until its handler can run. */
struct sandbox *sandbox_pool_create(struct sandbox_pool *pool, int64_t *cold_start_ns);

/* The sandbox becomes idle and will expire unless it is taken. */
void sandbox_pool_return(struct sandbox *sandbox);

/*
 * Sandboxes, times time, as who sees requests only counts them: each from its start to assumed_ns after its last
 * request, but not beyond now where it is still there; after sandbox_pool_count. Provisioned ones count all along.
 */
price_mb_ns sandbox_pool_observed_ns(const struct sandbox_pool *pool, int64_t assumed_ns);

/* How long the sandbox, idle since then, has run on by now. */
int64_t sandbox_ran_on_ns(const struct sandbox *sandbox, int64_t idle_since_ns);

/* After the last request: those that are idle will be suspended, and count so. */
void sandbox_pool_suspend_idle(struct sandbox_pool *pool);

/* Brings the integrals of busy and idle sandboxes over time up to now. */
void sandbox_pool_count(struct sandbox_pool *pool);

/* Whether it has become too old to be given requests. */
bool sandbox_is_old(const struct sandbox *sandbox);

/* The busy sandbox is destroyed (its function crashed or ran out of time); a provisioned one is replaced at once. */
void sandbox_pool_destroy(struct sandbox *sandbox);

#endif
