/*
 * An experiment's `source:`: what starts its first function. How such sources behave, and what they cost, is the
 * platform's; here stands what a user sets on one.
 */
#ifndef LAMINA_SOURCE_SECTION_H
#define LAMINA_SOURCE_SECTION_H /* private to scenario */

#include "doc/bind.h"
#include "serving/setting.h"

struct source_section {
	const struct yaml_node *node; /* of `source`; NULL: there is none */
	int kind;                     /* enum source_kind */
	double message_kb;
	/* sqs, kinesis, dynamodb */
	int64_t batch_size; /* 0: what the provider takes */
	double window_seconds;
	double message_error_rate;
	bool partial_failures;
	int64_t receives_max;
	/* sqs */
	double visibility_seconds; /* 0: six times the function's time-out */
	int64_t fifo_groups;       /* 0: it is none that keeps its order */
	int64_t concurrency_max;   /* 0: the platform's */
	int64_t send_batch;
	int64_t pollers_min; /* provisioned; 0: they are not */
	int64_t pollers_max;
	double retention_seconds; /* 0: the platform's */
	/* kinesis, dynamodb */
	int64_t shards;
	int64_t parallelization;
	/* async, sns, s3, schedule */
	int64_t retries; /* -1: the platform's */
	double age_seconds;
	/* http_api, rest_api, function_url */
	double timeout_seconds;
	double answer_kb;
	bool streamed;
};
extern const struct bind_schema source_section_schema;

/* Whether sources of this kind wait for batches; call asynchronously; are gateways. */
bool source_kind_is_polled(int kind);
bool source_kind_is_pushed(int kind);
bool source_kind_is_gateway(int kind);

struct experiment;

/*
 * Fills out->source, and what follows from it of the rest, before functions are resolved. False when errors were added
 * to the diag.
 */
bool source_section_resolve(const struct experiment *experiment, struct diag *diag, struct setting *out);

/* What the first function waits for while its answer is streamed, behind its own work. */
void source_section_stream(const struct setting *setting, bool is_first, struct work *work);

/* What needs the functions: a queue's visibility against their time-outs. */
bool source_section_check_functions(const struct experiment *experiment, struct diag *diag, struct setting *out);

#endif
