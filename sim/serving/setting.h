/*
 * A setting: one fully resolved point of an experiment, the whole input of simulate(). It holds no names to look up,
 * no files and no YAML; the scenario layer makes it, or a test by hand.
 *
 * Who may call it: everybody who has one; a simulation and the planner only read it.
 */
#ifndef LAMINA_SETTING_H
#define LAMINA_SETTING_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "platform/platform.h"
#include "serving/arrivals.h"
#include "serving/step_graph.h"
#include "serving/work.h"

enum {
	SETTING_FUNCTIONS_MAX = 64,
	SETTING_RECORDS_MAX = 10000000, /* that wait at once; arrivals over time have no such bound */
};

/* How records meet functions. */
enum schedule {
	SCHEDULE_PER_RECORD, /* `parallel` jobs; a job carries one record through all functions, then takes the next */
	SCHEDULE_PIPELINED, /* `parallel` places per function; a record moves on as soon as the next function has one */
};
extern const char *const schedule_names[]; /* "per_record", "pipelined", NULL */

struct setting_function {
	const char *name;
	const char *resource;             /* in the files that deploy it; NULL or "": as the name has it */
	const char *provisioned_resource; /* on which its provisioned concurrency stands; NULL or "": nobody says */
	const char *deployed_name;        /* in the account; NULL or "": the name */
	int64_t memory_mb;
	int64_t timeout_ns;
	int64_t tmp_mb;                 /* of /tmp */
	int64_t reserved_concurrency;   /* 0: shares the account's */
	struct sandbox_spec sandbox;    /* its memory is memory_mb above */
	size_t guest_of_plus_one;       /* 1 + the function on whose instances it runs; 0: on its own */
	int64_t device_batch_max;       /* requests that have one turn on the device together; 0 and 1: one */
	int64_t device_window_ns;       /* that the first of them waits for others */
	struct work work;               /* of a full record */
	struct work last_work;          /* of the last record, which may hold fewer images */
	const struct work *sized_works; /* of a request of trace->sizes[i] images, or of i + 1 messages; or NULL */
};

/* A caller that waits for the answer, or a queue that calls until it has one. */
enum invocation_type { INVOCATION_SYNC, INVOCATION_ASYNC };
extern const char *const invocation_type_names[]; /* "sync", "async", NULL */

struct setting;

/* Who passes a record on from function to function. */
enum orchestrator {
	ORCHESTRATOR_DRIVER,       /* the caller itself */
	ORCHESTRATOR_STORE_EVENTS, /* each result, written to the store, triggers the next function */
	ORCHESTRATOR_WORKFLOW,     /* the platform's workflow service */
};
extern const char *const orchestrator_names[]; /* "driver", "store_events", "workflow", NULL */

/* How a workflow goes through many records: in itself, or with an execution of its own for each. */
enum map_kind { MAP_INLINE, MAP_OF_STANDARD_CHILDREN, MAP_OF_EXPRESS_CHILDREN };

/* What starts the first function. */
enum source_kind {
	SOURCE_DIRECT, /* the pipeline's driver or orchestrator */
	SOURCE_ASYNC,  /* a caller that does not wait */
	SOURCE_QUEUE,
	SOURCE_STREAM,       /* whose records are paid for by the put and shards by the hour */
	SOURCE_TABLE_STREAM, /* which comes with a table */
	SOURCE_TOPIC,
	SOURCE_STORE, /* one event for each object */
	SOURCE_SCHEDULE,
	SOURCE_HTTP_API,
	SOURCE_REST_API,
	SOURCE_FUNCTION_URL,
	SOURCES,
};
extern const char *const source_names[]; /* "direct", "async", "sqs", ..., NULL */

/* How; all 0: the driver does, as the pipeline says. */
struct setting_source {
	int kind;                        /* enum source_kind */
	const struct quantiles *seconds; /* from an event to its call; NULL: no time */
	int64_t message_bytes;           /* of a message, request or event */
	/* Polled: messages wait in lanes and are taken in batches. */
	int64_t lanes;    /* 1: a queue; else a stream's shards, by batches of each in work at once */
	bool keeps_order; /* a lane has one batch in work, and takes it again where it failed */
	bool is_fifo;     /* a queue whose lanes are its message groups */
	int64_t shards;   /* of a stream */
	int64_t batch_max;
	int64_t window_ns;
	int64_t calls;             /* batches of a queue in work at once, to begin with; ... */
	int64_t call_growth_ns;    /* ... one more after each of these while messages wait, ... */
	int64_t calls_max;         /* ... to so many */
	int64_t poller_calls;      /* of a provisioned poller; 0: none is paid for */
	int64_t poll_ns;           /* an idle poller's request, or between two looks at a shard */
	int64_t receive_messages;  /* of a request; 0: a stream's cost nothing */
	int64_t sends_together;    /* messages of a request that sends */
	int64_t visibility_ns;     /* a batch that failed comes back after this */
	int64_t receives_max;      /* then a message is a dead letter; 0: when it is too old */
	int64_t retention_ns;      /* when it is */
	double message_error_rate; /* share of messages that a function fails on, each time */
	bool has_partial_failures; /* only these fail, not their batch */
	bool is_handed_over;       /* an execution is started and not waited for: its messages are gone then */
	/* Pushed, and called asynchronously. */
	int64_t async_retries_plus_one; /* 0: the platform's */
	int64_t async_age_ns;           /* 0: the platform's */
	/* A gateway. */
	int64_t timeout_ns; /* 0: none */
	int64_t answer_bytes;
	bool is_streamed;
	int64_t streamed_ns; /* that its function is held by what is not sent at once */
};

/* Whether messages wait to be polled. */
bool setting_is_polled(const struct setting *setting);

/* What goes wrong by itself, on top of timeouts, memory and limits. */
struct failures {
	double error_rate;         /* share of visits whose handler ends in an error */
	double crashes_per_hour;   /* of a busy sandbox */
	double straggler_rate;     /* share of visits that are slow ... */
	double straggler_slowdown; /* ... by this factor on CPU time */
};

/* What stands on the bill beside functions and store; all 0: nothing does. */
struct setting_beside {
	bool is_on[BILL_ITEMS];  /* of the items that can be switched on */
	int64_t log_bytes;       /* of a call */
	int64_t nat_gateways;    /* that stand */
	int64_t nat_bytes;       /* of a call, there and back, ... */
	bool nat_carries_store;  /* ... beside what it reads from the store and writes to it */
	int64_t egress_bytes;    /* of a record that has a result */
	double api_requests;     /* to a gateway in front, of a record */
	int64_t api_bytes;       /* of one */
	bool is_rest_api;        /* else an HTTP API's, metered by their bytes */
	int64_t file_bytes;      /* kept on a file system */
	int64_t file_read_bytes; /* of a call */
	int64_t file_written_bytes;
	int64_t registry_bytes; /* of container images */
	double kept_months;     /* that what is put into the store stays */
};

struct setting {
	const struct platform *platform;
	struct setting_function *functions;
	size_t function_count;
	const struct graph *graph; /* in which they are called; NULL: one after the other */
	int64_t images;
	int64_t images_per_record;
	int64_t records; /* div_ceil(images, images_per_record); the most that come where they come over time */
	struct arrival_process arrivals; /* its `requests` is not used: records tells */
	int schedule;                    /* enum schedule */
	int64_t parallel;
	int64_t warm_sandboxes; /* of every function, idle and initialised at the start */
	int64_t dispatch_ns;    /* the driver starts one call per this time */
	int64_t answer_ns;      /* ... and is as long with one answer, whenever it has no call to start */
	int64_t pause_ns;       /* a job rests between two records */
	int64_t client_ns;      /* from a driver that waits for answers to the platform, and the same back */
	int invocation;         /* enum invocation_type */
	int64_t retries;        /* of failed visits, by a caller that waits */
	int orchestrator;       /* enum orchestrator */
	int map;                /* enum map_kind, of a workflow */
	struct failures failures;
	struct setting_beside beside;
	struct setting_source source;
	bool has_hosts;             /* sandboxes share the network cards of the platform's hosts */
	double framework_memory_mb; /* of peak memory, what language and framework take */
	double runs_per_month;      /* for a month's bill; 0: none is asked for */
	bool has_free_tier;         /* what is free each month is taken off it */
	uint64_t event_budget;
	int64_t horizon_ns;
	int64_t in_flight_max; /* records that have come over time and are not done; 0: any number */
};

/* Memory that its sandboxes may use, MB: what is bought, or as far as they may burst. */
double setting_room_mb(const struct setting_function *function);

/* The function on whose instances that of this index runs: itself, or the one that it is a guest of. */
size_t setting_home(const struct setting *setting, size_t function);

/* Memory that requests on an instance of a function at home have in common, its guests' among them, MB. */
double setting_shared_mb(const struct setting *setting, size_t home);

/* Gives guests the memory and the sandboxes of the functions that they are guests of; none is kept for them alone. */
void setting_seat_guests(struct setting *setting);

/* Requests of the function that have one turn on the device together, at most. */
int64_t setting_device_batch(const struct setting_function *function);

/* The places of the account that no function has reserved. */
int64_t setting_unreserved(const struct setting *setting);

/* What the orchestrator takes before it calls the function of this index; NULL: no time. */
const struct quantiles *setting_hop(const struct setting *setting, size_t function);

/* The most records that the orchestrator has in work at once: a workflow's inline map is bounded. */
int64_t setting_parallel_max(const struct setting *setting);

/* Whether the platform tells the price of a line, or tells that nobody does. */
bool bill_row_is_known(const struct bill_row *row, const struct platform *platform);

enum { SETTING_LEFT_OUT_MAX = 64 };

/* What a real bill has and this setting's has not: items that are not switched on, and what the platform lists. */
size_t setting_left_out(const struct setting *setting, const char *names[SETTING_LEFT_OUT_MAX]);

/* A copy with functions of its own, for what is to differ in them. */
struct setting *setting_copy(const struct setting *setting, struct arena *arena);

/* Whether a request may share what it runs on, or its bill, with others; else each has a sandbox to itself. */
bool setting_has_instances(const struct setting *setting);

#endif
