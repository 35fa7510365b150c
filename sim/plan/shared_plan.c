#include "plan/shared_plan.h"

#include <math.h>

#include "base/num.h"

/*
 * FINALISTS: of what is scanned, so many are simulated in full. One replication tells settings apart that are a tenth
 * apart; the best of all is among the first few.
 */
enum { SIZES_MAX = 24, REQUESTS_STEPS_MAX = 24, ROUNDS_MAX = 3, FINALISTS = 6, FINALS_MAX = 4 };
enum { CANDIDATES_MAX = SIZES_MAX * (REQUESTS_STEPS_MAX + 1) };

/* A setting that was tried, with one replication, or in full. */
struct tried {
	struct tried *next;
	struct trial trial;
	bool is_full;
};

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
	struct tried *tried; /* the last first */
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

/* In place of the runs' costs, what they would be in the middle of traffic. False when interrupted. */
static bool take_edges_off(const struct trial_control *control, struct trial **trials, size_t count)
{
	struct trial *halves = ARENA_ARRAY(control->arena, struct trial, count);
	size_t half_count = 0;
	for (size_t i = 0; i < count; i++)
		if (slice_is_due(trials[i]->setting))
			halves[half_count++].setting = slice_first_half(trials[i]->setting, control->arena);
	if (half_count > 0 && !trial_run(halves, half_count, control))
		return false;
	const struct trial *half = halves;
	for (size_t k = 0; k < count; k++) {
		struct trial *trial = trials[k];
		double usd = 0;
		double seconds = 0;
		if (!slice_is_due(trial->setting))
			continue;
		for (int64_t i = 0; i < trial->result.replications; i++) {
			struct slice slice = slice_of(&trial->result, &half->result, i);
			usd += slice.usd;
			seconds += slice.seconds;
		}
		double whole = trial->result.metrics[METRIC_MAKESPAN_SECONDS].mean;
		trial->usd = seconds > 0 ? usd / seconds * whole : trial->usd;
		trial->usd_at = trial->usd;
		half++;
	}
	return true;
}

/* Of dense traffic less is enough to tell settings apart; the share of it that is simulated. */
static double scanned_share(const struct shared_search *search)
{
	static const double REQUESTS = 4000;
	static const double LEAST_SECONDS = 20;
	const struct setting *setting = search->setting;
	double seconds = seconds_from_ns(setting->arrivals.duration_ns);
	double enough = fmax(LEAST_SECONDS, REQUESTS / fmax(search->rate_per_second, 1e-9));
	bool is_served = setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE;
	return is_served && seconds > enough ? enough / seconds : 1;
}

static struct setting *part_of(const struct setting *setting, double share, struct arena *arena)
{
	struct setting *part = setting_copy(setting, arena);
	part->arrivals.duration_ns = llround(share * (double)setting->arrivals.duration_ns);
	slice_bound_crowd(part);
	return part;
}

/* Simulates all of them side by side, that share of their traffic. False when interrupted. */
static bool run_all(struct shared_search *search, struct tried **of, size_t count, int64_t replications, double share)
{
	struct trial_control control = *search->control;
	struct trial *runs = ARENA_ARRAY(control.arena, struct trial, count);
	struct trial **trials = ARENA_ARRAY(control.arena, struct trial *, count);
	control.replications = replications;
	for (size_t i = 0; i < count; i++) {
		struct setting *setting = of[i]->trial.setting;
		runs[i] = (struct trial){.setting = share < 1 ? part_of(setting, share, control.arena) : setting};
		trials[i] = &runs[i];
	}
	if (count > 0 && (!trial_run(runs, count, &control) || !take_edges_off(&control, trials, count)))
		return false;
	for (size_t i = 0; i < count; i++) {
		runs[i].setting = of[i]->trial.setting;
		runs[i].usd /= share;
		runs[i].usd_at /= share;
		of[i]->trial = runs[i];
	}
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

/* Memory and requests at once are all that the search changes. */
static bool is_same(const struct setting *a, const struct setting *b)
{
	for (size_t i = 0; i < a->function_count; i++)
		if (a->functions[i].memory_mb != b->functions[i].memory_mb ||
		    a->functions[i].sandbox.requests_max != b->functions[i].sandbox.requests_max)
			return false;
	return true;
}

/* The setting as something to try, or as what was tried before; NULL where the platform or its memory rules it out. */
static struct tried *find_or_add(struct shared_search *search, struct setting *setting, bool *is_new)
{
	*is_new = false;
	for (size_t i = 0; i < setting->function_count; i++)
		if (setting_home(setting, i) == i && !is_possible(search, setting, i))
			return NULL;
	setting_seat_guests(setting);
	for (struct tried *tried = search->tried; tried; tried = tried->next)
		if (is_same(tried->trial.setting, setting))
			return tried;
	bool is_served = setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE;
	if (is_served && search->setting->warm_sandboxes == 0)
		setting->warm_sandboxes = slice_instances(setting, search->rate_per_second);
	slice_bound_crowd(setting);
	struct tried *tried = ARENA_NEW(search->control->arena, struct tried);
	*tried = (struct tried){.next = search->tried, .trial = {.setting = setting}};
	search->tried = tried;
	search->out->tried++;
	*is_new = true;
	return tried;
}

/* Candidates of a scan, each once, and those of them that are to be simulated. */
struct scan {
	struct setting *nearest; /* of those whose instances, each always full, are more than there may be */
	double nearest_times;
	struct tried *candidates[CANDIDATES_MAX];
	size_t count;
	struct tried *fresh[CANDIDATES_MAX];
	size_t fresh_count;
};

static void list_candidate(struct shared_search *search, struct scan *scan, struct setting *setting)
{
	bool is_new;
	struct tried *tried = find_or_add(search, setting, &is_new);
	bool is_listed = !tried || scan->count == CANDIDATES_MAX;
	for (size_t i = 0; i < scan->count && !is_listed; i++)
		is_listed = scan->candidates[i] == tried;
	if (is_listed)
		return;
	scan->candidates[scan->count++] = tried;
	if (is_new)
		scan->fresh[scan->fresh_count++] = tried;
}

/* How many times the instances that there may be the load fills; above 1, nothing need be simulated to rule it out. */
static double times_full(const struct shared_search *search, const struct setting *setting)
{
	if (setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE || setting->graph)
		return 0;
	double least = slice_instances_least(setting, search->rate_per_second);
	return least / (double)setting->platform->limits.concurrency;
}

static void add_candidate(struct shared_search *search, struct scan *scan, struct setting *setting)
{
	double times = times_full(search, setting);
	if (times <= 1)
		list_candidate(search, scan, setting);
	else if (!scan->nearest || times < scan->nearest_times)
		scan->nearest = setting;
	if (scan->nearest == setting)
		scan->nearest_times = times;
}

static void add_variant(struct shared_search *search, struct scan *scan, size_t home, int64_t memory_mb,
			int64_t requests)
{
	struct setting *setting = setting_copy(search->out->best.setting, search->control->arena);
	setting->functions[home].memory_mb = memory_mb;
	setting->functions[home].sandbox.requests_max = requests;
	add_candidate(search, scan, setting);
}

/* All sizes with all numbers of requests at once, and with as many as the memory holds; all else as is best so far. */
static void list_variants(struct shared_search *search, struct scan *scan, size_t home)
{
	int64_t most = search->requests[search->request_count - 1];
	for (size_t i = 0; i < search->size_count; i++) {
		struct setting *probe = setting_copy(search->setting, search->control->arena);
		probe->functions[home].memory_mb = search->sizes_mb[i];
		int64_t fit = requests_that_fit(search, probe, home);
		for (size_t k = 0; k < search->request_count; k++)
			add_variant(search, scan, home, search->sizes_mb[i], search->requests[k]);
		if (fit >= 1 && fit < most)
			add_variant(search, scan, home, search->sizes_mb[i], fit);
	}
}

/* Marks the best of the candidates that are not marked yet, as they did last, and lists them in the scan's order. */
static size_t next_finalists(const struct shared_search *search, const struct scan *scan, bool *is_marked,
			     struct tried **finalists)
{
	bool is_chosen[CANDIDATES_MAX] = {false};
	size_t count = 0;
	for (size_t place = 0; place < FINALISTS; place++) {
		size_t best = scan->count;
		for (size_t i = 0; i < scan->count; i++)
			if (!is_marked[i] &&
			    (best == scan->count || planner_is_better(search->goal, &scan->candidates[i]->trial,
								      &scan->candidates[best]->trial)))
				best = i;
		if (best == scan->count)
			break;
		is_marked[best] = is_chosen[best] = true;
	}
	for (size_t i = 0; i < scan->count; i++)
		if (is_chosen[i])
			finalists[count++] = scan->candidates[i];
	return count;
}

/* Simulates those in full that are not yet, and keeps the best. False when interrupted. */
static bool judge_finalists(struct shared_search *search, struct tried **finalists, size_t count, bool *is_any_allowed)
{
	struct tried *fresh[FINALISTS];
	size_t fresh_count = 0;
	for (size_t i = 0; i < count; i++)
		if (!finalists[i]->is_full)
			fresh[fresh_count++] = finalists[i];
	if (!run_all(search, fresh, fresh_count, search->control->replications, 1))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct trial *trial = &finalists[i]->trial;
		finalists[i]->is_full = true;
		*is_any_allowed = *is_any_allowed || planner_is_allowed(search->goal, trial);
		if (!search->out->best.setting || does_better(search->goal, trial, &search->out->best))
			search->out->best = *trial;
	}
	return true;
}

/*
 * Those that are new with one replication, then the best in full; where luck had let all of these keep the bounds, or
 * none does, the next best. The best of all is kept. False when interrupted.
 */
static bool scan_run(struct shared_search *search, struct scan *scan)
{
	bool is_marked[CANDIDATES_MAX] = {false};
	struct tried *finalists[FINALISTS];
	bool is_any_allowed = false;
	if (scan->count == 0 && scan->nearest && !search->out->best.setting)
		list_candidate(search, scan, scan->nearest);
	if (!run_all(search, scan->fresh, scan->fresh_count, 1, scanned_share(search)))
		return false;
	for (int round = 0; round < FINALS_MAX && !is_any_allowed; round++) {
		size_t count = next_finalists(search, scan, is_marked, finalists);
		if (!judge_finalists(search, finalists, count, &is_any_allowed))
			return false;
	}
	return true;
}

static bool scan_home(struct shared_search *search, size_t home)
{
	struct scan *scan = ARENA_NEW(search->control->arena, struct scan);
	*scan = (struct scan){0};
	list_variants(search, scan, home);
	return scan_run(search, scan);
}

/* The least size that holds the work for each function, and the largest with as many requests as go there. */
static bool start(struct shared_search *search)
{
	struct scan *scan = ARENA_NEW(search->control->arena, struct scan);
	struct setting *least = setting_copy(search->setting, search->control->arena);
	struct setting *largest = setting_copy(search->setting, search->control->arena);
	int64_t usual = search->setting->platform->sandbox.requests_default;
	*scan = (struct scan){0};
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
	add_candidate(search, scan, least);
	add_candidate(search, scan, largest);
	return scan_run(search, scan);
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
			if (setting_home(setting, i) == i && !scan_home(&search, i))
				return false;
		if (out->best.setting == before)
			break;
	}
	if (out->best.setting) {
		out->best.setting->warm_sandboxes = setting->warm_sandboxes;
		out->best.setting->in_flight_max = setting->in_flight_max;
		out->best.setting->horizon_ns = setting->horizon_ns;
	}
	out->is_allowed = out->best.setting && planner_is_allowed(goal, &out->best);
	return true;
}

static void bound(const struct plan_request *request, struct search_goal *goal)
{
	goal->seconds_max = request->seconds_max > 0 ? request->seconds_max : HUGE_VAL;
	goal->usd_max = request->usd_max > 0 ? request->usd_max : HUGE_VAL;
}

/* Cost over the fastest plan's, and time over the cheapest plan's. False when interrupted, or where there is none. */
static bool balance(const struct plan_request *request, double rate_per_second, const struct trial_control *control,
		    struct shared_plan *out, struct search_goal *goal)
{
	struct search_goal fastest = search_fastest();
	struct search_goal cheapest = search_cheapest();
	struct shared_plan fast;
	bound(request, &fastest);
	bound(request, &cheapest);
	if (!shared_plan_find(request->setting, rate_per_second, &fastest, control, request->headroom, &fast) ||
	    !shared_plan_find(request->setting, rate_per_second, &cheapest, control, request->headroom, out))
		return false;
	if (fast.is_allowed && out->is_allowed && fast.best.usd > 0 && out->best.seconds > 0) {
		goal->usd_weight = request->cost_weight / fast.best.usd;
		goal->seconds_weight = (1 - request->cost_weight) / out->best.seconds;
	}
	return true;
}

enum plan_end shared_plan_run(const struct plan_request *request, double rate_per_second, struct arena *arena,
			      struct diag *diag, struct shared_plan *out)
{
	const struct trial_control control = {
		.seconds_metric = outcome_find_metric(request->seconds_metric),
		.seed = request->seed,
		.replications = request->replications,
		.runs_per_month = request->runs_per_month,
		.share = request->share,
		.failing_share = 1 - request->share,
		.run = request->run,
		.arena = arena,
	};
	struct search_goal goal = request->strategy == STRATEGY_SPEED ? search_fastest() : search_cheapest();
	if (plan_strategy_known(request->strategy) != KNOWN_PLANS) {
		diag_error(diag, (struct diag_place){.file = "--strategy"},
			   "'%s' is of sandboxes that have one request at a time",
			   plan_strategy_names[request->strategy]);
		return PLAN_REFUSED;
	}
	bound(request, &goal);
	if (request->strategy == STRATEGY_BALANCED && !balance(request, rate_per_second, &control, out, &goal))
		return PLAN_INTERRUPTED;
	if (!shared_plan_find(request->setting, rate_per_second, &goal, &control, request->headroom, out))
		return PLAN_INTERRUPTED;
	return out->is_allowed ? PLAN_FOUND : PLAN_INFEASIBLE;
}
