#include "platform/store.h"

#include <math.h>

#include "base/num.h"

static const double BURST_NS = 1e9;

int64_t store_requests(const struct platform_store *store, int64_t bytes, bool is_put)
{
	double part_bytes = store->part_mb * 1e6;
	if (part_bytes == 0 || (double)bytes < part_bytes)
		return 1;
	return (int64_t)ceil((double)bytes / part_bytes) +
	       (is_put ? store->part_put_requests : store->part_get_requests);
}

void store_gate_init(struct store_gate *gate, double requests_per_second)
{
	*gate = (struct store_gate){.interval_ns = requests_per_second > 0 ? 1e9 / requests_per_second : 0};
}

int64_t store_gate_wait_ns(struct store_gate *gate, int64_t now_ns, double first_seconds, double most_seconds,
			   struct stream *luck)
{
	if (gate->interval_ns == 0)
		return 0;
	gate->due_ns = fmax(gate->due_ns, (double)now_ns) + gate->interval_ns;
	double early_ns = gate->due_ns - BURST_NS - (double)now_ns;
	double waited_ns = 0;
	for (int attempt = 0; waited_ns < early_ns; attempt++) {
		double most_ns = 1e9 * fmin(most_seconds, ldexp(first_seconds, attempt));
		waited_ns += most_ns * stream_uniform(luck);
		gate->refusals++;
	}
	return (int64_t)waited_ns;
}
