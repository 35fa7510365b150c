/*
 * Whatever the bytes, an experiment is refused with reasons or resolved, and what was resolved can be simulated: it
 * ends by itself or at its bounds, and once more in the same way. Platform and profile are always the same two files.
 */
#include <stdint.h>
#include <string.h>

#include "experiment/sweep.h"
#include "scenario/resolve.h"
#include "serving/simulate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVENTS_MAX = 2000, RECORDS_MAX = 1000, POINTS_MAX = 4 };

static void check_same(const struct outcome *a, const struct outcome *b)
{
	CHECK(a->end == b->end);
	CHECK(a->makespan_ns == b->makespan_ns);
	CHECK(a->events == b->events && a->events <= EVENTS_MAX);
	CHECK(memcmp(a->functions, b->functions, a->function_count * sizeof *a->functions) == 0);
	CHECK(memcmp(&a->bill, &b->bill, sizeof a->bill) == 0);
	CHECK(a->bill.total_usd >= 0);
}

static void simulate_twice(struct setting *setting, struct arena *arena)
{
	if (setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE && setting->records > RECORDS_MAX)
		return;
	if (setting->warm_sandboxes > RECORDS_MAX)
		return;
	struct simulate_options options = {.seed = 1};
	struct outcome outcomes[2];
	setting->event_budget = setting->event_budget < EVENTS_MAX ? setting->event_budget : EVENTS_MAX;
	simulate(setting, &options, arena, &outcomes[0]);
	simulate(setting, &options, arena, &outcomes[1]);
	check_same(&outcomes[0], &outcomes[1]);
}

/* The first points of the sweep; nothing in the input may name a file. */
static void run_points(const struct experiment *experiment, const struct yaml_node *root, struct arena *arena,
		       struct diag *diag)
{
	struct library library;
	struct sweep sweep;
	library_init(&library, arena);
	if (!sweep_expand(experiment, arena, diag, &sweep))
		return;
	for (size_t i = 0; i < sweep.point_count && i < POINTS_MAX && !diag_has_errors(diag); i++) {
		struct experiment point;
		struct setting setting;
		bool ok = sweep_bind_point(&sweep, i, root, "fuzz", arena, diag, &point);
		if (ok && (strcmp(point.platform, experiment->platform) != 0 ||
			   strcmp(point.profile, experiment->profile) != 0 || point.workload.arrivals.trace[0]))
			return;
		ok = ok && experiment_resolve(&point, &library, arena, diag, &setting);
		CHECK(ok != diag_has_errors(diag));
		if (ok)
			simulate_twice(&setting, arena);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct diag diag;
	struct experiment experiment;
	struct diag_place nowhere = {.file = "fuzz"};
	arena_init(&arena);
	diag_init(&diag);
	struct yaml_node *root = yaml_parse("fuzz", (const char *)data, size, &arena, &diag);
	if (root && root->kind == YAML_MAP &&
	    yaml_set(root, "platform", "tests/data/platform.yaml", nowhere, &arena, &diag) &&
	    yaml_set(root, "profile", "tests/data/profile.yaml", nowhere, &arena, &diag) &&
	    experiment_bind(root, "fuzz", &arena, &diag, &experiment) && !diag_has_errors(&diag))
		run_points(&experiment, root, &arena, &diag);
	diag_release(&diag);
	arena_release(&arena);
	return 0;
}
