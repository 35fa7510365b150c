#include "platform/event_source.h"

#include "platform/keys.h"

static const struct bind_field queue_fields[] = {
	QUANTILES(struct platform_queue, seconds, "from a message's coming to its call, where a poller is free"),
	INTEGER(struct platform_queue, calls, 1, 1000000, "batches in work at once, to begin with"),
	NUMBER(struct platform_queue, calls_per_minute, 1e-3, 1e9, "how many more, while messages wait"),
	INTEGER(struct platform_queue, calls_max, 1, 10000000, "and the most"),
	INTEGER(struct platform_queue, poller_calls, 1, 1000000,
		"batches that a provisioned poller has in work at once"),
	INTEGER(struct platform_queue, pollers_min, 1, 1000000, "the fewest that are provisioned"),
	INTEGER(struct platform_queue, pollers_min_max, 1, 1000000, "as many of which may be asked for"),
	INTEGER(struct platform_queue, pollers_usual, 1, 1000000, "the most, by default"),
	INTEGER(struct platform_queue, pollers_max, 1, 1000000, "and at all"),
	NUMBER(struct platform_queue, provisioned_calls_per_minute, 1e-3, 1e9, "how many batches more they take"),
	INTEGER(struct platform_queue, batch_size, 1, 1000000, "messages of one call, by default"),
	INTEGER(struct platform_queue, batch_max, 1, 1000000, "and the most"),
	INTEGER(struct platform_queue, windowless_batch_max, 1, 1000000, "the same where no window gathers them"),
	NUMBER(struct platform_queue, window_max_seconds, 0, 1e6, "the longest window"),
	NUMBER(struct platform_queue, poll_seconds, 1e-3, 1e6, "how long an idle poller's request waits for messages"),
	INTEGER(struct platform_queue, receive_messages, 1, 1000000, "messages that one request brings or deletes"),
	NUMBER(struct platform_queue, message_kb, 1e-3, 1e9, "largest message, kB of 1024 bytes"),
	NUMBER(struct platform_queue, retention_seconds, 1, 1e9, "age at which a message is gone"),
	NUMBER(struct platform_queue, visibility_timeouts, 1, 1000,
	       "time-outs of a function that its messages are hidden for, by default"),
	NUMBER(struct platform_queue, visibility_seconds, 1e-3, 1e6, "but for no less than this, by default"),
	BIND_END,
};

const struct bind_schema platform_queue_schema = {
	.title = "queue", .bytes = sizeof(struct platform_queue), .fields = queue_fields};

static const struct bind_field stream_fields[] = {
	NUMBER(struct platform_stream, poll_seconds, 1e-6, 1e6, "between two looks at a shard"),
	INTEGER(struct platform_stream, batch_size, 1, 1000000, "records of one call, by default"),
	INTEGER(struct platform_stream, batch_max, 1, 1000000, "and the most"),
	NUMBER(struct platform_stream, window_max_seconds, 0, 1e6, "the longest window"),
	INTEGER(struct platform_stream, shard_calls_max, 1, 1000000, "batches of one shard in work at once"),
	MAYBE_NUMBER(struct platform_stream, shard_mb_per_second, "0", 0, 1e6,
		     "that a shard takes, 10^6 bytes; 0: no bound is known"),
	MAYBE_NUMBER(struct platform_stream, shard_records_per_second, "0", 0, 1e9, "and records"),
	NUMBER(struct platform_stream, retention_seconds, 1, 1e9, "age at which a record is gone"),
	BIND_END,
};

const struct bind_schema platform_stream_schema = {
	.title = "stream", .bytes = sizeof(struct platform_stream), .fields = stream_fields};

static const struct bind_field push_fields[] = {
	QUANTILES(struct platform_push, seconds, "from the event to the call"),
	BIND_END,
};

const struct bind_schema platform_push_schema = {
	.title = "a source", .bytes = sizeof(struct platform_push), .fields = push_fields};

static const struct bind_field gateway_fields[] = {
	MAYBE_NUMBER(struct platform_gateway, timeout_seconds, "0", 0, 1e6,
		     "how long it waits for a function; 0: as long as that may take"),
	NUMBER(struct platform_gateway, payload_mb, 1e-6, 1e6, "largest request or answer, 10^6 bytes"),
	MAYBE_NUMBER(struct platform_gateway, streamed_mb, "0", 0, 1e6, "largest answer that is streamed; 0: none is"),
	MAYBE_NUMBER(struct platform_gateway, streamed_at_once_mb, "0", 0, 1e6,
		     "of it, what is sent as fast as it comes, 10^6 bytes"),
	MAYBE_NUMBER(struct platform_gateway, streamed_mb_per_second, "0", 0, 1e6,
		     "and how fast the rest is; 0: no bound is known"),
	BIND_END,
};

const struct bind_schema platform_gateway_schema = {
	.title = "a gateway", .bytes = sizeof(struct platform_gateway), .fields = gateway_fields};

#define SOURCE(member, of, text) \
	BIND_FIELD(struct platform_sources, member, BIND_STRUCT, .schema = &platform_##of##_schema, .help = text)

static const struct bind_field sources_fields[] = {
	SOURCE(queue, queue, "a queue that is polled (SQS)"),
	SOURCE(stream, stream, "a stream whose shards are polled (Kinesis, DynamoDB)"),
	SOURCE(topic, push, "a topic that calls (SNS)"),
	SOURCE(schedule, push, "a scheduler that calls (EventBridge)"),
	SOURCE(http_api, gateway, "a gateway in front (HTTP API)"),
	SOURCE(rest_api, gateway, "a gateway in front (REST API)"),
	SOURCE(function_url, gateway, "a function's own address"),
	BIND_END,
};

const struct bind_schema platform_sources_schema = {
	.title = "sources", .bytes = sizeof(struct platform_sources), .fields = sources_fields};
