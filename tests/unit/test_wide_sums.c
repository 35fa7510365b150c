/*
 * Sums over all that a run does, where 64 bits do not hold them: hundreds of records that take tens of years each, and
 * bytes by the exabyte. Every figure that is a mean of such a sum is what a single record's is.
 */
#include "base/check.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

enum { RECORDS = 400 };

/* All at once; each waits for 25 years and moves 10^17 bytes in no time. */
static void long_records(struct toy *toy, int64_t records)
{
	toy_init(toy);
	toy_records(toy, records);
	toy->setting.parallel = records;
	toy->setting.horizon_ns = SECONDS_LONGEST * NS_PER_SECOND;
	toy->platform.limits.retry_max_seconds = 0.1;
	toy->platform.network = (struct platform_network){.burst_mb_per_second = 1e12, .refill_mb_per_second = 1e12};
	toy->platform.store.connection_mb_per_second = 1e12;
	toy->platform.price.usd_per_put_gb = 1;
	toy->platform.price.usd_per_get_gb = 1;
	toy->platform.price.usd_per_gb_restored = 1;
	toy->platform.sandbox.restore_seconds = toy_constant(&toy->arena, 0.5);
	struct setting_function *function =
		toy_function(toy, "f", 1000, &(struct toy_work){.download_mb = 1e11, .upload_mb = 1e11});
	function->timeout_ns = SECONDS_LONGEST * NS_PER_SECOND;
	function->sandbox.has_snapshot = true;
	function->work.phases[WORK_WAIT].wait_ns = 800000000 * NS_PER_SECOND;
	function->last_work = function->work;
}

static double metric(const struct outcome *outcome, const char *name)
{
	return outcome_metrics[outcome_find_metric(name)].value(outcome);
}

int main(void)
{
	static const char *const means[] = {"record_seconds", "record_billed_seconds", "makespan_seconds",
					    "record_p50_seconds"};
	static const char *const sums[] = {"cost_usd",   "cost_compute_usd", "cost_store_usd",
					   "gb_seconds", "invocations",      "completed_records"};
	struct toy one;
	struct toy many;
	long_records(&one, 1);
	long_records(&many, RECORDS);
	struct outcome a = toy_simulate(&one, 1);
	struct outcome b = toy_simulate(&many, 1);
	for (size_t i = 0; i < ARRAY_LEN(means); i++)
		t_near(metric(&b, means[i]), metric(&a, means[i]), 1e-6, 0, means[i]);
	for (size_t i = 0; i < ARRAY_LEN(sums); i++)
		t_near(metric(&b, sums[i]), RECORDS * metric(&a, sums[i]), 1e-6, 0, sums[i]);
	for (int i = 0; i < FUNCTION_METRICS; i++) {
		bool is_sum = strstr(function_metrics[i].name, "_mean_") == NULL;
		double single = function_metrics[i].value(&a.functions[0]);
		bool is_share = strstr(function_metrics[i].name, "share") != NULL;
		t_near(function_metrics[i].value(&b.functions[0]), is_sum && !is_share ? RECORDS * single : single,
		       1e-6, 0, function_metrics[i].name);
	}
	double ns[CAUSES];
	cause_times(&b.functions[0], ns);
	t_near(ns[CAUSE_WAIT], RECORDS * 8e17, 1e-6, 0, "the stated wait of all");
	t_near((double)b.functions[0].bytes_in, RECORDS * 1e17, 1e-6, 0, "bytes read by all");
	t_near((double)b.functions[0].bytes_out, RECORDS * 1e17, 1e-6, 0, "bytes written by all");
	t_near((double)b.functions[0].phase_ns[WORK_WAIT], RECORDS * 8e17, 1e-6, 0, "their phase");
	t_near(b.bill.lines[BILL_SNAPSHOT_RESTORE].quantity, RECORDS * 1000.0 / 1024, 1e-9, 0, "restored by all");
	toy_release(&one);
	toy_release(&many);
	return t_done();
}
