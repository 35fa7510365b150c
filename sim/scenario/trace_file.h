/*
 * Traces of requests as CSV, .gz or not, told apart by their columns:
 *   plain                 arrival_seconds[,function][,images][,duration_seconds], ascending
 *   Azure Functions 2021  app,func,end_timestamp,duration (seconds); arrival = end - duration; first arrival at 0
 *   Azure Functions 2019  HashOwner,HashApp,HashFunction,Trigger,1,...,1440: requests in each minute of a day
 * (github.com/Azure/AzurePublicDataset describes the latter two). A plain one may have further columns. Where there are
 * functions, one can be chosen; else the requests of all are one stream.
 */
#ifndef LAMINA_TRACE_FILE_H
#define LAMINA_TRACE_FILE_H /* private to scenario */

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "serving/arrivals.h"

enum {
	TRACE_REQUESTS_MAX = 20000000,
	TRACE_SIZES_MAX = 4096,
	TRACE_MINUTES = 1440,
	TRACE_COLUMNS_MAX = 8,
	TRACE_TEXTS_MAX = 4096,
};

struct trace_request {
	const char *path;
	const char *function;                   /* whose requests; "": all */
	const char *columns[TRACE_COLUMNS_MAX]; /* further ones that are wanted, by name */
	size_t column_count;
	struct diag_place place; /* of the trace's name */
};

/* Everything in the arena. False when errors were added to the diag. */
bool trace_read(const struct trace_request *request, struct arena *arena, struct diag *diag, struct trace *out);

#endif
