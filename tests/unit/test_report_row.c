/* How a row was billed, and which rows cannot be. */
#include "calibrate/report_row.h"
#include "tests/tap.h"

static enum billing_era era(double duration_ms, double billed_ms, double init_ms)
{
	struct report_row row;
	report_row_init(&row);
	row.duration_ms = duration_ms;
	row.billed_ms = billed_ms;
	row.init_ms = init_ms;
	return report_row_era(&row);
}

static const char *check(double memory_mb, double duration_ms, double max_memory_mb)
{
	struct report_row row;
	report_row_init(&row);
	row.memory_mb = (int64_t)memory_mb;
	row.duration_ms = duration_ms;
	row.max_memory_mb = max_memory_mb;
	return report_row_check(&row);
}

int main(void)
{
	/* Rows that were published: the blog on billing of the init phase, and logs of 2024. */
	t_int(era(3.10, 546, 542.01), BILLING_INIT_BILLED, "3.10 + 542.01 billed as 546");
	t_int(era(1655.10, 1978, 322.04), BILLING_INIT_BILLED, "1655.10 + 322.04 billed as 1978");
	t_int(era(1028.49, 1029, 615.62), BILLING_INIT_FREE, "1028.49 billed as 1029 beside an init of 615.62");
	t_int(era(469.40, 500, (double)NAN), BILLING_100_MS, "469.40 billed as 500");
	t_int(era(18.593, 19, (double)NAN), BILLING_1_MS, "18.593 billed as 19");
	t_int(era(99.2, 100, (double)NAN), BILLING_UNKNOWN, "99.2 billed as 100 fits both steps");
	t_int(era(99.2, 250, (double)NAN), BILLING_UNKNOWN, "99.2 billed as 250 fits no rule");
	t_int(era(99.2, (double)NAN, (double)NAN), BILLING_UNKNOWN, "a row that does not say what was billed");

	struct report_row restored;
	report_row_init(&restored);
	restored.duration_ms = 127.10;
	restored.billed_ms = 154;
	restored.restore_ms = 325.93;
	restored.billed_restore_ms = 26;
	t_int(report_row_era(&restored), BILLING_1_MS, "127.10 + 26 of restoring billed as 154");
	t_ok(report_row_is_cold(&restored), "a restored sandbox is cold");

	t_ok(!check(128, 3, 70), "an ordinary row can be used");
	t_ok(!check(128, 3, (double)NAN), "so can one without its peak memory");
	t_str(check(0, 3, 70), "it has no memory size", "no memory size");
	t_str(check(128, (double)NAN, 70), "it has no duration", "no duration");
	t_str(check(128, 0, 70), "its duration is not between 0.001 and 10^9 ms", "no time at all");
	t_str(check(128, 1e-300, 70), "its duration is not between 0.001 and 10^9 ms", "shorter than a log can tell");
	t_ok(!check(128, 0.001, 70), "the shortest that it can");
	t_str(check(128, 2e9, 70), "its duration is not between 0.001 and 10^9 ms", "longer than any function");
	t_str(check(-1, 3, 70), "its memory size is not between 1 MB and 1,048,576 MB", "a negative size");
	t_str(check(128, 3, -1), "its peak memory is negative or above 1,048,576 MB", "a negative peak");

	struct report_row full;
	report_row_init(&full);
	full.memory_mb = 128;
	t_ok(!report_row_is_at_ceiling(&full), "an unknown peak is not at the ceiling");
	full.max_memory_mb = 127;
	t_ok(!report_row_is_at_ceiling(&full), "127 of 128 MB is not at the ceiling");
	full.max_memory_mb = 128;
	t_ok(report_row_is_at_ceiling(&full), "128 of 128 MB is");
	return t_done();
}
