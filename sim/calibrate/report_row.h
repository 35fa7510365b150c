/*
 * One invocation as AWS Lambda reports it, whatever the log's spelling, and what its numbers tell about how it was
 * billed. 1 MB is 1024 kB, as Lambda counts memory.
 *
 * Sources: AWS Lambda developer guide, "REPORT" lines and Telemetry API schema reference (platform.report); AWS Compute
 * Blog, "AWS Lambda standardizes billing for INIT Phase" (billed since 1 August 2025); 100 ms steps until
 * 1 December 2020, 1 ms since. An init that fails or lasts more than 10 s is done again within the first invocation
 * (developer guide, "Understanding the Lambda execution environment lifecycle").
 */
#ifndef LAMINA_REPORT_ROW_H
#define LAMINA_REPORT_ROW_H /* private to calibrate */

#include <stdbool.h>
#include <stdint.h>

/*
 * How an invocation ended. Where several things are said of one, the later of this list counts: it says more of the
 * cause.
 */
enum report_status {
	REPORT_OK,
	REPORT_HOLDS_INIT, /* it completed, but initialised once more in a time that the log does not tell */
	REPORT_ERROR,      /* and no more is said */
	REPORT_UNHANDLED,
	REPORT_INIT_FAILED,
	REPORT_EXITED,
	REPORT_OUT_OF_MEMORY,
	REPORT_TIMEOUT,
	REPORT_STATUSES,
};
extern const char *const report_status_names[REPORT_STATUSES];

/* What Lambda's words of a status ("success", "timeout", ...) and of an error's type mean; either may be NULL. */
enum report_status report_status_of(const char *status, const char *error_type);

/* REPORT_OK and REPORT_HOLDS_INIT are no failures. */
bool report_status_is_failure(enum report_status status);

/* Rows that fit two rules tell nothing and are of an unknown era. */
enum billing_era {
	BILLING_UNKNOWN,
	BILLING_100_MS,
	BILLING_1_MS,        /* a warm row: whether init is billed does not show */
	BILLING_INIT_FREE,   /* 1 ms, and the row's init was not billed */
	BILLING_INIT_BILLED, /* 1 ms, and the row's init was billed */
	BILLING_ERAS,
};
extern const char *const billing_era_names[BILLING_ERAS];

struct report_row {
	const char *function; /* as the log names it; "" where it does not. Valid as long as the row is handed out */
	const char *sandbox;  /* its log stream; "" where the log does not name it. Valid likewise */
	int line;             /* of the file; 0 where the file has none */
	int64_t memory_mb;
	double duration_ms;
	/* NaN where the log does not say. */
	double billed_ms;
	double init_ms; /* of a cold start */
	double restore_ms;
	double billed_restore_ms;
	double max_memory_mb;
	double cpu_ms; /* of user and system, all threads */
	double received_bytes;
	double sent_bytes;
	double images; /* of the request */
	enum report_status status;
	bool is_average;       /* of many invocations, whose number is not known */
	bool is_init_in_call;  /* init was a part of the invocation, after one that was broken off; billed with it */
	double broken_init_ms; /* of a first init that was broken off before this invocation */
};

/* Nothing known yet. */
void report_row_init(struct report_row *row);

/*
 * NULL where memory and duration are there and every number is possible, else what is wrong, as a clause
 * ("it has no 'Memory Size'").
 */
const char *report_row_check(const struct report_row *row);

/* Peak memory at the size bought: the true peak may have been larger (page cache, or about to be killed). */
bool report_row_is_at_ceiling(const struct report_row *row);

bool report_row_is_cold(const struct report_row *row);

enum billing_era report_row_era(const struct report_row *row);

#endif
