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

static void calls(void)
{
	struct platform_limits fast = limits;
	struct concurrency concurrency;
	fast.invocations_per_place = 10;
	concurrency_init(&concurrency, &fast);
	int64_t now_ns = 1000000000;
	int made = 0;
	for (; concurrency_may_call(&concurrency, now_ns); made++)
		concurrency_called(&concurrency);
	t_int(made, 50, "ten times five places in a second");
	t_ok(!concurrency_may_call(&concurrency, now_ns + 19999999), "not yet a fiftieth of a second: none");
	t_ok(concurrency_may_call(&concurrency, now_ns + 20000001), "one after a fiftieth of a second");
	for (made = 0; concurrency_may_call(&concurrency, 1000 * now_ns); made++)
		concurrency_called(&concurrency);
	t_int(made, 50, "no more than a second's calls are saved up");
	concurrency_init(&concurrency, &limits);
	for (made = 0; made < 1000 && concurrency_may_call(&concurrency, now_ns); made++)
		concurrency_called(&concurrency);
	t_int(made, 1000, "no bound where none is known");
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
	calls();
	t_aborts(leave_nobody, "leaving without a place is a bug");
	return t_done();
}
