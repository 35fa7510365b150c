/*
 * Lambda logs in every spelling that people have them in, recognised by their content: text REPORT lines, with any
 * prefix; JSON platform.report events, one a line or in one document, bare or wrapped by `aws logs
 * filter-log-events`, subscriptions and exports; CloudWatch Logs Insights results as CSV and as JSON; performance
 * events of Lambda Insights; results of AWS Lambda Power Tuning and the addresses of its charts. Any of them may be
 * gzip-compressed. Text, lines of JSON and CSV are read as a stream of any length; a JSON document is held in memory
 * and bounded.
 *
 * Rows that cannot be used are warnings at their line, and reading goes on.
 */
#ifndef LAMINA_REPORT_LOG_H
#define LAMINA_REPORT_LOG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "calibrate/report_row.h"

enum {
	REPORT_LINE_BYTES_MAX = 1024 * 1024,
	REPORT_DOCUMENT_BYTES_MAX = 64 * 1024 * 1024,
	REPORT_NEST_MAX = 8, /* messages in events in lists in ... */
};

struct report_sink {
	void (*row)(void *context, const struct report_row *row);
	void *context;
};

struct report_counts {
	int64_t rows;    /* handed out */
	int64_t skipped; /* reports that could not be used */
};

/*
 * Hands every usable row of path ("-" is standard input) to the sink. False, with the diag saying why, where the file
 * cannot be read (*io_failed), is a document that cannot be parsed, or has no report in it. path must outlive the diag.
 */
bool report_log_read(const char *path, const struct report_sink *sink, struct diag *diag, struct report_counts *counts,
		     bool *io_failed);

#endif
