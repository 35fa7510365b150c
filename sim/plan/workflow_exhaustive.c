#include "plan/workflow_exhaustive.h"

#include <math.h>
#include <string.h>

#include "base/sort.h"

enum {
	PLANS_MAX = 300000, /* that are looked at */
	SIZES_MAX = 64,     /* of a function: what is next to each other in finer grids hardly differs */
	BATCH = 64,
};

/*
 * What the mean of a plan's cost is off by, relative: so much before any was simulated, then twice the most that was
 * seen, and no less than LEAST_DOUBT.
 */
static const double FIRST_DOUBT = 0.03;
static const double LEAST_DOUBT = 0.01;

/* A layout with all sizes of its functions, and a simulation from which its other plans' costs are reckoned. */
struct family {
	struct layout layout;
	const struct setting *setting;
	struct workflow_model model;
	struct path_point anchor;
	double *usd; /* of the anchor, by function */
};

struct member {
	size_t family;
	int64_t code; /* its functions' sizes, in mixed radix */
	double usd;
};

struct sieve {
	struct workflow_search *search;
	struct arena *arena;
	struct family *families;
	size_t family_count;
	struct member *members; /* cheapest first */
	size_t count;
	size_t simulated;
	double doubt;
	double effort;
};

/* What a simulation takes: visits, and where a visit serves several records, these. */
static double effort_of(const struct run_result *result)
{
	double each = run_result_metric(result, METRIC_INVOCATIONS)->mean +
		      run_result_metric(result, METRIC_COMPLETED_RECORDS)->mean;
	return each * (double)result->replications;
}

static int64_t plans_of(const struct workflow_model *model, size_t functions)
{
	double plans = 1;
	bool is_fine = false;
	for (size_t f = 0; f < functions; f++) {
		plans *= (double)model->every[f].count;
		is_fine = is_fine || model->every[f].count > SIZES_MAX;
	}
	return is_fine || plans > PLANS_MAX ? PLANS_MAX + 1 : (int64_t)plans;
}

/* What a function's size costs of a run, beside what all plans of the family cost. */
static double size_usd(const struct family *family, size_t function, double seconds, double usd)
{
	const struct path_point *anchor = &family->anchor;
	return anchor->visits[function] * usd + anchor->usd_per_second * anchor->calls[function] * seconds;
}

static bool add_family(struct sieve *sieve, const struct layout *layout)
{
	struct workflow_search *search = sieve->search;
	struct workflow_attempt attempt;
	struct trial trial;
	struct family *family = &sieve->families[sieve->family_count];
	if (!workflow_attempt_init(&attempt, search, layout))
		return true;
	const size_t functions = attempt.setting->function_count;
	int64_t plans = plans_of(&attempt.model, functions);
	if ((int64_t)sieve->count + plans > PLANS_MAX)
		return false;
	*family = (struct family){
		.layout = *layout,
		.setting = attempt.setting,
		.model = attempt.model,
		.usd = ARENA_ARRAY(sieve->arena, double, functions),
	};
	struct setting *setting = setting_copy(attempt.setting, search->control.arena);
	for (size_t f = 0; f < functions; f++)
		setting->functions[f].memory_mb = attempt.model.sizes_mb[f][attempt.options[f]];
	workflow_try_setting(search, setting, &trial);
	if (search->is_interrupted || trial.result.metrics[METRIC_COMPLETED_RECORDS].mean == 0)
		return false;
	workflow_model_learn(search->request, &attempt.model, &trial, attempt.options, sieve->arena, &family->anchor);
	for (size_t f = 0; f < functions; f++) {
		const struct sp_options *options = &attempt.model.graph.functions[f];
		family->usd[f] =
			size_usd(family, f, options->seconds[attempt.options[f]], options->usd[attempt.options[f]]);
	}
	for (int64_t code = 0; code < plans; code++)
		sieve->members[sieve->count++] = (struct member){.family = sieve->family_count, .code = code};
	sieve->family_count++;
	return true;
}

static double reckoned_usd(const struct family *family, int64_t code)
{
	double usd = family->anchor.usd;
	for (size_t f = 0; f < family->setting->function_count; f++) {
		const struct sp_options *every = &family->model.every[f];
		size_t at = (size_t)(code % (int64_t)every->count);
		code /= (int64_t)every->count;
		usd += size_usd(family, f, every->seconds[at], every->usd[at]) - family->usd[f];
	}
	return usd;
}

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a;
	const struct member *y = b;
	if (x->usd != y->usd)
		return x->usd < y->usd ? -1 : 1;
	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	return (x->code > y->code) - (x->code < y->code);
}

/* What costs no less than this is no better. */
static double usd_limit(const struct sieve *sieve)
{
	const struct workflow_search *search = sieve->search;
	const struct trial *best = &search->out->best;
	if (search->request->usd_max > 0)
		return search->request->usd_max;
	if (workflow_wants_least_cost(search->request) && workflow_keeps(best, search->request))
		return best->usd;
	return HUGE_VAL;
}

/* Members that are left, by what is known now. */
static size_t count_possible(const struct sieve *sieve)
{
	size_t count = 0;
	while (count < sieve->count && sieve->members[count].usd * (1 - sieve->doubt) <= usd_limit(sieve))
		count++;
	return count;
}

static struct setting *setting_of(const struct sieve *sieve, const struct member *member, struct arena *arena)
{
	const struct family *family = &sieve->families[member->family];
	struct setting *setting = setting_copy(family->setting, arena);
	int64_t code = member->code;
	for (size_t f = 0; f < setting->function_count; f++) {
		const int64_t count = (int64_t)family->model.every[f].count;
		setting->functions[f].memory_mb = family->model.every_mb[f][code % count];
		code /= count;
	}
	return setting;
}

static void take_result(struct sieve *sieve, const struct member *member, const struct trial *trial)
{
	struct workflow_search *search = sieve->search;
	double usd = search->request->usd_max > 0 ? trial->usd_at : trial->usd;
	sieve->effort += effort_of(&trial->result);
	sieve->simulated++;
	if (trial_works(trial))
		sieve->doubt = fmax(sieve->doubt, 2 * (1 - usd / member->usd));
	if (!workflow_is_better(trial, &search->out->best, 0, search->request))
		return;
	/* The batch's results go with it. */
	workflow_try_setting(search, trial->setting, &search->out->best);
	search->out->layout = sieve->families[member->family].layout;
}

static void simulate_batch(struct sieve *sieve, const struct member *members, size_t count)
{
	struct workflow_search *search = sieve->search;
	struct trial trials[BATCH] = {0};
	struct trial_control control = search->control;
	struct arena scratch;
	arena_init(&scratch);
	control.arena = &scratch;
	for (size_t i = 0; i < count; i++)
		trials[i].setting = setting_of(sieve, &members[i], &scratch);
	search->is_interrupted = !trial_run(trials, count, &control);
	for (size_t i = 0; i < count && !search->is_interrupted; i++)
		take_result(sieve, &members[i], &trials[i]);
	arena_release(&scratch);
}

/* From the cheapest on, until what is left costs too much. */
static void simulate_possible(struct sieve *sieve)
{
	struct workflow_search *search = sieve->search;
	size_t next = 0;
	sieve->doubt = LEAST_DOUBT;
	while (!search->is_interrupted) {
		size_t possible = count_possible(sieve);
		size_t left = possible > next ? possible - next : 0;
		size_t count = left < BATCH ? left : BATCH;
		if (count == 0) {
			search->out->is_exhausted = true;
			return;
		}
		/* Simulations that disagree with what is reckoned may make it too many. */
		if (sieve->effort + (double)left * effort_of(&search->out->best.result) > 2 * EXHAUSTIVE_VISITS_MAX)
			return;
		simulate_batch(sieve, &sieve->members[next], count);
		next += count;
	}
}

static bool add_families(struct sieve *sieve)
{
	struct workflow_search *search = sieve->search;
	const struct workflow_plan *out = search->out;
	struct layout layout = {{0}};
	struct workflow_attempt attempt;
	if (out->layouts > WORKFLOW_LAYOUTS_ALL || !workflow_attempt_init(&attempt, search, &out->layout) ||
	    plans_of(&attempt.model, attempt.setting->function_count) * out->layouts > PLANS_MAX)
		return false;
	sieve->families = ARENA_ARRAY(sieve->arena, struct family, WORKFLOW_LAYOUTS_ALL);
	sieve->members = ARENA_ARRAY(sieve->arena, struct member, PLANS_MAX);
	do {
		if (!add_family(sieve, &layout))
			return false;
	} while (layout_next(&out->knobs, &layout));
	return true;
}

void workflow_exhaustive(struct workflow_search *search)
{
	struct arena arena;
	struct diag unsaid;
	struct diag *said = search->diag;
	arena_init(&arena);
	diag_init(&unsaid);
	search->diag = &unsaid;
	struct sieve sieve = {
		.search = search,
		.arena = &arena,
		.doubt = FIRST_DOUBT,
	};
	if (!search->is_interrupted && add_families(&sieve) && sieve.count > 0) {
		double effort = effort_of(&search->out->best.result);
		for (size_t i = 0; i < sieve.count; i++)
			sieve.members[i].usd =
				reckoned_usd(&sieve.families[sieve.members[i].family], sieve.members[i].code);
		sort_values(sieve.members, sieve.count, sizeof sieve.members[0], compare_members, NULL);
		if ((double)count_possible(&sieve) * effort <= EXHAUSTIVE_VISITS_MAX)
			simulate_possible(&sieve);
		search->out->plans = (int64_t)sieve.count;
		search->out->plans_simulated = (int64_t)sieve.simulated;
	}
	search->diag = said;
	diag_release(&unsaid);
	arena_release(&arena);
}
