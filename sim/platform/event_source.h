/*
 * What starts functions: queues and streams that are polled, topics, schedules and gateways that call. How each
 * behaves; what it costs is in price.h, the store's own events are in store.h.
 *
 * Source: AWS Lambda developer guide (event source mappings, SQS and Kinesis; asynchronous invocation; function URLs),
 * API Gateway quotas. A queue's pollers grow while messages wait; when they become fewer again nobody has published.
 */
#ifndef LAMINA_EVENT_SOURCE_H
#define LAMINA_EVENT_SOURCE_H /* private to platform */

#include <stdint.h>

#include "doc/bind.h"
#include "platform/quantiles.h"

struct platform_queue {
	struct quantiles seconds; /* from a message's coming to its call, where a poller is free */
	int64_t calls;            /* batches in work at once, to begin with, ... */
	double calls_per_minute;  /* ... more of them while messages wait, ... */
	int64_t calls_max;        /* ... to so many; 0: the platform has no such queue */
	int64_t poller_calls;     /* of a provisioned poller */
	int64_t pollers_min;      /* provisioned */
	int64_t pollers_min_max;  /* the most that may be the fewest */
	int64_t pollers_usual;    /* the most, where nobody says otherwise, */
	int64_t pollers_max;      /* ... and at all */
	double provisioned_calls_per_minute;
	int64_t batch_max;
	int64_t windowless_batch_max; /* without a window */
	double window_max_seconds;
	double poll_seconds;        /* that a poller waits for a message */
	int64_t receive_messages;   /* that one request brings or deletes */
	double retention_seconds;   /* a message that is older is gone */
	double message_kb;          /* the largest, kB of 1024 bytes */
	int64_t batch_size;         /* messages of one call, where nobody says otherwise */
	double visibility_timeouts; /* so many time-outs of the function are advised to hide a message for */
	double visibility_seconds;  /* what a queue hides a message for, unless told otherwise */
};
extern const struct bind_schema platform_queue_schema;

struct platform_stream {
	double poll_seconds; /* between two looks at a shard; 0: the platform has no such stream */
	int64_t batch_max;
	double window_max_seconds;
	int64_t batch_size;         /* where nobody says otherwise */
	int64_t shard_calls_max;    /* batches of one shard in work at once */
	double shard_mb_per_second; /* that one shard takes, 10^6 bytes; 0: no bound is known */
	double shard_records_per_second;
	double retention_seconds;
};
extern const struct bind_schema platform_stream_schema;

/* What calls functions asynchronously. */
struct platform_push {
	struct quantiles seconds; /* from the event to the call */
};
extern const struct bind_schema platform_push_schema;

/* What stands in front of functions and waits for them. */
struct platform_gateway {
	double timeout_seconds;        /* 0: the function's own */
	double payload_mb;             /* of a request or an answer, 10^6 bytes; 0: the platform has no such gateway */
	double streamed_mb;            /* of an answer that is streamed; 0: none is */
	double streamed_at_once_mb;    /* of it, as fast as may be; ... */
	double streamed_mb_per_second; /* ... the rest at this rate; 0: no bound is known */
};
extern const struct bind_schema platform_gateway_schema;

struct platform_sources {
	struct platform_queue queue;
	struct platform_stream stream;
	struct platform_push topic;
	struct platform_push schedule;
	struct platform_gateway http_api;
	struct platform_gateway rest_api;
	struct platform_gateway function_url;
};
extern const struct bind_schema platform_sources_schema;

#endif
