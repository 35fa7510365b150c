/*
 * The REPORT line of a Lambda text log, with whatever a tool has put before it and whatever tail it has: fields are
 * separated by tabs or blanks, in any order.
 */
#ifndef LAMINA_REPORT_TEXT_H
#define LAMINA_REPORT_TEXT_H

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

#endif
