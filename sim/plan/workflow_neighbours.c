#include "plan/workflow_neighbours.h"

#include <math.h>
#include <string.h>

#include "base/num.h"

enum {
	TRIALS_MAX = 120,
	BOX_TRIALS_MAX = 5, /* in one box */
};

/* No further one after so many visits. */
static const double NEIGHBOUR_VISITS_MAX = 1e6;

struct neighbourhood {
	struct workflow_attempt attempt; /* of the best's layout */
	struct workflow_model whole;     /* with all options, of which the attempt has a box */
	size_t *centre;                  /* the best */
	size_t *first;                   /* of the box, by function */
	int64_t left;                    /* simulations */
	double visits_max;
};

static size_t functions_of(const struct neighbourhood *around)
{
	return around->attempt.setting->function_count;
}

static bool is_done(const struct neighbourhood *around)
{
	const struct workflow_search *search = around->attempt.search;
	return around->left <= 0 || search->is_interrupted || search->visits > around->visits_max;
}

static size_t moved(const struct sp_options *options, size_t at, int64_t by)
{
	int64_t to = (int64_t)at + by;
	return (size_t)max_int64(0, min_int64(to, (int64_t)options->count - 1));
}

/* The attempt's options become those within so many of the centre, and its model that of the centre. */
static void enter_box(struct neighbourhood *around, int64_t radius)
{
	struct workflow_attempt *attempt = &around->attempt;
	struct workflow_search *search = attempt->search;
	struct path_point point;
	for (size_t f = 0; f < functions_of(around); f++) {
		const struct sp_options *all = &around->whole.graph.functions[f];
		size_t first = moved(all, around->centre[f], -radius);
		size_t last = moved(all, around->centre[f], radius);
		around->first[f] = first;
		attempt->model.sizes_mb[f] = around->whole.sizes_mb[f] + first;
		attempt->model.graph.functions[f] = (struct sp_options){
			.name = all->name,
			.seconds = all->seconds + first,
			.usd = all->usd + first,
			.count = last - first + 1,
		};
		attempt->options[f] = around->centre[f] - first;
	}
	attempt->seconds_max = search->request->seconds_max > 0 ? search->request->seconds_max : HUGE_VAL;
	path_model_init(&attempt->path, attempt->model.graph.functions, functions_of(around), search->control.arena);
	attempt->path.is_rough = true;
	if (search->out->best.result.metrics[METRIC_COMPLETED_RECORDS].mean == 0)
		return;
	workflow_model_learn(search->request, &attempt->model, &search->out->best, attempt->options,
			     search->control.arena, &point);
	path_model_add(&attempt->path, &point);
}

/* Simulates the attempt's options; where they are better than the centre, they are the centre. */
static bool try_box_options(struct neighbourhood *around)
{
	struct workflow_attempt *attempt = &around->attempt;
	const struct setting *before = attempt->search->out->best.setting;
	around->left--;
	workflow_try_options(attempt);
	if (attempt->search->out->best.setting == before)
		return false;
	for (size_t f = 0; f < functions_of(around); f++)
		around->centre[f] = around->first[f] + attempt->options[f];
	return true;
}

/* Follows the model in one box; true where the centre has moved. */
static bool improve_in_box(struct neighbourhood *around, int64_t radius)
{
	struct workflow_attempt *attempt = &around->attempt;
	enter_box(around, radius);
	for (int i = 0; i < BOX_TRIALS_MAX && attempt->path.point_count > 0 && !is_done(around); i++) {
		struct path_answer answer;
		workflow_ask_model(attempt, &answer);
		if (workflow_is_beaten(attempt, &answer) || workflow_was_tried(&attempt->path, answer.options))
			return false;
		memcpy(attempt->options, answer.options, functions_of(around) * sizeof answer.options[0]);
		if (try_box_options(around))
			return true;
	}
	return false;
}

/* Simulates what some functions' options moved from the centre are; goes there where that is better. */
static bool try_neighbour(struct neighbourhood *around, size_t f, int64_t by_f, size_t g, int64_t by_g)
{
	struct workflow_attempt *attempt = &around->attempt;
	const struct sp_options *options = around->whole.graph.functions;
	size_t to_f = moved(&options[f], around->centre[f], by_f);
	size_t to_g = moved(&options[g], around->centre[g], by_g);
	bool is_same = to_f == around->centre[f] && to_g == around->centre[g];
	if (is_same || is_done(around))
		return false;
	enter_box(around, INT64_MAX / 2);
	attempt->path.point_count = 0;
	attempt->options[f] = to_f;
	if (g != f)
		attempt->options[g] = to_g;
	return try_box_options(around);
}

/* One function by itself, either way; then one for another, by as much, by half and by twice as much. */
static bool improve_by_exchange(struct neighbourhood *around, int64_t by)
{
	static const int64_t exchanges[][2] = {{1, 1}, {2, 1}, {1, 2}};
	int64_t wanted = workflow_wants_least_cost(around->attempt.search->request) ? by : -by;
	bool is_improved = false;
	for (size_t f = 0; f < functions_of(around); f++)
		is_improved = try_neighbour(around, f, wanted, f, 0) || try_neighbour(around, f, -wanted, f, 0) ||
			      is_improved;
	for (size_t i = 0; i < ARRAY_LEN(exchanges); i++)
		for (size_t f = 0; f < functions_of(around); f++)
			for (size_t g = 0; g < functions_of(around); g++)
				is_improved = (f != g && try_neighbour(around, f, exchanges[i][0] * wanted, g,
								       -exchanges[i][1] * wanted)) ||
					      is_improved;
	return is_improved;
}

/* False where there is nothing to look around in. */
static bool neighbourhood_init(struct neighbourhood *around, struct workflow_search *search,
			       const struct layout *layout)
{
	struct arena *arena = search->control.arena;
	*around = (struct neighbourhood){.left = TRIALS_MAX, .visits_max = search->visits + NEIGHBOUR_VISITS_MAX};
	if (!workflow_attempt_init(&around->attempt, search, layout))
		return false;
	struct workflow_attempt *attempt = &around->attempt;
	size_t functions = functions_of(around);
	around->whole = attempt->model;
	around->centre = ARENA_ARRAY(arena, size_t, functions);
	around->first = ARENA_ARRAY(arena, size_t, functions);
	memcpy(around->centre, attempt->options, functions * sizeof around->centre[0]);
	attempt->model.sizes_mb = ARENA_ARRAY(arena, int64_t *, functions);
	attempt->model.graph.functions = ARENA_ARRAY(arena, struct sp_options, functions);
	return true;
}

void workflow_neighbours(struct workflow_search *search)
{
	struct workflow_plan *out = search->out;
	struct neighbourhood around;
	struct layout layout = out->layout;
	int64_t most = 0;
	if (out->is_exhausted || search->is_interrupted || !neighbourhood_init(&around, search, &layout))
		return;
	for (size_t f = 0; f < functions_of(&around); f++)
		most = max_int64(most, (int64_t)around.whole.graph.functions[f].count);
	for (int64_t radius = most; radius > 0 && !is_done(&around); radius /= 3)
		while (improve_in_box(&around, radius))
			;
	for (int64_t by = max_int64(1, most / 4); by > 0 && !is_done(&around); by /= 3)
		while (improve_by_exchange(&around, by) && !is_done(&around))
			;
	out->bound_usd = fmin(out->bound_usd, out->best.usd);
}
