/* Cost against load, and the loads at which the order changes. */
#include "compare/steps.h"

#include <math.h>

#include "base/num.h"
#include "compare/measurement.h"
#include "stats/summary.h"

/* Grid points a factor of ten, and how far it reaches to both sides of the experiment's load. */
enum { STEPS_PER_DECADE = 2, STEPS_PER_DECADE_QUICK = 1, DECADES_DOWN = 3, DECADES_UP = 3 };

/* What a search for crossings shares. */
struct break_even_search {
	const struct compare_request *request;
	struct arena *arena;
	struct comparison *out;
};

static bool takes_part(const struct contender *contender)
{
	return contender->end == CONTENDER_ANSWERS && contender->best;
}

/* All contenders at one factor of the experiment's load. */
static bool measure_point(const struct break_even_search *search, double factor, struct load_point *point)
{
	struct comparison *out = search->out;
	struct measurement *items = ARENA_ARRAY(search->arena, struct measurement, out->count);
	size_t *of = ARENA_ARRAY(search->arena, size_t, out->count);
	size_t count = 0;
	*point = (struct load_point){
		.load = out->load * factor,
		.usd = ARENA_ARRAY(search->arena, double, out->count),
		.seconds = ARENA_ARRAY(search->arena, double, out->count),
		.serves = ARENA_ARRAY(search->arena, bool, out->count),
	};
	for (size_t i = 0; i < out->count; i++) {
		point->usd[i] = (double)NAN;
		point->seconds[i] = (double)NAN;
		if (!takes_part(&out->contenders[i]))
			continue;
		of[count] = i;
		items[count++].setting = out->contenders[i].best;
	}
	if (!measurement_take(search->request, items, count, measurement_of_curve(search->request, factor),
			      search->arena))
		return false;
	for (size_t k = 0; k < count; k++) {
		point->usd[of[k]] = measurement_mean(items[k].usd, items[k].replications);
		point->seconds[of[k]] = measurement_mean(items[k].seconds, items[k].replications);
		point->serves[of[k]] = items[k].serves;
	}
	return true;
}

static bool measure_grid(const struct break_even_search *search, const struct setting *setting)
{
	struct comparison *out = search->out;
	int steps = search->request->is_quick ? STEPS_PER_DECADE_QUICK : STEPS_PER_DECADE;
	double most = measurement_factor_max(search->request, setting);
	for (int k = -DECADES_DOWN * steps; k <= DECADES_UP * steps && out->load_count < COMPARE_LOADS_MAX; k++) {
		double factor = pow(10, (double)k / steps);
		bool is_too_small = out->load * factor < 1 && !out->is_served;
		bool is_last = factor > most / sqrt(sqrt(10));
		factor = is_last ? most : factor;
		if (is_too_small)
			continue;
		if (!measure_point(search, factor, &out->loads[out->load_count]))
			return false;
		out->load_count++;
		if (is_last)
			break;
	}
	return true;
}

/* How two compare at one load: the logarithm of the ratio of their costs, replication by replication. */
struct ratio {
	double mean;
	double half_width;
	double usd; /* of both, mean */
};

static bool measure_ratio(const struct break_even_search *search, size_t a, size_t b, double factor,
			  int64_t replications, struct ratio *out)
{
	const struct contender *contenders = search->out->contenders;
	struct measurement pair[2] = {{.setting = contenders[a].best}, {.setting = contenders[b].best}};
	struct effort effort = measurement_of_curve(search->request, factor);
	effort.replications = replications > 0 ? replications : effort.replications;
	if (!measurement_take(search->request, pair, 2, effort, search->arena))
		return false;
	struct summary summary;
	summary_init(&summary);
	for (int64_t i = 0; i < pair[0].replications; i++)
		summary_add(&summary, log(pair[0].usd[i] / pair[1].usd[i]));
	*out = (struct ratio){
		.mean = summary_mean(&summary),
		.half_width = summary_half_width(&summary, 0.95),
		.usd = sqrt(measurement_mean(pair[0].usd, pair[0].replications) *
			    measurement_mean(pair[1].usd, pair[1].replications)),
	};
	return true;
}

/* Ends of a stretch of loads (factors) between which the difference changes its sign. */
struct bracket {
	double low;
	double high;
	double low_ratio; /* logarithms */
	double high_ratio;
};

static bool halve(const struct break_even_search *search, size_t a, size_t b, struct bracket *bracket, struct ratio *at)
{
	bool is_quick = search->request->is_quick;
	int halvings = is_quick ? 4 : 6;
	for (int i = 0; i < halvings; i++) {
		/* The last one makes the interval, which of few replications is wide for its factor alone. */
		int64_t replications = i + 1 < halvings ? 0 : is_quick ? 5 : 8;
		double middle = sqrt(bracket->low * bracket->high);
		if (!measure_ratio(search, a, b, middle, replications, at))
			return false;
		bool is_low = (at->mean > 0) == (bracket->low_ratio > 0);
		*(is_low ? &bracket->low : &bracket->high) = middle;
		*(is_low ? &bracket->low_ratio : &bracket->high_ratio) = at->mean;
	}
	return true;
}

static bool is_cheapest_at(const struct comparison *out, const struct load_point *point, size_t which)
{
	for (size_t i = 0; i < out->count; i++)
		if (i != which && point->serves[i] && point->usd[i] < point->usd[which])
			return false;
	return true;
}

/* The crossing within a bracket. */
static bool locate(const struct break_even_search *search, size_t a, size_t b, size_t step, struct bracket bracket)
{
	struct comparison *out = search->out;
	double whole_slope = (bracket.high_ratio - bracket.low_ratio) / log(bracket.high / bracket.low);
	bool a_is_below = bracket.low_ratio < bracket.high_ratio;
	size_t below = a_is_below ? a : b;
	size_t above = a_is_below ? b : a;
	bool is_cheapest =
		is_cheapest_at(out, &out->loads[step], below) && is_cheapest_at(out, &out->loads[step + 1], above);
	/* Where the best platform stays the same, the grid is precise enough. */
	double between_usd = sqrt(out->loads[step].usd[a] * out->loads[step + 1].usd[a]);
	struct ratio at = {.half_width = fmax(fabs(bracket.low_ratio), fabs(bracket.high_ratio)), .usd = between_usd};
	if (is_cheapest && !halve(search, a, b, &bracket, &at))
		return false;
	double width = log(bracket.high / bracket.low);
	double part = bracket.low_ratio / (bracket.low_ratio - bracket.high_ratio);
	double factor = bracket.low * exp(width * fmin(1, fmax(0, part)));
	double reach = fabs(at.half_width / whole_slope);
	out->crossings[out->crossing_count++] = (struct crossing){
		.below = below,
		.above = above,
		.load = out->load * factor,
		.low = out->load * factor * exp(-reach),
		.high = out->load * factor * exp(reach),
		.usd = at.usd,
		.is_cheapest = is_cheapest,
	};
	return true;
}

static bool find_pair(const struct break_even_search *search, size_t a, size_t b)
{
	struct comparison *out = search->out;
	for (size_t i = 0; i + 1 < out->load_count && out->crossing_count < COMPARE_CROSSINGS_MAX; i++) {
		const struct load_point *low = &out->loads[i];
		const struct load_point *high = &out->loads[i + 1];
		bool all_serve = low->serves[a] && low->serves[b] && high->serves[a] && high->serves[b];
		/* What costs nothing has no ratio. */
		bool all_cost = all_serve && fmin(fmin(low->usd[a], low->usd[b]), fmin(high->usd[a], high->usd[b])) > 0;
		if (!all_cost || (low->usd[a] < low->usd[b]) == (high->usd[a] < high->usd[b]))
			continue;
		struct bracket bracket = {low->load / out->load, high->load / out->load, log(low->usd[a] / low->usd[b]),
					  log(high->usd[a] / high->usd[b])};
		if (!locate(search, a, b, i, bracket))
			return false;
	}
	return true;
}

bool break_even_find(const struct compare_request *request, struct arena *arena, struct comparison *out)
{
	const struct break_even_search search = {request, arena, out};
	const struct setting *setting = NULL;
	for (size_t i = 0; i < out->count && !setting; i++)
		if (takes_part(&out->contenders[i]))
			setting = out->contenders[i].best;
	if (!setting || !measurement_scales(setting))
		return true;
	if (!measure_grid(&search, setting))
		return false;
	for (size_t a = 0; a < out->count; a++)
		for (size_t b = a + 1; b < out->count; b++)
			if (takes_part(&out->contenders[a]) && takes_part(&out->contenders[b]) &&
			    !find_pair(&search, a, b))
				return false;
	return true;
}

/* Seconds of a contender's batch with so many jobs at once, mean. */
static bool seconds_with(const struct break_even_search *search, size_t which, int64_t parallel, double *seconds)
{
	struct setting *setting = setting_copy(search->out->contenders[which].best, search->arena);
	struct measurement measured = {.setting = setting};
	setting->parallel = parallel;
	struct effort effort = measurement_usual(search->request);
	if (!measurement_take(search->request, &measured, 1, effort, search->arena))
		return false;
	*seconds = measurement_mean(measured.seconds, measured.replications);
	return true;
}

/* Values of the experiment's own sweep over the number of jobs, or NULL. */
static const struct yaml_node *swept_jobs(const struct experiment *experiment)
{
	const struct yaml_node *values = yaml_get(yaml_get(experiment->sweep, "matrix"), "pipeline.parallel");
	return values && values->kind == YAML_LIST ? values : NULL;
}

static bool find_in_sweep(const struct break_even_search *search, double rival_seconds, struct faster_from *out)
{
	const struct yaml_node *values = swept_jobs(search->request->experiment);
	for (const struct yaml_node *value = values ? values->first : NULL; value; value = value->next) {
		int64_t parallel;
		double seconds;
		if (value->kind != YAML_SCALAR || !num_parse_int64(value->text, &parallel) || parallel < 1)
			continue;
		if (!seconds_with(search, out->faster, parallel, &seconds))
			return false;
		if (seconds < rival_seconds && (out->of_sweep == 0 || parallel < out->of_sweep))
			out->of_sweep = parallel;
	}
	return true;
}

/* The fewest jobs with which `faster` takes less than the rival: its time falls with every job. */
static bool find_jobs(const struct break_even_search *search, double rival_seconds, struct faster_from *out)
{
	const struct setting *best = search->out->contenders[out->faster].best;
	int64_t concurrency = best->platform->limits.concurrency;
	int64_t high = best->records < concurrency ? best->records : concurrency;
	int64_t low = 0; /* too few */
	double seconds;
	if (!seconds_with(search, out->faster, high, &seconds))
		return false;
	if (seconds >= rival_seconds)
		return true;
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		if (!seconds_with(search, out->faster, middle, &seconds))
			return false;
		*(seconds < rival_seconds ? &high : &low) = middle;
	}
	out->parallel = high;
	return find_in_sweep(search, rival_seconds, out);
}

bool break_even_find_faster(const struct compare_request *request, struct arena *arena, struct comparison *out)
{
	const struct break_even_search search = {request, arena, out};
	for (size_t a = 0; a < out->count && !out->is_served; a++) {
		for (size_t b = 0; b < out->count && out->faster_count < COMPARE_CROSSINGS_MAX; b++) {
			const struct contender *jobs = &out->contenders[a];
			const struct contender *machine = &out->contenders[b];
			if (!takes_part(jobs) || !takes_part(machine) || jobs->platform->kind != PLATFORM_FUNCTIONS ||
			    machine->platform->kind != PLATFORM_MACHINE)
				continue;
			struct faster_from from = {.faster = a, .slower = b};
			double rival = measurement_mean(machine->measured.seconds, machine->measured.replications);
			if (!find_jobs(&search, rival, &from))
				return false;
			out->faster[out->faster_count++] = from;
		}
	}
	return true;
}
