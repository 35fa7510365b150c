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

/* A simulation from which other plans' costs are reckoned. */
struct anchor {
	struct path_point point;
	double *usd; /* by function, as size_usd has it */
};

/* Next to the best, with the fastest sizes, and with the slowest: one of them may be where calls are tried again. */
enum { ANCHORS = 3 };

/* A layout with all sizes of its functions. */
struct family {
	struct layout layout;
	const struct setting *setting;
	struct workflow_model model;
	struct anchor anchors[ANCHORS];
	size_t anchor_count;
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
static double size_usd(const struct anchor *anchor, size_t function, double seconds, double usd)
{
	const struct path_point *point = &anchor->point;
	return point->visits[function] * usd + point->usd_per_second * point->calls[function] * seconds;
}

/* Simulates the attempt's options. False where no record has a result, or when interrupted. */
static bool drop_anchor(struct sieve *sieve, struct workflow_attempt *attempt, struct anchor *out)
{
	struct workflow_search *search = sieve->search;
	const size_t functions = attempt->setting->function_count;
	struct setting *setting = setting_copy(attempt->setting, search->control.arena);
	struct trial trial;
	for (size_t f = 0; f < functions; f++)
		setting->functions[f].memory_mb = attempt->model.sizes_mb[f][attempt->options[f]];
	workflow_try_setting(search, setting, &trial);
	if (search->is_interrupted || trial.result.metrics[METRIC_COMPLETED_RECORDS].mean == 0)
		return false;
	workflow_model_learn(search->request, &attempt->model, &trial, attempt->options, sieve->arena, &out->point);
	out->usd = ARENA_ARRAY(sieve->arena, double, functions);
	for (size_t f = 0; f < functions; f++) {
		const struct sp_options *options = &attempt->model.graph.functions[f];
		size_t at = attempt->options[f];
		out->usd[f] = size_usd(out, f, options->seconds[at], options->usd[at]);
	}
	return true;
}

static bool add_family(struct sieve *sieve, const struct layout *layout)
{
	struct workflow_attempt attempt;
	struct family *family = &sieve->families[sieve->family_count];
	if (!workflow_attempt_init(&attempt, sieve->search, layout))
		return true;
	int64_t plans = plans_of(&attempt.model, attempt.setting->function_count);
	if ((int64_t)sieve->count + plans > PLANS_MAX)
		return false;
	*family = (struct family){.layout = *layout, .setting = attempt.setting, .model = attempt.model};
	for (int i = 0; i < ANCHORS; i++) {
		for (size_t f = 0; i > 0 && f < attempt.setting->function_count; f++)
			attempt.options[f] = i == 1 ? 0 : attempt.model.graph.functions[f].count - 1;
		family->anchor_count += drop_anchor(sieve, &attempt, &family->anchors[family->anchor_count]);
	}
	for (int64_t code = 0; code < plans; code++)
		sieve->members[sieve->count++] = (struct member){.family = sieve->family_count, .code = code};
	sieve->family_count++;
	return !sieve->search->is_interrupted;
}

static double reckoned_from(const struct family *family, const struct anchor *anchor, int64_t code)
{
	double usd = anchor->point.usd;
	for (size_t f = 0; f < family->setting->function_count; f++) {
		const struct sp_options *every = &family->model.every[f];
		size_t at = (size_t)(code % (int64_t)every->count);
		code /= (int64_t)every->count;
		usd += size_usd(anchor, f, every->seconds[at], every->usd[at]) - anchor->usd[f];
	}
	return usd;
}

/* The least that an anchor tells; without any, nothing is ruled out. */
static double reckoned_usd(const struct family *family, int64_t code)
{
	double usd = family->anchor_count > 0 ? HUGE_VAL : 0;
	for (size_t i = 0; i < family->anchor_count; i++)
		usd = fmin(usd, reckoned_from(family, &family->anchors[i], code));
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
	if (trial_works(trial) && member->usd > 0)
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
