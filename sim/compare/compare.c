#include "compare/compare.h"

#include <math.h>
#include <string.h>

#include "base/file.h"
#include "compare/measurement.h"
#include "compare/steps.h"

const char *const contender_end_names[] = {
	[CONTENDER_ANSWERS] = "answers",
	[CONTENDER_AT_BEST] = "at best",
	[CONTENDER_OVERLOADED] = "no setting",
	[CONTENDER_REFUSED] = "refused",
	NULL,
};

/* Those whose file says a first day and no last one: what is sold today. */
static bool is_sold(struct library *library, const char *name)
{
	struct diag unsaid;
	diag_init(&unsaid);
	const struct platform *platform = library_platform(library, name, NULL, (struct diag_place){0}, &unsaid);
	diag_release(&unsaid);
	return platform && platform->valid_from[0] != '\0' && platform->valid_to[0] == '\0';
}

static void add_name(const char **names, size_t *count, const char *name)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp(names[i], name) == 0)
			return;
	if (*count < COMPARE_PLATFORMS_MAX)
		names[(*count)++] = name;
}

/* Asked for; else the experiment's list; else what is sold, its own first. */
static size_t list_names(const struct compare_request *request, struct library *library, struct arena *arena,
			 const char **names)
{
	const struct experiment *experiment = request->experiment;
	const struct bind_texts *listed = &experiment->compare.platforms;
	const char *const *asked = request->platform_count > 0 ? request->platforms : listed->values;
	size_t asked_count = request->platform_count > 0 ? request->platform_count : listed->count;
	size_t count = 0;
	for (size_t i = 0; i < asked_count; i++)
		add_name(names, &count, asked[i]);
	if (count > 0)
		return count;
	size_t file_count;
	char **files = data_file_list("configs/platforms", ".yaml", arena, &file_count);
	add_name(names, &count, experiment->platform);
	for (size_t i = 0; i < file_count; i++)
		if (is_sold(library, files[i]))
			add_name(names, &count, files[i]);
	return count;
}

static void rank(const struct compare_request *request, struct comparison *out)
{
	out->cheapest = out->count;
	out->fastest = out->count;
	for (size_t i = 0; i < out->count; i++) {
		const struct contender *contender = &out->contenders[i];
		if (contender->end != CONTENDER_ANSWERS)
			continue;
		if (out->cheapest == out->count || contender->usd.mean < out->contenders[out->cheapest].usd.mean)
			out->cheapest = i;
		double seconds = measurement_mean(contender->measured.seconds, contender->measured.replications);
		if (out->fastest == out->count ||
		    seconds < measurement_mean(out->contenders[out->fastest].measured.seconds,
					       out->contenders[out->fastest].measured.replications))
			out->fastest = i;
	}
	for (size_t i = 0; i < out->count && request->trust && out->cheapest < out->count; i++) {
		const struct contender *other = &out->contenders[i];
		const struct contender *cheapest = &out->contenders[out->cheapest];
		const struct contender *fastest = &out->contenders[out->fastest];
		if (other->end != CONTENDER_ANSWERS)
			continue;
		out->ties_cheapest[i] = i != out->cheapest && trust_is_toss_up(&cheapest->usd_band, cheapest->usd.mean,
									       &other->usd_band, other->usd.mean);
		out->ties_fastest[i] =
			i != out->fastest &&
			trust_is_toss_up(&fastest->seconds_band,
					 measurement_mean(fastest->measured.seconds, fastest->measured.replications),
					 &other->seconds_band,
					 measurement_mean(other->measured.seconds, other->measured.replications));
	}
}

static void add_bands(const struct trust *trust, struct contender *contender)
{
	const struct measurement *measured = &contender->measured;
	const struct trust_basis basis = trust_basis_of(contender->best);
	struct trust_spread usd = trust_spread_of(measured->usd, measured->replications);
	struct trust_spread seconds = trust_spread_of(measured->seconds, measured->replications);
	contender->usd_band = trust_band_of_cost(trust, &basis, &measured->result, usd);
	contender->seconds_band = trust_band_of_time(trust, &basis, &measured->result, seconds);
}

static bool measure_all(const struct compare_request *request, struct arena *arena, struct comparison *out)
{
	struct measurement *items = ARENA_ARRAY(arena, struct measurement, out->count);
	struct contender **of = ARENA_ARRAY(arena, struct contender *, out->count);
	size_t count = 0;
	for (size_t i = 0; i < out->count; i++) {
		if (!out->contenders[i].best)
			continue;
		of[count] = &out->contenders[i];
		items[count++].setting = out->contenders[i].best;
	}
	if (!measurement_take(request, items, count, measurement_usual(request), arena))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct contender *contender = of[i];
		contender->measured = items[i];
		contender->usd = measurement_estimate(items[i].usd, items[i].replications);
		contender->thousand = measurement_estimate(items[i].thousand, items[i].replications);
		if (request->trust && !items[i].is_stopped)
			add_bands(request->trust, contender);
		if (!items[i].serves && contender->end != CONTENDER_OVERLOADED) {
			contender->end = CONTENDER_OVERLOADED;
			contender->reason = contender->tried > 0
						    ? arena_printf(arena, "%s, at the nearest of %zu settings",
								   items[i].why_not, contender->tried)
						    : items[i].why_not;
		}
	}
	return true;
}

static bool solve_unknowns(const struct compare_request *request, struct library *library, struct arena *arena,
			   struct comparison *out)
{
	double rival_usd = out->cheapest < out->count ? out->contenders[out->cheapest].usd.mean : HUGE_VAL;
	for (size_t i = 0; i < out->count; i++)
		if (out->contenders[i].end == CONTENDER_AT_BEST &&
		    !unknown_value_solve(request, library, rival_usd, arena, &out->contenders[i]))
			return false;
	return true;
}

bool compare_run(const struct compare_request *request, struct arena *arena, struct comparison *out)
{
	const char **names = ARENA_ARRAY(arena, const char *, COMPARE_PLATFORMS_MAX);
	struct library *library = ARENA_NEW(arena, struct library);
	library_init(library, arena);
	library->admits_unknown = true;
	*out = (struct comparison){0};
	out->count = list_names(request, library, arena, names);
	out->contenders = ARENA_ARRAY(arena, struct contender, out->count);
	out->ties_cheapest = ARENA_ARRAY(arena, bool, out->count);
	out->ties_fastest = ARENA_ARRAY(arena, bool, out->count);
	for (size_t i = 0; i < out->count; i++) {
		struct contender *contender = &out->contenders[i];
		contender_enter(request, library, names[i], arena, contender);
		if (contender->end == CONTENDER_REFUSED)
			continue;
		out->is_served = contender->setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE;
		out->load = measurement_load(contender->setting);
		if (!contender_plan(request, library, arena, contender))
			return false;
	}
	if (!measure_all(request, arena, out))
		return false;
	rank(request, out);
	for (size_t i = 0; i < out->count; i++)
		if (!head_room_find(request, out, arena, &out->contenders[i]))
			return false;
	return solve_unknowns(request, library, arena, out) && break_even_find(request, arena, out) &&
	       break_even_find_faster(request, arena, out);
}
