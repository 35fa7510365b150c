/*
 * What log streams say around their reports: which request began last, that one crashed, raised an error or ran out of
 * time, and how initialising went. It comes before the report or behind it, and lines of other requests and streams may
 * stand between, so that reports wait until others have come.
 *
 * A line is of the stream that its prefix names; lines without one are taken for one stream. What a logger writes of
 * an error that was handled is no failure: only words that the runtimes themselves write count, and a report that says
 * of its request that it was a success is believed.
 *
 * Sources: AWS Lambda developer guide: "Understanding the Lambda execution environment lifecycle", function errors in
 * Python, Node.js, Java, Go, Ruby and C#, Telemetry API schema reference.
 */
#ifndef LAMINA_REPORT_STREAM_H
#define LAMINA_REPORT_STREAM_H /* private to calibrate */

#include "calibrate/report_text.h"

enum {
	REPORT_STREAM_BYTES = 96,
	REPORT_STREAMS_MAX = 64, /* at once; the one that was silent longest is forgotten */
	REPORT_NOTED_MAX = 64,
	REPORT_PENDING_MAX = 64,
	REPORT_FUNCTION_BYTES = 640, /* more than "ACCOUNT:LOG_GROUP", of at most 512, has */
};

/* One sandbox's log, since its last report. */
struct report_stream {
	char name[REPORT_STREAM_BYTES];
	int64_t last_used;
	char request_id[REPORT_REQUEST_BYTES]; /* of the last START; "" behind its report */
	enum report_status status;             /* of the next report, where the request is not named */
	bool may_be_python;                    /* the line before looks like an error, if a traceback follows */
	double broken_init_ms;                 /* NaN for none */
	double init_in_call_ms;
	bool is_init_failed; /* that within the call */
};

struct noted_status {
	char request_id[REPORT_REQUEST_BYTES];
	enum report_status status;
};

struct pending_report {
	struct report_row row;
	char request_id[REPORT_REQUEST_BYTES];
	char function[REPORT_FUNCTION_BYTES];
	char sandbox[REPORT_STREAM_BYTES];
	bool is_success; /* the report says so itself */
};

struct report_streams {
	struct report_stream streams[REPORT_STREAMS_MAX];
	int64_t clock;
	/* Requests of which something was said and whose report is still to come; the oldest is forgotten. */
	struct noted_status noted[REPORT_NOTED_MAX];
	unsigned int noted_count;
	/* The last reports wait, oldest first from pending_first on. */
	struct pending_report pending[REPORT_PENDING_MAX];
	unsigned int pending_first;
	unsigned int pending_count;
};

/* The stream that a line's prefix names into out, or false. */
bool report_stream_name(const char *line, char out[REPORT_STREAM_BYTES]);

/* A line of text of the named stream that is no report. */
void report_streams_line(struct report_streams *streams, const char *stream, const char *line);

/* The same as events: a request begins, initialising was reported, and a request ended so. */
void report_streams_start(struct report_streams *streams, const char *stream, const char *request_id);
void report_streams_init(struct report_streams *streams, const char *stream, const struct report_init *init);
/* request_id may be NULL or "": then it is that of the stream which began last, or the next. */
void report_streams_status(struct report_streams *streams, const char *stream, const char *request_id,
			   enum report_status status);

/*
 * A report waits, with all that was said of its request. Whenever there is no room for another, take the oldest before;
 * it is valid until the next call.
 */
bool report_streams_is_full(const struct report_streams *streams);
void report_streams_wait(struct report_streams *streams, const char *stream, const char *request_id,
			 const struct report_row *row, bool is_success);
/* NULL where none waits. */
const struct report_row *report_streams_oldest(struct report_streams *streams);

#endif
