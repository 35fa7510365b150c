#include "results/columns.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

const char *const outcome_end_names[] = {
	[OUTCOME_COMPLETE] = "complete",   [OUTCOME_EVENT_BUDGET] = "event_budget", [OUTCOME_HORIZON] = "horizon",
	[OUTCOME_IN_FLIGHT] = "in_flight", [OUTCOME_INTERRUPTED] = "interrupted",
};

int outcome_end_find(const char *name)
{
	for (int i = 0; i < OUTCOME_ENDS; i++)
		if (strcmp(outcome_end_names[i], name) == 0)
			return i;
	return -1;
}

static const char *const failure_columns[FAILURES] = {
	[FAILURE_MEMORY] = "out_of_memory",
	[FAILURE_TMP] = "tmp_full",
	[FAILURE_TIMEOUT] = "timeouts",
	[FAILURE_ERROR] = "errors",
	[FAILURE_CRASH] = "crashes",
	[FAILURE_EXPIRED] = "expired",
	[FAILURE_GATEWAY] = "gateway_timed_out",
	[FAILURE_MESSAGE] = "message_errors",
	[FAILURE_LATE] = "late_batches",
	[FAILURE_STATE] = "state_full",
	[FAILURE_HISTORY] = "history_full",
	[FAILURE_OVERTIME] = "overtime",
};

const char *run_column_name(int column, char out[COLUMN_NAME_BYTES])
{
	CHECK(column >= 0 && column < RUN_COLUMNS);
	const char *name = column < METRICS    ? outcome_metrics[column].name
			   : column == METRICS ? "in_bytes"
					       : "out_bytes";
	snprintf(out, COLUMN_NAME_BYTES, "%s", name);
	return out;
}

double *run_column(struct sample *sample, int column)
{
	CHECK(column >= 0 && column < RUN_COLUMNS);
	return column < METRICS ? &sample->metrics[column] : column == METRICS ? &sample->bytes_in : &sample->bytes_out;
}

/* "CPU throttled", "seconds": cpu_throttled_seconds. */
static const char *joined(const char *words, const char *unit, char out[COLUMN_NAME_BYTES])
{
	size_t length = 0;
	for (; *words; words++) {
		if (isalnum((unsigned char)*words))
			out[length++] = (char)tolower((unsigned char)*words);
		else if (length > 0 && out[length - 1] != '_')
			out[length++] = '_';
	}
	snprintf(out + length, COLUMN_NAME_BYTES - length, "_%s", unit);
	return out;
}

/* Where each kind of column begins, in the order of the struct's members. */
enum {
	FIRST_FAILURE = FUNCTION_METRICS,
	FIRST_PHASE = FIRST_FAILURE + FAILURES,
	FIRST_CAUSE_SECONDS = FIRST_PHASE + WORK_PHASES,
	FIRST_CAUSE_USD = FIRST_CAUSE_SECONDS + CAUSES,
};
_Static_assert(sizeof(struct function_sample) == FUNCTION_COLUMNS * sizeof(double), "nothing but columns");

const char *function_column_name(int column, char out[COLUMN_NAME_BYTES])
{
	CHECK(column >= 0 && column < FUNCTION_COLUMNS);
	char words[COLUMN_NAME_BYTES];
	if (column >= FIRST_CAUSE_USD)
		return joined(cause_names[column - FIRST_CAUSE_USD], "usd", out);
	if (column >= FIRST_CAUSE_SECONDS)
		return joined(cause_names[column - FIRST_CAUSE_SECONDS], "seconds", out);
	if (column >= FIRST_PHASE) {
		snprintf(words, sizeof words, "phase %s", work_phase_names[column - FIRST_PHASE]);
		return joined(words, "seconds", out);
	}
	snprintf(out, COLUMN_NAME_BYTES, "%s",
		 column >= FIRST_FAILURE ? failure_columns[column - FIRST_FAILURE] : function_metrics[column].name);
	return out;
}

double *function_column(struct function_sample *sample, int column)
{
	CHECK(column >= 0 && column < FUNCTION_COLUMNS);
	return (double *)(void *)sample + column;
}
