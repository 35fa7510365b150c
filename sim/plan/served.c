#include "plan/served.h"

#include <math.h>

#include "base/num.h"
#include "serving/simulate.h"

static double share(double part, double rest)
{
	return part + rest > 0 ? part / (part + rest) : 0;
}

void served_measure(const struct setting *setting, double requests, struct served *out)
{
	struct arena arena;
	struct setting first = *setting;
	struct outcome outcome;
	struct simulate_options options = {.seed = 1};
	arena_init(&arena);
	if (first.records > SERVED_REQUESTS_MAX)
		first.records = SERVED_REQUESTS_MAX;
	simulate(&first, &options, &arena, &outcome);
	*out = (struct served){.seconds = seconds_from_ns(outcome.elapsed_ns)};
	double done = (double)(outcome.records_completed + outcome.records_failed);
	if (setting->records > SERVED_REQUESTS_MAX && done > 0)
		out->seconds *= fmax(1, requests / done);
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct function_outcome *counts = &outcome.functions[i];
		const struct usage *usage = &counts->usage;
		out->cold_share[i] =
			share((double)counts->cold_starts, (double)(counts->invocations - counts->cold_starts));
		out->provisioned_share[i] =
			share((double)(usage->provisioned_busy_mb_ns + usage->provisioned_busy_arm64_mb_ns),
			      (double)(usage->billed_mb_ns + usage->billed_arm64_mb_ns));
	}
	arena_release(&arena);
}
