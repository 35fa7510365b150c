/*
 * Money: usage is counted in integers while the simulation runs (MB*ns, requests) and priced once, at the end.
 *
 * Source: AWS Lambda pricing; billed duration is rounded up to 100 ms until 1 December 2020, to 1 ms since; the init
 * phase is billed since 1 August 2025, that of container images always; provisioned concurrency is paid for from its
 * start, rounded up; /tmp above what comes with a function is billed by GB-second; GB = 1024 MB.
 *
 * A bill's lines are the rows of one table, bill_rows: what they are paid for, at which price, with which tiers and
 * which free amounts of a month. What stands on an account's bill beside functions and store (logs, NAT, egress, a file
 * system, a registry) is switched on by the experiment (serving/billing.h says how it is counted); what is not, and
 * has a price or one that nobody has published, is what the bill leaves out.
 */
#ifndef LAMINA_PRICE_H
#define LAMINA_PRICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/num.h"
#include "doc/bind.h"

/* Whose time is paid for. */
enum billed_by {
	BILLED_BY_REQUEST,  /* every request's */
	BILLED_BY_ACTIVITY, /* a sandbox's while it has requests, and while it starts */
	BILLED_BY_INSTANCE, /* a sandbox's from its start to its end, idle or not */
};
extern const char *const billed_by_names[]; /* "request", "activity", "instance", NULL */

struct platform_price {
	int billed_by; /* enum billed_by */
	double usd_per_gb_second;
	double usd_per_vcpu_second;   /* beside memory, of the size's share */
	double usd_per_device_second; /* of the sandbox's accelerator */
	double usd_per_gb_second_arm64;
	/* A month's GB-seconds above [i] cost usd_per_gb_second times [i]; ascending; may be missing. */
	struct bind_doubles tier_above_gb_seconds;
	struct bind_doubles tier_above_gb_seconds_arm64; /* empty: as above */
	struct bind_doubles tier_price_ratio;
	double usd_per_million_requests;
	double granularity_seconds; /* billed duration is rounded up to a multiple ... */
	double minimum_seconds;     /* ... and to this */
	double used_memory_step_mb; /* memory is billed as used, rounded up to a multiple; 0: as it was given */
	bool init_billed;
	bool image_init_billed;
	double usd_per_provisioned_gb_second;
	double usd_per_provisioned_gb_second_busy; /* instead of usd_per_gb_second */
	double usd_per_provisioned_gb_second_arm64;
	double usd_per_provisioned_gb_second_busy_arm64;
	double provisioned_step_seconds; /* what is provisioned is paid for a multiple; 0: for its time */
	double usd_per_tmp_gb_second;
	double usd_per_gb_restored;
	double usd_per_gb_suspended; /* written when a sandbox is suspended */
	double usd_per_cached_gb_second;
	double cached_minimum_seconds; /* the least time that a snapshot is paid for */
	double usd_per_1000_transitions;
	double usd_per_million_express; /* executions of express workflows ... */
	double usd_per_express_gb_second;
	struct bind_doubles express_tier_above_gb_seconds; /* as of GB-seconds above */
	struct bind_doubles express_tier_price_ratio;
	double express_granularity_seconds; /* ... their duration rounded up ... */
	int64_t express_memory_mb;          /* ... in chunks of this memory, of which it takes ... */
	double express_base_mb;             /* ... as many as this and its data fill; 0: one */
	double usd_per_million_durable;     /* operations of durable functions */
	double async_request_kb;            /* of an asynchronous call's payload, that one request pays for; 0: all */
	double async_chunk_kb;              /* that each further one pays for */
	double usd_per_1000_puts;
	double usd_per_1000_gets;
	double usd_per_put_gb; /* moved to and from the store, 10^9 bytes */
	double usd_per_get_gb;
	double usd_per_instance_hour;   /* of a sandbox that is an instance, from its start to its end ... */
	double usd_per_management_hour; /* ... and for having it managed */
	double usd_per_hour;            /* machines: per second of use, from start to end */
	double minimum_hour_seconds;    /* the least time a machine is paid for */
	/* What stands on a bill beside, where an experiment switches it on; GB of these are 2^30 bytes. */
	double usd_per_log_gb; /* ingested */
	double usd_per_nat_hour;
	double usd_per_nat_gb;
	double usd_per_egress_gb;
	struct bind_doubles
		egress_tier_above_gb; /* a month's GB above [i] cost that price times [i]; as of GB-seconds */
	struct bind_doubles egress_tier_price_ratio;
	double usd_per_million_http_requests; /* of a gateway in front: HTTP APIs, metered by so many kB, ... */
	double http_request_kb;               /* ... 0: whatever they hold */
	struct bind_doubles http_tier_above_requests;
	struct bind_doubles http_tier_price_ratio;
	double usd_per_million_rest_requests; /* REST APIs */
	struct bind_doubles rest_tier_above_requests;
	struct bind_doubles rest_tier_price_ratio;
	double usd_per_file_gb_month; /* a file system that functions mount: kept, ... */
	double usd_per_file_read_gb;
	double usd_per_file_written_gb;
	double usd_per_registry_gb_month; /* of container images */
	double usd_per_kept_gb_month;     /* objects of the store that stay */
	struct bind_doubles kept_tier_above_gb_months;
	struct bind_doubles kept_tier_price_ratio;
	/* What sources of events cost. */
	double usd_per_streamed_gb; /* of an answer, ... */
	double stream_free_mb;      /* ... beyond so much of each; MB = 1024 kB */
	double free_streamed_gb;    /* a month */
	double usd_per_million_queue_requests;
	struct bind_doubles queue_tier_above_requests;
	struct bind_doubles queue_tier_price_ratio;
	double free_queue_requests; /* a month */
	double message_request_kb;  /* of a queue's or a topic's message, what one request pays for; 0: all of it */
	double usd_per_million_fifo_requests; /* the same of queues that keep their order */
	double usd_per_poller_hour;           /* provisioned */
	double poller_minimum_seconds;
	double usd_per_million_publishes; /* to a topic */
	double free_publishes;            /* a month */
	double usd_per_million_schedules; /* started by a scheduler */
	double free_schedules;            /* a month */
	double usd_per_shard_hour;        /* of a stream */
	double usd_per_million_stream_puts;
	double stream_put_kb;         /* of a stream's record, what one put pays for; 0: all of it */
	double savings_plan_discount; /* of what is billed by duration or kept ready ... */
	double savings_plan_share;    /* ... for as much of it as was committed to */
	double free_requests;         /* a month */
	double free_gb_seconds;       /* a month */
	double free_transitions;      /* a month */
	double free_log_gb;           /* a month */
	double free_egress_gb;        /* a month */
	struct bind_texts left_out;   /* what a real bill has and this one can not have */
};
extern const struct bind_schema platform_price_schema;

__extension__ typedef unsigned __int128 price_mb_ns;

/* What is paid for, counted exactly: every member is listed once, and summed because it is listed. */
/* clang-format off */
#define USAGE_MEMBERS(X) \
	X(price_mb_ns, billed_mb_ns) \
	X(price_mb_ns, billed_arm64_mb_ns) \
	X(price_mb_ns, billed_micro_vcpu_ns) /* 10^-6 vCPU */ \
	X(price_mb_ns, provisioned_mb_ns) \
	X(price_mb_ns, provisioned_busy_mb_ns) \
	X(price_mb_ns, provisioned_arm64_mb_ns) \
	X(price_mb_ns, provisioned_busy_arm64_mb_ns) \
	X(price_mb_ns, device_ns) \
	X(price_mb_ns, instance_ns) \
	X(price_mb_ns, tmp_mb_ns) /* above what is free */ \
	X(price_mb_ns, cached_mb_ns) \
	X(wide_sum, restored_mb) \
	X(wide_sum, suspended_mb) \
	X(wide_sum, requests) \
	X(wide_sum, transitions) \
	X(wide_sum, express) \
	X(price_mb_ns, express_mb_ns) \
	X(wide_sum, durable_operations) \
	X(wide_sum, puts) \
	X(wide_sum, gets) \
	X(wide_sum, put_bytes) \
	X(wide_sum, get_bytes) \
	X(wide_sum, machine_ns) \
	X(wide_sum, log_bytes) \
	X(wide_sum, nat_ns) /* of all gateways */ \
	X(wide_sum, nat_bytes) \
	X(wide_sum, egress_bytes) \
	X(wide_sum, micro_http_requests) /* 10^-6 requests, as they are metered */ \
	X(wide_sum, micro_rest_requests) \
	X(wide_sum, file_byte_ns) \
	X(wide_sum, file_read_bytes) \
	X(wide_sum, file_written_bytes) \
	X(wide_sum, registry_byte_ns) \
	X(wide_sum, kept_byte_months) \
	X(wide_sum, streamed_bytes) /* beyond what is free of each answer */ \
	X(wide_sum, queue_requests) \
	X(wide_sum, fifo_requests) \
	X(wide_sum, poller_ns) \
	X(wide_sum, publishes) \
	X(wide_sum, schedules) \
	X(wide_sum, shard_ns) \
	X(wide_sum, stream_puts) \
	X(wide_sum, beside_ns) /* the time that what stands beside is paid for, once a run */
/* clang-format on */

struct usage {
#define MEMBER(type, name) type name;
	USAGE_MEMBERS(MEMBER)
#undef MEMBER
};

/* What a line of the bill is paid for. */
enum bill_group {
	BILL_BY_DURATION, /* the time that is billed for calls */
	BILL_STANDING,    /* what is kept ready, by the clock */
	BILL_FEES,        /* calls and what conducts them */
	BILL_STORE,
	BILL_WHOLE_MACHINE,
	BILL_BESIDE, /* what else an account pays for that runs this */
	BILL_GROUPS,
};

enum bill_item {
	BILL_COMPUTE,
	BILL_COMPUTE_ARM64,
	BILL_VCPU,
	BILL_DEVICE,
	BILL_INSTANCE,
	BILL_MANAGEMENT,
	BILL_PROVISIONED,
	BILL_PROVISIONED_ARM64,
	BILL_PROVISIONED_BUSY,
	BILL_PROVISIONED_BUSY_ARM64,
	BILL_TMP,
	BILL_SNAPSHOT_CACHE,
	BILL_SNAPSHOT_RESTORE,
	BILL_SNAPSHOT_WRITE,
	BILL_REQUESTS,
	BILL_TRANSITIONS,
	BILL_EXPRESS,
	BILL_EXPRESS_TIME,
	BILL_DURABLE,
	BILL_PUTS,
	BILL_GETS,
	BILL_PUT_BYTES,
	BILL_GET_BYTES,
	BILL_MACHINE,
	BILL_SAVINGS,
	BILL_LOGS,
	BILL_NAT_HOURS,
	BILL_NAT_BYTES,
	BILL_EGRESS,
	BILL_HTTP_REQUESTS,
	BILL_REST_REQUESTS,
	BILL_FILES_KEPT,
	BILL_FILES_READ,
	BILL_FILES_WRITTEN,
	BILL_REGISTRY,
	BILL_KEPT,
	BILL_STREAMED,
	BILL_QUEUE_REQUESTS,
	BILL_FIFO_REQUESTS,
	BILL_POLLERS,
	BILL_PUBLISHES,
	BILL_SCHEDULES,
	BILL_SHARDS,
	BILL_STREAM_PUTS,
	BILL_ITEMS,
};

struct bill_line {
	double quantity;
	double usd;
};

struct bill {
	struct bill_line lines[BILL_ITEMS];
	double total_usd;
};

/* A line of the bill: so much of a usage, in its unit, at a price. */
struct bill_row {
	const char *name; /* "compute", "requests", ... */
	const char *unit; /* "GB-s", "requests", ... */
	enum bill_group group;
	size_t usage_offset;    /* of the member of struct usage ... */
	double usage_per_unit;  /* ... which counts so many to the unit */
	size_t price_offset;    /* of the price in struct platform_price ... */
	double units_per_price; /* ... which is for so many units */
	bool is_only_if_priced; /* what costs nothing wherever it is used is no line of the bill */
	bool is_discounted;     /* by a savings plan */
	bool is_always_there;   /* a month's bill has it for the whole month, whatever the runs */
	const char *beside;     /* what it is called where an experiment could switch it on and has not; else NULL */
	const char *price_key;  /* "usd_per_log_gb", of the price */
	/* 1 + offsets of members of struct platform_price; 0: there is none. */
	size_t free_plus_one;  /* double: units of a month that are free */
	size_t above_plus_one; /* struct bind_doubles: a month's units above which there is another price ... */
	size_t ratio_plus_one; /* ... over the first */
};
extern const struct bill_row bill_rows[BILL_ITEMS];

/* USD of the lines whose group's bit (1 << group) is set; and of each group's lines. */
double bill_usd_of(const struct bill *bill, unsigned groups);
void bill_usd_by_group(const struct bill *bill, double usd[BILL_GROUPS]);

void usage_add(struct usage *total, const struct usage *part);

/* MB that a duration is billed for: those given, or those used where the platform samples them. */
int64_t price_billed_mb(const struct platform_price *price, int64_t memory_mb, double used_mb);

/* duration_ns and init_ns (0 where price_bills_init says no), rounded up to the granularity. */
int64_t price_billed_ns(const struct platform_price *price, int64_t duration_ns, int64_t init_ns);

/* Whether the init phase counts: always, or for container images only. */
bool price_bills_init(const struct platform_price *price, bool is_image);

/* The time that what is provisioned for elapsed_ns is paid for. */
int64_t price_provisioned_ns(const struct platform_price *price, int64_t elapsed_ns);

/* Of a snapshot that is kept so long, what is paid for. */
int64_t price_cached_ns(const struct platform_price *price, int64_t elapsed_ns);

/* Requests that an asynchronous call with a payload of so many bytes is paid as. */
int64_t price_async_requests(const struct platform_price *price, int64_t payload_bytes);

/* So many parts of so many kB each hold these bytes; 0 kB: one does. */
int64_t price_parts(int64_t bytes, double part_kb);

/* Requests that an HTTP API meters one of so many bytes as. */
int64_t price_http_requests(const struct platform_price *price, int64_t bytes);

/* An express workflow's execution that took so long, with so many bytes of data in its parallel steps and maps. */
void price_express(const struct platform_price *price, int64_t duration_ns, int64_t data_bytes, struct usage *usage);

void price_bill(const struct platform_price *price, const struct usage *usage, struct bill *bill);

/* The price of a line's unit in struct platform_price. */
double price_of_row(const struct platform_price *price, const struct bill_row *row);

/*
 * A month with `runs` times this usage: tiers apply to the sum, and what is free each month is taken off where that is
 * asked for.
 */
void price_bill_month(const struct platform_price *price, const struct usage *usage, double runs, bool with_free_tier,
		      struct bill *bill);

#endif
