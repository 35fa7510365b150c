#include "calibrate/report_row.h"

#include <math.h>
#include <stddef.h>

const char *const billing_era_names[BILLING_ERAS] = {
	[BILLING_UNKNOWN] = "unknown",
	[BILLING_100_MS] = "100 ms",
	[BILLING_1_MS] = "1 ms",
	[BILLING_INIT_FREE] = "1 ms, init free",
	[BILLING_INIT_BILLED] = "1 ms, init billed",
};

/* No service sells more, and nothing that is measured in milliseconds takes longer. */
static const double MEMORY_MB_MAX = 1048576;
static const double MS_MAX = 1e9;

void report_row_init(struct report_row *row)
{
	*row = (struct report_row){
		.function = "",
		.duration_ms = NAN,
		.billed_ms = NAN,
		.init_ms = NAN,
		.restore_ms = NAN,
		.billed_restore_ms = NAN,
		.max_memory_mb = NAN,
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
	if (!(row->duration_ms > 0 && row->duration_ms <= MS_MAX))
		return "its duration is not above 0 and at most 10^9 ms";
	const double times[] = {row->billed_ms, row->init_ms, row->restore_ms, row->billed_restore_ms};
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
		if (!is_missing_or_in(times[i], MS_MAX))
			return "one of its times is negative or above 10^9 ms";
	if (!is_missing_or_in(row->max_memory_mb, MEMORY_MB_MAX))
		return "its peak memory is negative or above 1,048,576 MB";
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
	double duration = row->duration_ms;
	bool in_100_ms = row->billed_ms == 100 * ceil(duration / 100);
	bool in_1_ms = is_billed_as(row, duration);
	if (row->billed_restore_ms > 0)
		return is_billed_as(row, duration + row->billed_restore_ms) ? BILLING_1_MS : BILLING_UNKNOWN;
	bool with_init = row->init_ms > 0 && is_billed_as(row, duration + row->init_ms);
	if (in_100_ms + in_1_ms + with_init != 1)
		return BILLING_UNKNOWN;
	if (in_100_ms)
		return BILLING_100_MS;
	if (with_init)
		return BILLING_INIT_BILLED;
	return row->init_ms > 0 ? BILLING_INIT_FREE : BILLING_1_MS;
}
