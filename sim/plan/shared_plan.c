#include "plan/shared_plan.h"

#include <math.h>

enum { SIZES_MAX = 24, REQUESTS_STEPS_MAX = 24, ROUNDS_MAX = 3 };

struct shared_search {
	const struct setting *setting;
	double rate_per_second;
	const struct search_goal *goal;
	const struct trial_control *control;
	double headroom;
	struct shared_plan *out;
	int64_t sizes_mb[SIZES_MAX]; /* ascending */
	size_t size_count;
	int64_t requests[REQUESTS_STEPS_MAX]; /* ascending */
	size_t request_count;
};

static void add_size(struct shared_search *search, int64_t memory_mb)
{
	const struct platform *platform = search->setting->platform;
	int64_t nearest_mb = memory_mb;
	platform_sells_memory(platform, memory_mb, &nearest_mb);
	bool is_new = search->size_count == 0 || search->sizes_mb[search->size_count - 1] < nearest_mb;
	if (is_new && search->size_count < SIZES_MAX)
		search->sizes_mb[search->size_count++] = nearest_mb;
}

/* Where shares are steps, each step's least and largest memory; else all sizes that are sold one by one, or doubled. */
static void list_sizes(struct shared_search *search)
{
	const struct platform *platform = search->setting->platform;
	const struct bind_ints *listed = &platform->memory.sizes_mb;
	const struct bind_ints *steps = &platform->cpu.share_at_mb;
	for (size_t i = 0; i < listed->count; i++)
		add_size(search, listed->values[i]);
	if (listed->count > 0)
		return;
	add_size(search, platform->memory.min_mb);
	for (size_t i = 0; i < steps->count; i++)
		add_size(search, steps->values[i]);
	for (int64_t mb = 2 * platform->memory.min_mb; steps->count == 0 && mb < platform->memory.max_mb; mb *= 2)
		add_size(search, mb);
	add_size(search, platform->memory.max_mb);
}

static void add_requests(struct shared_search *search, int64_t requests)
{
	bool is_new = search->request_count == 0 || search->requests[search->request_count - 1] < requests;
	if (is_new && search->request_count < REQUESTS_STEPS_MAX)
		search->requests[search->request_count++] = requests;
}

static void list_requests(struct shared_search *search)
{
	const struct platform_sandbox *sandbox = &search->setting->platform->sandbox;
	for (int64_t requests = 1; requests <= sandbox->requests_max; requests *= 2) {
		add_requests(search, requests);
		if (requests < sandbox->requests_default && sandbox->requests_default < 2 * requests)
			add_requests(search, sandbox->requests_default);
	}
	add_requests(search, sandbox->requests_max);
}

/* What one request of a function's instances needs for itself, or of its guests', the most. */
static double own_mb(const struct setting *setting, size_t home)
{
	double most_mb = 0;
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct work *work = &setting->functions[i].work;
		if (setting_home(setting, i) == home)
			most_mb = fmax(most_mb, work->peak_memory_mb - work->shared_memory_mb);
	}
	return most_mb;
}

/* The most requests at once that the memory holds; 0: not even one. */
static int64_t requests_that_fit(const struct shared_search *search, const struct setting *setting, size_t home)
{
	double memory_mb = setting_room_mb(&setting->functions[home]);
	double shared_mb = setting_shared_mb(setting, home);
	double each_mb = own_mb(setting, home);
	if ((shared_mb + each_mb) * (1 + search->headroom) > memory_mb)
		return 0;
	double room_mb = memory_mb / (1 + search->headroom) - shared_mb;
	return each_mb > 0 ? (int64_t)fmin(room_mb / each_mb, 1e9) : INT64_MAX;
}

/* Whether the platform sells so many requests at once on this much CPU, and memory holds them. */
static bool is_possible(const struct shared_search *search, const struct setting *setting, size_t home)
{
	const struct setting_function *function = &setting->functions[home];
	const struct platform *platform = search->setting->platform;
	double vcpus = cpu_share(&platform->cpu, function->memory_mb);
	bool is_small = vcpus < platform->sandbox.shared_from_vcpus;
	return (function->sandbox.requests_max == 1 || !is_small) &&
	       requests_that_fit(search, setting, home) >= function->sandbox.requests_max;
}

/* What the run would cost in the middle of traffic, in place of its cost. */
static bool take_edges_off(const struct shared_search *search, struct trial *trial)
{
	struct trial half = {.setting = slice_first_half(trial->setting, search->control->arena)};
	if (!slice_is_due(trial->setting))
		return true;
	if (!trial_run(&half, 1, search->control))
		return false;
	double usd = 0;
	double seconds = 0;
	for (int64_t i = 0; i < trial->result.replications; i++) {
		struct slice slice = slice_of(&trial->result, &half.result, i);
		usd += slice.usd;
		seconds += slice.seconds;
	}
	double whole = trial->result.metrics[METRIC_MAKESPAN_SECONDS].mean;
	trial->usd = seconds > 0 ? usd / seconds * whole : trial->usd;
	trial->usd_at = trial->usd;
	return true;
}

/* Of two that keep the bounds, half a percent is luck: there fewer refused calls count, else the first is simpler. */
static bool does_better(const struct search_goal *goal, const struct trial *trial, const struct trial *best)
{
	static const double WORTH_IT = 0.005;
	static const double REFUSED_ENOUGH = 0.001;
	if (!planner_is_allowed(goal, trial) || !planner_is_allowed(goal, best))
		return planner_is_better(goal, trial, best);
	double mine = planner_objective(goal, trial->seconds, trial->usd);
	double others = planner_objective(goal, best->seconds, best->usd);
	double refused = best->result.metrics[METRIC_THROTTLES].mean - trial->result.metrics[METRIC_THROTTLES].mean;
	bool refuses_less = refused > REFUSED_ENOUGH * trial->result.metrics[METRIC_INVOCATIONS].mean;
	return mine < (1 - WORTH_IT) * others || (refuses_less && mine < (1 + WORTH_IT) * others);
}

/* Takes the setting where it does better; false when interrupted. */
static bool consider(struct shared_search *search, struct setting *setting)
{
	struct shared_plan *out = search->out;
	struct trial trial = {.setting = setting};
	for (size_t i = 0; i < setting->function_count; i++)
		if (setting_home(setting, i) == i && !is_possible(search, setting, i))
			return true;
	setting_seat_guests(setting);
	out->tried++;
	bool is_served = setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE;
	if (is_served && search->setting->warm_sandboxes == 0)
		setting->warm_sandboxes = slice_instances(setting, search->rate_per_second);
	if (!trial_run(&trial, 1, search->control) || !take_edges_off(search, &trial))
		return false;
	if (!out->best.setting || does_better(search->goal, &trial, &out->best))
		out->best = trial;
	return true;
}

/* No more requests at once than the size has memory and CPU for. */
static void fit_requests(const struct shared_search *search, struct setting *setting, size_t home)
{
	struct setting_function *function = &setting->functions[home];
	int64_t fit = requests_that_fit(search, setting, home);
	if (fit >= 1 && fit < function->sandbox.requests_max)
		function->sandbox.requests_max = fit;
	if (!is_possible(search, setting, home))
		function->sandbox.requests_max = 1;
}

/* All sizes for one function, with the requests at once that are now best, or fit; all else as is best so far. */
static bool move_memory(struct shared_search *search, size_t function)
{
	for (size_t i = 0; i < search->size_count; i++) {
		struct setting *setting = setting_copy(search->out->best.setting, search->control->arena);
		if (setting->functions[function].memory_mb == search->sizes_mb[i])
			continue;
		setting->functions[function].memory_mb = search->sizes_mb[i];
		fit_requests(search, setting, function);
		if (!consider(search, setting))
			return false;
	}
	return true;
}

static bool move_requests(struct shared_search *search, size_t function)
{
	for (size_t i = 0; i < search->request_count; i++) {
		struct setting *setting = setting_copy(search->out->best.setting, search->control->arena);
		if (setting->functions[function].sandbox.requests_max == search->requests[i])
			continue;
		setting->functions[function].sandbox.requests_max = search->requests[i];
		if (!consider(search, setting))
			return false;
	}
	return true;
}

/* The least size that holds the work for each function, and as many requests as go there; then the largest. */
static bool start(struct shared_search *search)
{
	struct setting *least = setting_copy(search->setting, search->control->arena);
	struct setting *largest = setting_copy(search->setting, search->control->arena);
	int64_t usual = search->setting->platform->sandbox.requests_default;
	for (size_t i = 0; i < least->function_count; i++) {
		struct setting_function *function = &least->functions[i];
		size_t size = 0;
		function->sandbox.requests_max = 1;
		do {
			function->memory_mb = search->sizes_mb[size++];
		} while (size < search->size_count && !is_possible(search, least, i));
		largest->functions[i].memory_mb = search->sizes_mb[search->size_count - 1];
		int64_t fit = requests_that_fit(search, largest, i);
		largest->functions[i].sandbox.requests_max = fit < 1 ? 1 : fit < usual ? fit : usual;
	}
	return consider(search, least) && consider(search, largest);
}

bool shared_plan_find(const struct setting *setting, double rate_per_second, const struct search_goal *goal,
		      const struct trial_control *control, double headroom, struct shared_plan *out)
{
	struct shared_search search = {.setting = setting,
				       .rate_per_second = rate_per_second,
				       .goal = goal,
				       .control = control,
				       .headroom = headroom,
				       .out = out};
	*out = (struct shared_plan){0};
	list_sizes(&search);
	list_requests(&search);
	if (!start(&search))
		return false;
	for (int round = 0; round < ROUNDS_MAX && out->best.setting; round++) {
		const struct setting *before = out->best.setting;
		for (size_t i = 0; i < setting->function_count; i++)
			if (setting_home(setting, i) == i && (!move_requests(&search, i) || !move_memory(&search, i)))
				return false;
		if (out->best.setting == before)
			break;
	}
	if (out->best.setting)
		out->best.setting->warm_sandboxes = setting->warm_sandboxes;
	out->is_allowed = out->best.setting && planner_is_allowed(goal, &out->best);
	return true;
}
