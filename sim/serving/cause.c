#include "serving/cause.h"

#include "serving/outcome.h"

const char *const cause_names[CAUSES] = {
	[CAUSE_QUEUE] = "waiting for a place", [CAUSE_CLIENT] = "to and from the client",
	[CAUSE_COLD_START] = "cold start",     [CAUSE_WARM_START] = "warm start",
	[CAUSE_LOAD] = "loading when cold",    [CAUSE_WAIT] = "waiting, stated",
	[CAUSE_LATENCY] = "store latency",     [CAUSE_STREAM] = "store stream",
	[CAUSE_NETWORK] = "network",           [CAUSE_COMPUTE] = "computing",
	[CAUSE_THROTTLED] = "CPU throttled",   [CAUSE_DEVICE] = "on the device",
	[CAUSE_CARD] = "sharing a host",       [CAUSE_INSTANCE] = "sharing a sandbox",
	[CAUSE_ROUNDING] = "rounding",         [CAUSE_INVOKING] = "request fees",
	[CAUSE_STORING] = "store fees",        [CAUSE_STANDING] = "kept ready",
	[CAUSE_BESIDE] = "on the bill beside",
};

void cause_count(struct function_outcome *counts, const struct phase_split *split, int64_t elapsed_ns)
{
	for (int cause = CAUSE_HANDLER_FIRST; elapsed_ns > 0 && cause <= CAUSE_HANDLER_LAST; cause++) {
		/* Most have no part, which spares the wide sums. */
		if (split->ns[cause] == 0)
			continue;
		int64_t part_ns = split->ns[cause] < elapsed_ns ? split->ns[cause] : elapsed_ns;
		counts->cause_ns[cause] += part_ns;
		elapsed_ns -= part_ns;
	}
}

void cause_times(const struct function_outcome *counts, double ns[CAUSES])
{
	for (int cause = 0; cause < CAUSES; cause++)
		ns[cause] = (double)counts->cause_ns[cause];
	ns[CAUSE_QUEUE] = (double)counts->wait_ns;
	ns[CAUSE_COLD_START] = (double)counts->init_ns;
}

void cause_costs(const struct function_outcome *counts, const struct platform_price *price, double usd[CAUSES])
{
	struct bill bill;
	price_bill(price, &counts->usage, &bill);
	double of_group[BILL_GROUPS];
	bill_usd_by_group(&bill, of_group);
	double per_ns = counts->billed_ns > 0 ? of_group[BILL_BY_DURATION] / (double)counts->billed_ns : 0;
	double handler_ns = 0;
	for (int cause = CAUSE_HANDLER_FIRST; cause <= CAUSE_HANDLER_LAST; cause++)
		handler_ns += (double)counts->cause_ns[cause];
	wide_sum other_ns = counts->billed_init_ns + counts->billed_rounding_ns + counts->billed_idle_ns;
	double handler_usd = handler_ns > 0 ? per_ns * (double)(counts->billed_ns - other_ns) / handler_ns : 0;
	for (int cause = 0; cause < CAUSES; cause++)
		usd[cause] = cause >= CAUSE_HANDLER_FIRST && cause <= CAUSE_HANDLER_LAST
				     ? handler_usd * (double)counts->cause_ns[cause]
				     : 0;
	usd[CAUSE_COLD_START] = per_ns * (double)counts->billed_init_ns;
	usd[CAUSE_ROUNDING] = per_ns * (double)counts->billed_rounding_ns;
	usd[CAUSE_INVOKING] = of_group[BILL_FEES];
	usd[CAUSE_STORING] = of_group[BILL_STORE];
	usd[CAUSE_BESIDE] = of_group[BILL_BESIDE];
	usd[CAUSE_STANDING] = per_ns * (double)counts->billed_idle_ns + of_group[BILL_STANDING];
}

double cause_sum(const double parts[CAUSES])
{
	double total = 0;
	for (int cause = 0; cause < CAUSES; cause++)
		total += parts[cause];
	return total;
}
