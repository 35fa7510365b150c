/*
 * Traces of requests as CSV, .gz or not, told apart by their columns:
 *   plain                 arrival_seconds[,function][,images][,duration_seconds], ascending
 *   Azure Functions 2021  app,func,end_timestamp,duration (seconds); arrival = end - duration; first arrival at 0
 *   Azure Functions 2019  HashOwner,HashApp,HashFunction,Trigger,1,...,1440: requests in each minute of a day
 * (github.com/Azure/AzurePublicDataset describes the latter two). Where there are functions, one can be chosen; else
 * the requests of all are one stream.
 */
#ifndef LAMINA_TRACE_FILE_H
#define LAMINA_TRACE_FILE_H /* private to scenario */

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "serving/arrivals.h"

enum { TRACE_REQUESTS_MAX = 20000000, TRACE_SIZES_MAX = 4096, TRACE_MINUTES = 1440 };

/* function may be "". Everything in the arena. False when errors were added to the diag; place is the trace's name. */
bool trace_read(const char *path, const char *function, struct diag_place place, struct arena *arena, struct diag *diag,
		struct trace *out);

#endif
