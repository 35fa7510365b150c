#include "plan/workflow_provision.h"

#include <string.h>

#include "plan/workflow_neighbours.h"

enum { TRIALS_MAX = 80, ROUNDS_MAX = 3 };

/* No further one after so many visits. */
static const double PROVISION_VISITS_MAX = 1e6;

struct tuning {
	struct workflow_search *search;
	struct layout layout;
	struct trial best; /* of the layout */
	int64_t left;
	double visits_max;
};

static bool is_done(const struct tuning *tuning)
{
	const struct workflow_search *search = tuning->search;
	return tuning->left <= 0 || search->is_interrupted || search->visits > tuning->visits_max;
}

static bool may_have_some(const struct setting *setting, size_t function)
{
	const struct platform_price *price = &setting->platform->price;
	const struct sandbox_spec *sandbox = &setting->functions[function].sandbox;
	double usd =
		sandbox->is_arm64 ? price->usd_per_provisioned_gb_second_arm64 : price->usd_per_provisioned_gb_second;
	return usd > 0 && (!sandbox->has_snapshot || setting->platform->limits.snapshot_provisioned);
}

/* A function's own places, or what others leave of the account. */
static int64_t most_of(const struct setting *setting, size_t function)
{
	const struct setting_function *of = &setting->functions[function];
	if (of->reserved_concurrency > 0)
		return of->reserved_concurrency;
	int64_t most = setting_unreserved(setting) - setting->platform->limits.unreserved;
	for (size_t f = 0; f < setting->function_count; f++)
		if (f != function && setting->functions[f].reserved_concurrency == 0)
			most -= setting->functions[f].sandbox.provisioned;
	return most;
}

static void try_setting(struct tuning *tuning, const struct setting *setting)
{
	struct workflow_search *search = tuning->search;
	struct trial trial;
	if (is_done(tuning))
		return;
	tuning->left--;
	workflow_try_setting(search, setting, &trial);
	if (!search->is_interrupted && workflow_is_better(&trial, &tuning->best, 0, search->request))
		tuning->best = trial;
}

/* Whether so many are better than what is there. */
static bool try_number(struct tuning *tuning, size_t function, int64_t number)
{
	struct setting *setting = setting_copy(tuning->best.setting, tuning->search->control.arena);
	setting->functions[function].sandbox.provisioned = number;
	try_setting(tuning, setting);
	return tuning->best.setting->functions[function].sandbox.provisioned == number;
}

/* Busy in the mean. */
static double mean_busy(const struct trial *trial, size_t function)
{
	const struct function_result *of = &trial->result.functions[function];
	double run_seconds = run_result_metric(&trial->result, METRIC_MAKESPAN_SECONDS)->mean;
	double busy_seconds =
		of->metrics[FUNCTION_METRIC_INVOCATIONS].mean * of->metrics[FUNCTION_METRIC_DURATION_MEAN_SECONDS].mean;
	return run_seconds > 0 ? busy_seconds / run_seconds : 0;
}

/* The first step reaches beyond what is busy. */
static void tune_number(struct tuning *tuning, size_t function)
{
	double busy = mean_busy(&tuning->best, function);
	int64_t most = most_of(tuning->best.setting, function);
	int64_t step = 1;
	while (step < most && (double)step < 1 + busy)
		step *= 2;
	for (; step > 0 && !is_done(tuning); step /= 2) {
		int64_t now = tuning->best.setting->functions[function].sandbox.provisioned;
		bool has_moved = now + step <= most && try_number(tuning, function, now + step);
		if (!has_moved && now >= step)
			try_number(tuning, function, now - step);
	}
}

/* Numbers of all functions, until none is better. */
static void tune(struct tuning *tuning)
{
	for (int round = 0; round < ROUNDS_MAX && !is_done(tuning); round++) {
		const struct setting *before = tuning->best.setting;
		for (size_t f = 0; f < before->function_count; f++)
			if (may_have_some(before, f))
				tune_number(tuning, f);
		if (tuning->best.setting == before)
			return;
	}
}

static void take_over(const struct tuning *tuning)
{
	struct workflow_plan *out = tuning->search->out;
	if (!workflow_is_better(&tuning->best, &out->best, 0, tuning->search->request))
		return;
	out->best = tuning->best;
	out->layout = tuning->layout;
}

/* The best layout without its snapshots, beside which nothing may be provisioned; false where it has none. */
static bool start_without_snapshots(struct tuning *tuning)
{
	struct workflow_search *search = tuning->search;
	const struct workflow_plan *out = search->out;
	for (size_t i = 0; i < out->knobs.count; i++) {
		const struct knob *knob = &out->knobs.items[i];
		if (strcmp(knob->name, "snapshot") != 0 || strcmp(knob->values[out->layout.at[i]], "false") == 0)
			continue;
		size_t *at = &tuning->layout.at[i];
		for (*at = 0; strcmp(knob->values[*at], "false") != 0;)
			++*at;
		const struct setting *from =
			layout_resolve(search->request, &out->knobs, &tuning->layout, search->control.arena);
		if (!from)
			return false;
		struct setting *setting = setting_copy(from, search->control.arena);
		for (size_t f = 0; f < setting->function_count; f++)
			setting->functions[f].memory_mb = out->best.setting->functions[f].memory_mb;
		tuning->best.setting = NULL;
		try_setting(tuning, setting);
		return tuning->best.setting;
	}
	return false;
}

static void use_numbers_of(struct workflow_search *search, const struct setting *setting)
{
	int64_t *numbers = ARENA_ARRAY(search->control.arena, int64_t, setting->function_count);
	for (size_t f = 0; f < setting->function_count; f++)
		numbers[f] = setting->functions[f].sandbox.provisioned;
	search->provisioned = numbers;
}

void workflow_provision(struct workflow_search *search)
{
	struct workflow_plan *out = search->out;
	const struct setting *before = out->best.setting;
	struct tuning tuning = {
		.search = search,
		.layout = out->layout,
		.best = out->best,
		.left = TRIALS_MAX,
		.visits_max = search->visits + PROVISION_VISITS_MAX,
	};
	if (before->arrivals.kind == ARRIVALS_ALL_AT_ONCE || layout_keeps(search->request, "provisioned"))
		return;
	tune(&tuning);
	take_over(&tuning);
	if (start_without_snapshots(&tuning)) {
		tune(&tuning);
		take_over(&tuning);
	}
	if (out->best.setting == before)
		return;
	/* What was proven is of other numbers. */
	out->is_exhausted = false;
	out->is_proven = false;
	out->is_whole = false;
	use_numbers_of(search, out->best.setting);
	workflow_neighbours(search);
}
