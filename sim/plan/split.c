#include "plan/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "doc/yaml.h"

/* A split, as a bit for each boundary of the profile's functions, the first the lowest: set where it is a cut. */
struct candidate {
	unsigned int cuts;
	struct yaml_node *root;
	struct space space;
	struct search_answer model;
};

bool split_check(const struct experiment *experiment, const struct profile *profile, struct diag *diag)
{
	const struct function_entry *entries = experiment->functions.items;
	if (!profile) {
		diag_error(diag, (struct diag_place){.file = "--split"},
			   "needs an experiment with a profile: stated work cannot be cut");
		return false;
	}
	for (size_t i = 0; i < experiment->functions.count; i++) {
		if (!entries[i].has_work)
			continue;
		diag_error(diag, bind_place(entries[i].node, "work"),
			   "the stated work of '%s' cannot be joined with layers; leave --split out", entries[i].name);
		return false;
	}
	if (profile->function_count > SPLIT_CUTS_MAX + 1) {
		diag_error(diag, (struct diag_place){.file = "--split"},
			   "the profile has %zu functions, and splits of more than %d are not looked through",
			   profile->function_count, SPLIT_CUTS_MAX + 1);
		return false;
	}
	return true;
}

static void add_layers(struct yaml_node *list, const struct profile *profile, const char *function, struct arena *arena)
{
	for (size_t i = 0; i < profile->layer_count; i++) {
		if (strcmp(profile->layers[i].function, function) == 0)
			yaml_build_text(list, NULL, profile->layers[i].name, arena);
	}
}

/* A function that runs those of the profile from `first` to before `end`, with the settings of the first one. */
static void add_joined(struct yaml_node *functions, const struct split_request *request, size_t first, size_t end,
		       struct arena *arena)
{
	const struct profile *profile = request->profile;
	const char *name = profile->functions[first].name;
	if (end > first + 1)
		name = arena_printf(arena, "%s_%s", name, profile->functions[end - 1].name);
	struct yaml_node *entry = yaml_build_add(functions, YAML_MAP, name, arena);
	const struct yaml_node *given = yaml_get(request->space->experiment->root, "functions");
	const struct yaml_node *own = given ? yaml_get(given, profile->functions[first].name) : NULL;
	if (own && !yaml_get(own, "layers"))
		yaml_merge(entry, own, arena);
	if (end == first + 1)
		return;
	struct yaml_node *layers = yaml_build_add(entry, YAML_LIST, "layers", arena);
	for (size_t i = first; i < end; i++)
		add_layers(layers, profile, profile->functions[i].name, arena);
}

static struct yaml_node *root_of(const struct split_request *request, unsigned int cuts, struct arena *arena)
{
	size_t count = request->profile->function_count;
	struct yaml_node *functions = yaml_build_map(arena);
	size_t first = 0;
	for (size_t i = 0; i < count; i++) {
		if (i + 1 < count && !(cuts >> i & 1))
			continue;
		add_joined(functions, request, first, i + 1, arena);
		first = i + 1;
	}
	struct yaml_node *root = yaml_copy(request->space->experiment->root, arena);
	struct diag unsaid;
	diag_init(&unsaid);
	yaml_set_node(root, "functions", functions, root->place, arena, &unsaid);
	diag_release(&unsaid);
	return root;
}

/* False where the split cannot be served at all: a joined function that fits no memory. */
static bool candidate_init(struct candidate *candidate, const struct split_request *request)
{
	struct arena *arena = request->control->arena;
	struct experiment *experiment = ARENA_NEW(arena, struct experiment);
	struct setting *setting = ARENA_NEW(arena, struct setting);
	struct diag unsaid;
	diag_init(&unsaid);
	candidate->root = root_of(request, candidate->cuts, arena);
	struct space_request space = *request->space;
	bool ok = experiment_bind(candidate->root, space.experiment->path, arena, &unsaid, experiment) &&
		  experiment_resolve(experiment, space.library, arena, &unsaid, setting);
	space.experiment = experiment;
	space.setting = setting;
	ok = ok && space_init(&candidate->space, &space, arena, &unsaid);
	diag_release(&unsaid);
	if (!ok)
		return false;
	struct search_request search_request = {.space = &candidate->space, .goal = *request->goal};
	search(&search_request, &candidate->model);
	return candidate->model.found;
}

static int by_objective(const void *a, const void *b)
{
	const struct candidate *x = *(const struct candidate *const *)a;
	const struct candidate *y = *(const struct candidate *const *)b;
	if (x->model.objective != y->model.objective)
		return x->model.objective < y->model.objective ? -1 : 1;
	return x->cuts < y->cuts ? -1 : 1;
}

static double objective_of(const struct split_request *request, const struct trial *trial)
{
	return planner_objective(request->goal, trial->seconds, trial->usd);
}

static enum planner_end plan_candidate(const struct candidate *candidate, const struct split_request *request,
				       struct trial *out)
{
	struct planner_answer *answer = ARENA_NEW(request->control->arena, struct planner_answer);
	struct trial_control control = *request->control;
	control.space = &candidate->space;
	struct planner planner = planner_of(&control, request->goal);
	planner_find(&planner, answer);
	*out = answer->best;
	return answer->end;
}

/* Whether the experiment splits as the candidate does. */
static bool is_given(const struct candidate *candidate, const struct split_request *request)
{
	const struct setting *own = request->space->setting;
	const struct setting *other = candidate->space.sizes[0].setting;
	bool is_same = own->function_count == other->function_count;
	for (size_t i = 0; is_same && i < own->function_count; i++)
		is_same = own->functions[i].work.phases[WORK_WEIGHTS_GET].bytes ==
			  other->functions[i].work.phases[WORK_WEIGHTS_GET].bytes;
	return is_same;
}

/* The model errs between splits by no more than between shapes (planner.h): others cannot be better. */
static const double MODEL_ERROR = 0.1;

static enum planner_end try_candidates(struct candidate **candidates, size_t count, const struct split_request *request,
				       struct split_answer *out)
{
	double least = HUGE_VAL;
	for (size_t i = 0; i < count; i++) {
		bool own = is_given(candidates[i], request);
		bool is_hopeless =
			candidates[i]->model.objective > (1 + MODEL_ERROR) * least || out->tried >= SPLIT_TRIALS_MAX;
		if (is_hopeless && !own)
			continue;
		struct trial trial;
		enum planner_end end = plan_candidate(candidates[i], request, &trial);
		out->tried++;
		if (end == PLANNER_INTERRUPTED)
			return end;
		if (end == PLANNER_INFEASIBLE)
			continue;
		if (own) {
			out->given = trial;
			out->given_found = true;
		}
		if (objective_of(request, &trial) >= least)
			continue;
		least = objective_of(request, &trial);
		out->best = trial;
		out->root = candidates[i]->root;
		out->is_given = own;
	}
	return least < HUGE_VAL ? PLANNER_FOUND : PLANNER_INFEASIBLE;
}

enum planner_end split_choose(const struct split_request *request, struct split_answer *out)
{
	struct arena *arena = request->control->arena;
	unsigned int splits = 1u << (request->profile->function_count - 1);
	struct candidate **candidates = ARENA_ARRAY(arena, struct candidate *, splits);
	size_t count = 0;
	*out = (struct split_answer){.root = yaml_copy(request->space->experiment->root, arena), .split_count = splits};
	for (unsigned int cuts = 0; cuts < splits; cuts++) {
		struct candidate *candidate = ARENA_NEW(arena, struct candidate);
		*candidate = (struct candidate){.cuts = cuts};
		if (candidate_init(candidate, request))
			candidates[count++] = candidate;
	}
	qsort(candidates, count, sizeof *candidates, by_objective);
	return try_candidates(candidates, count, request, out);
}

static void say_difference(const struct trial *this, const struct trial *that, struct buf *out)
{
	buf_printf(out, "%+.1f %% time and %+.1f %% cost", 100 * (this->seconds / that->seconds - 1),
		   100 * (this->usd / that->usd - 1));
}

void split_words(const struct split_answer *split, struct buf *out)
{
	buf_printf(out, "the best of %zu splits at the profile's cuts (%zu of them simulated)", split->split_count,
		   split->tried);
	if (split->is_given) {
		buf_add(out, ", and the experiment's own");
		return;
	}
	if (!split->given_found) {
		buf_add(out, "; with the experiment's own, no plan keeps the bounds");
		return;
	}
	buf_add(out, ": ");
	say_difference(&split->best, &split->given, out);
	buf_add(out, " against the best plan of the experiment's own");
}
