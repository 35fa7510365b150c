/*
 * The columns that a sample is kept in, made from the tables of metrics, phases and causes: a new metric is a new
 * column. Names are lower case with units last.
 */
#ifndef LAMINA_COLUMNS_H
#define LAMINA_COLUMNS_H /* private to results */

#include "experiment/sample.h"

enum {
	RUN_COLUMNS = METRICS + 2,
	FUNCTION_COLUMNS = FUNCTION_METRICS + FAILURES + WORK_PHASES + 2 * CAUSES,
	COLUMN_NAME_BYTES = 64,
};

/* Of a whole replication. Returns out. */
const char *run_column_name(int column, char out[COLUMN_NAME_BYTES]);
double *run_column(struct sample *sample, int column);

/* Of one function in it. */
const char *function_column_name(int column, char out[COLUMN_NAME_BYTES]);
double *function_column(struct function_sample *sample, int column);

/* "complete", "event_budget", ...: how a replication ended. */
extern const char *const outcome_end_names[];
enum { OUTCOME_ENDS = OUTCOME_INTERRUPTED + 1 };

/* -1 for a word that is none. */
int outcome_end_find(const char *name);

#endif
