/* Account limits: places for calls in flight, and the bucket that new sandboxes are paid from. */
#include "platform/concurrency.h"
#include "tests/tap.h"

static const struct platform_limits limits = {.concurrency = 5, .burst = 3, .burst_per_minute = 60};

static void places(void)
{
	struct concurrency concurrency;
	concurrency_init(&concurrency, &limits);
	for (int i = 0; i < 5; i++)
		t_ok(concurrency_admit(&concurrency, 0, false), "call %d of 5 finds a place", i + 1);
	t_ok(!concurrency_admit(&concurrency, 0, false), "the sixth is throttled");
	concurrency_leave(&concurrency);
	t_ok(concurrency_admit(&concurrency, 0, false), "a place that was left is taken again");
	t_int(concurrency.peak, 5, "the peak is remembered");
}

static void bursts(void)
{
	struct concurrency concurrency;
	concurrency_init(&concurrency, &limits);
	int64_t now_ns = 1000000000;
	for (int i = 0; i < 3; i++)
		t_ok(concurrency_admit(&concurrency, now_ns, true), "new sandbox %d of a burst of 3", i + 1);
	t_ok(!concurrency_admit(&concurrency, now_ns, true), "a fourth is throttled");
	t_int(concurrency.in_use, 3, "who is throttled takes no place");
	t_ok(concurrency_admit(&concurrency, now_ns, false), "a warm call needs no token");
	t_ok(!concurrency_admit(&concurrency, now_ns + 999999999, true), "not yet a second: no token");
	t_ok(concurrency_admit(&concurrency, now_ns + 1000000000, true), "60 a minute: one after a second");
	for (int i = 0; i < 5; i++)
		concurrency_leave(&concurrency);
	int64_t later_ns = 1000 * now_ns;
	int admitted = 0;
	while (concurrency_admit(&concurrency, later_ns, true))
		admitted++;
	t_int(admitted, 3, "the bucket never holds more than the burst");
}

static void leave_nobody(void)
{
	struct concurrency concurrency;
	concurrency_init(&concurrency, &limits);
	concurrency_leave(&concurrency);
}

int main(void)
{
	places();
	bursts();
	t_aborts(leave_nobody, "leaving without a place is a bug");
	return t_done();
}
