#include "calibrate/report_row.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/check.h"

const char *const billing_era_names[BILLING_ERAS] = {
	[BILLING_UNKNOWN] = "unknown",
	[BILLING_100_MS] = "100 ms",
	[BILLING_1_MS] = "1 ms",
	[BILLING_INIT_FREE] = "1 ms, init free",
	[BILLING_INIT_BILLED] = "1 ms, init billed",
};

const char *const report_status_names[REPORT_STATUSES] = {
	[REPORT_OK] = "completed",
	[REPORT_HOLDS_INIT] = "second init of unknown length",
	[REPORT_ERROR] = "other error",
	[REPORT_UNHANDLED] = "unhandled error",
	[REPORT_INIT_FAILED] = "init failed",
	[REPORT_EXITED] = "runtime exited",
	[REPORT_OUT_OF_MEMORY] = "out of memory",
	[REPORT_TIMEOUT] = "out of time",
};

/* Source: AWS Lambda developer guide, Telemetry API schema reference (Status, errorType). */
static const struct {
	const char *part; /* of the type's name */
	enum report_status status;
} error_types[] = {
	{"OutOfMemory", REPORT_OUT_OF_MEMORY},
	{"Timedout", REPORT_TIMEOUT},
	{"ExitError", REPORT_EXITED},
	{"", REPORT_UNHANDLED},
};

enum report_status report_status_of(const char *status, const char *error_type)
{
	if (status && strcmp(status, "success") == 0)
		return REPORT_OK;
	if (status && strcmp(status, "timeout") == 0)
		return REPORT_TIMEOUT;
	for (size_t i = 0; error_type && error_type[0]; i++)
		if (strstr(error_type, error_types[i].part))
			return error_types[i].status;
	return status ? REPORT_ERROR : REPORT_OK;
}

bool report_status_is_failure(enum report_status status)
{
	return status > REPORT_HOLDS_INIT;
}

/*
 * No service sells more, nothing that is measured in milliseconds takes longer, and the finest durations that logs
 * print are thousandths of one.
 */
static const double MEMORY_MB_MAX = 1048576;
static const double MS_MIN = 0.001;
static const double MS_MAX = 1e9;
static const double BYTES_MAX = 1e15;
static const double IMAGES_MAX = 1e9;

void report_row_init(struct report_row *row)
{
	*row = (struct report_row){
		.function = "",
		.sandbox = "",
		.duration_ms = NAN,
		.billed_ms = NAN,
		.init_ms = NAN,
		.restore_ms = NAN,
		.billed_restore_ms = NAN,
		.max_memory_mb = NAN,
		.cpu_ms = NAN,
		.received_bytes = NAN,
		.sent_bytes = NAN,
		.images = NAN,
		.broken_init_ms = NAN,
	};
}

static bool is_missing_or_in(double value, double max)
{
	return isnan(value) || (value >= 0 && value <= max);
}

const char *report_row_check(const struct report_row *row)
{
	if (row->memory_mb == 0)
		return "it has no memory size";
	if (isnan(row->duration_ms))
		return "it has no duration";
	if (row->memory_mb < 1 || (double)row->memory_mb > MEMORY_MB_MAX)
		return "its memory size is not between 1 MB and 1,048,576 MB";
	if (!(row->duration_ms >= MS_MIN && row->duration_ms <= MS_MAX))
		return "its duration is not between 0.001 and 10^9 ms";
	const double times[] = {row->billed_ms,         row->init_ms,        row->restore_ms,
				row->billed_restore_ms, row->broken_init_ms, row->cpu_ms};
	for (size_t i = 0; i < ARRAY_LEN(times); i++)
		if (!is_missing_or_in(times[i], MS_MAX))
			return "one of its times is negative or above 10^9 ms";
	if (!is_missing_or_in(row->max_memory_mb, MEMORY_MB_MAX))
		return "its peak memory is negative or above 1,048,576 MB";
	if (!is_missing_or_in(row->received_bytes, BYTES_MAX) || !is_missing_or_in(row->sent_bytes, BYTES_MAX))
		return "the bytes that it received or sent are negative or above 10^15";
	if (!isnan(row->images) &&
	    !(row->images >= 1 && row->images <= IMAGES_MAX && row->images == floor(row->images)))
		return "its number of images is not a whole one from 1 to 10^9";
	return NULL;
}

bool report_row_is_at_ceiling(const struct report_row *row)
{
	return row->max_memory_mb >= (double)row->memory_mb;
}

bool report_row_is_cold(const struct report_row *row)
{
	return row->init_ms > 0 || row->restore_ms > 0;
}

/* Logged durations are rounded, so the sum of two can be billed one millisecond away. */
static bool is_billed_as(const struct report_row *row, double ms)
{
	return fabs(row->billed_ms - ceil(ms)) <= 1;
}

enum billing_era report_row_era(const struct report_row *row)
{
	if (isnan(row->billed_ms) || row->is_average)
		return BILLING_UNKNOWN;
	double duration = row->duration_ms + (row->is_init_in_call ? row->init_ms : 0);
	bool in_100_ms = row->billed_ms == 100 * ceil(duration / 100);
	bool in_1_ms = is_billed_as(row, duration);
	if (row->billed_restore_ms > 0)
		return is_billed_as(row, duration + row->billed_restore_ms) ? BILLING_1_MS : BILLING_UNKNOWN;
	bool is_init_apart = row->init_ms > 0 && !row->is_init_in_call;
	bool with_init = is_init_apart && is_billed_as(row, duration + row->init_ms);
	if (in_100_ms + in_1_ms + with_init != 1)
		return BILLING_UNKNOWN;
	if (in_100_ms)
		return BILLING_100_MS;
	if (with_init)
		return BILLING_INIT_BILLED;
	return is_init_apart ? BILLING_INIT_FREE : BILLING_1_MS;
}
