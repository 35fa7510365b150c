/*
 * Named fields of CloudWatch Logs Insights results. The trap: @memorySize and @maxMemoryUsed are in bytes with 10^6 to
 * the MB that Lambda sells (a function of 128 MB shows 128000000). AWS's sample queries divide by 1000 twice, many
 * people by 1024 twice and get 122.07. All three are told apart, because sizes are whole.
 *
 * Source: Amazon CloudWatch Logs user guide, discovered fields of Lambda logs and sample queries.
 */
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "calibrate/report_reader.h"

#define COLUMN(text, member) \
	{ \
		text, REPORT_NAME_NUMBER, offsetof(struct report_row, member) \
	}
#define MEMORY(text, member) \
	{ \
		text, REPORT_NAME_MEMORY, offsetof(struct report_row, member) \
	}

const struct report_column report_columns[] = {
	COLUMN("@duration", duration_ms),
	COLUMN("duration", duration_ms),
	COLUMN("duration_ms", duration_ms),
	COLUMN("durationMs", duration_ms),
	COLUMN("@billedDuration", billed_ms),
	COLUMN("billedDuration", billed_ms),
	COLUMN("billed_duration_ms", billed_ms),
	COLUMN("billedDurationMs", billed_ms),
	COLUMN("@initDuration", init_ms),
	COLUMN("initDuration", init_ms),
	COLUMN("init_duration_ms", init_ms),
	COLUMN("initDurationMs", init_ms),
	COLUMN("@restoreDuration", restore_ms),
	COLUMN("restoreDurationMs", restore_ms),
	COLUMN("@billedRestoreDuration", billed_restore_ms),
	COLUMN("billedRestoreDurationMs", billed_restore_ms),
	MEMORY("@memorySize", memory_mb),
	MEMORY("memorySize", memory_mb),
	MEMORY("memory_mb", memory_mb),
	MEMORY("memorySizeMB", memory_mb),
	MEMORY("memory_size_mb", memory_mb),
	MEMORY("@maxMemoryUsed", max_memory_mb),
	MEMORY("maxMemoryUsed", max_memory_mb),
	MEMORY("max_memory_mb", max_memory_mb),
	MEMORY("maxMemoryUsedMB", max_memory_mb),
	MEMORY("max_memory_used_mb", max_memory_mb),
	/* Performance events of CloudWatch Lambda Insights. */
	COLUMN("billed_duration", billed_ms),
	COLUMN("init_duration", init_ms),
	COLUMN("cpu_total_time", cpu_ms),
	COLUMN("rx_bytes", received_bytes),
	COLUMN("tx_bytes", sent_bytes),
	MEMORY("total_memory", memory_mb),
	MEMORY("used_memory_max", max_memory_mb),
	{"function_name", REPORT_NAME_FUNCTION, 0},
	{"@log", REPORT_NAME_FUNCTION, 0},
	{"@logGroup", REPORT_NAME_FUNCTION, 0},
	{"logGroup", REPORT_NAME_FUNCTION, 0},
	{"function", REPORT_NAME_FUNCTION, 0},
	{"@requestId", REPORT_NAME_REQUEST, 0},
	{"requestId", REPORT_NAME_REQUEST, 0},
	{"request_id", REPORT_NAME_REQUEST, 0},
	{"@logStream", REPORT_NAME_STREAM, 0},
	{"logStream", REPORT_NAME_STREAM, 0},
	{"@type", REPORT_NAME_TYPE, 0},
	{"@message", REPORT_NAME_MESSAGE, 0},
	{"message", REPORT_NAME_MESSAGE, 0},
	{NULL, REPORT_NAME_NUMBER, 0},
};

static bool is_whole(double value, double tolerance)
{
	return fabs(value - nearbyint(value)) <= tolerance;
}

/* MB as Lambda counts them; *misdivided where the value had been divided by 1024 twice. */
static double memory_mb_of(double value, bool *misdivided)
{
	*misdivided = false;
	if (value >= 1e6)
		return fmod(value, 1e6) == 0 ? value / 1e6 : value / 1048576;
	/* 128e6 / 1048576 = 122.07: two decimals are enough to see that it was meant. */
	double undivided = value * 1.048576;
	if (is_whole(value, 1e-6) || !is_whole(undivided, 0.006))
		return value;
	*misdivided = true;
	return nearbyint(undivided);
}

const char *report_column_set(struct report_reader *reader, const struct report_column *column, const char *text,
			      struct report_row *row)
{
	double number;
	if (text[0] == '\0')
		return NULL;
	if (!num_parse_double(text, &number) || !isfinite(number))
		return "one of its fields is not a number";
	char *target = (char *)row + column->offset;
	if (column->kind == REPORT_NAME_NUMBER) {
		*(double *)(void *)target = number;
		return NULL;
	}
	bool misdivided;
	double mb = memory_mb_of(number, &misdivided);
	if (misdivided && !reader->is_unit_told) {
		diag_warning(reader->diag, (struct diag_place){reader->file, reader->line, 1},
			     "memory of %g is 10^6 bytes divided by 1024 twice; taken as %g MB, and others likewise",
			     number, mb);
		reader->is_unit_told = true;
	}
	if (column->offset == offsetof(struct report_row, memory_mb))
		*(int64_t *)(void *)target = mb >= 1 && mb <= 1e9 ? (int64_t)mb : -1;
	else
		*(double *)(void *)target = mb;
	return NULL;
}
