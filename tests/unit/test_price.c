/* Bills: rounding of durations, exact integers, and bills that were worked out by hand. */
#include "base/check.h"
#include "base/num.h"
#include "platform/price.h"
#include "tests/tap.h"

static const struct platform_price price_2019 = {
	.usd_per_gb_second = 0.0000166667,
	.usd_per_million_requests = 0.20,
	.granularity_seconds = 0.1,
	.usd_per_1000_puts = 0.005,
	.usd_per_1000_gets = 0.0004,
};

static void rounding(void)
{
	static const struct {
		int64_t duration_ms, init_ms;
		bool init_billed;
		int64_t billed_ms;
		const char *name;
	} cases[] = {
		{1, 0, false, 100, "a millisecond is billed as 100"},
		{100, 0, false, 100, "100 ms are billed as they are"},
		{101, 0, false, 200, "one more is billed as 200"},
		{99000, 0, false, 99000, "99 s"},
		{101, 5000, false, 200, "init is free until August 2025"},
		{101, 5000, true, 5200, "and billed with the duration since"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct platform_price price = price_2019;
		price.init_billed = cases[i].init_billed;
		int64_t init_ms = price_bills_init(&price, false) ? cases[i].init_ms : 0;
		t_int(price_billed_ns(&price, cases[i].duration_ms * NS_PER_MS, init_ms * NS_PER_MS),
		      cases[i].billed_ms * NS_PER_MS, cases[i].name);
	}
	t_int(price_billed_ns(&price_2019, 100 * NS_PER_MS + 1, 0), 200 * NS_PER_MS, "a nanosecond over counts");
	struct platform_price fine = price_2019;
	fine.granularity_seconds = 0.001;
	t_int(price_billed_ns(&fine, 1200001, 0), 2 * NS_PER_MS, "by milliseconds since December 2020");
}

static void bills(void)
{
	struct usage usage = {0};
	for (int i = 0; i < 20; i++) {
		struct usage one = {.billed_mb_ns = (price_mb_ns)99 * NS_PER_SECOND * 3008};
		usage_add(&usage, &one);
	}
	struct bill bill;
	price_bill(&price_2019, &usage, &bill);
	t_near(bill.total_usd, 0.09694, 1e-3, 0, "20 requests of 99 s with 3008 MB cost 9.7 cents");
	t_near(bill.lines[BILL_COMPUTE].quantity, 20 * 99 * 3008.0 / 1024, 1e-15, 0, "GB are 1024 MB");

	usage = (struct usage){.requests = 2000000, .puts = 3000, .gets = 10000, .machine_ns = 5400 * NS_PER_SECOND};
	struct platform_price price = price_2019;
	price.usd_per_hour = 3.06;
	price_bill(&price, &usage, &bill);
	t_near(bill.lines[BILL_REQUESTS].usd, 0.40, 1e-12, 0, "two million requests");
	t_near(bill.lines[BILL_PUTS].usd, 0.015, 1e-12, 0, "3,000 puts");
	t_near(bill.lines[BILL_GETS].usd, 0.004, 1e-12, 0, "10,000 gets");
	t_near(bill.lines[BILL_MACHINE].usd, 4.59, 1e-12, 0, "an hour and a half of a machine");
	t_near(bill.total_usd, 0.40 + 0.015 + 0.004 + 4.59, 1e-12, 0, "lines add up to the total");
}

/* 10^7 requests of 900 s with 10240 MB are 9.2e25 MB*ns: more than 64 bits hold, and not one is lost. */
static void exact(void)
{
	struct usage usage = {0};
	struct usage big = {.billed_mb_ns = (price_mb_ns)900 * NS_PER_SECOND * 10240 * 10000000};
	struct usage small = {.billed_mb_ns = 1};
	usage_add(&usage, &big);
	usage_add(&usage, &small);
	t_ok(usage.billed_mb_ns - big.billed_mb_ns == 1, "a single MB*ns beside ten million long requests");
}

static void negative_duration(void)
{
	price_billed_ns(&price_2019, -1, 0);
}

static void named(void)
{
	for (int i = 0; i < BILL_ITEMS; i++)
		t_ok(bill_rows[i].name && bill_rows[i].unit, "every line of a bill has a name and a unit");
}

int main(void)
{
	named();
	rounding();
	bills();
	exact();
	t_aborts(negative_duration, "a negative duration is a bug");
	return t_done();
}
