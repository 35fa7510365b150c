/*
 * The REPORT line of a Lambda text log, with whatever a tool has put before it and whatever tail it has: fields are
 * separated by tabs or blanks, in any order.
 */
#ifndef LAMINA_REPORT_TEXT_H
#define LAMINA_REPORT_TEXT_H /* private to calibrate */

#include <stddef.h>

#include "calibrate/report_row.h"

enum { REPORT_REQUEST_BYTES = 64 };

enum report_text {
	REPORT_TEXT_NONE, /* the line is no report */
	REPORT_TEXT_ROW,
	REPORT_TEXT_BROKEN, /* a report, but not one that can be used */
};

/*
 * Reads line into *row (which the caller has initialised; function and line are left alone) and its request's id into
 * request_id ("" where it is missing or longer). *problem gets a clause where the report is broken.
 */
enum report_text report_text_read(const char *line, struct report_row *row, char request_id[REPORT_REQUEST_BYTES],
				  const char **problem);

/* An INIT_REPORT line: how initialising went before a request, or within it. */
struct report_init {
	double duration_ms; /* NaN where it is not told */
	enum report_status status;
	bool is_in_call; /* phase invoke */
};

/* False where the line is none. */
bool report_text_init_read(const char *line, struct report_init *out);

/* The next word of *p, which ends at a blank, a quote or a tag, into out; false where there is none that fits. */
bool report_text_word(const char **p, char *out, size_t bytes);

#endif
