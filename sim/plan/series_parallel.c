#include "plan/series_parallel.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "base/sort.h"
#include "plan/time_cost_hull.h"

/* --- options --- */

struct ranked {
	double seconds;
	double usd;
	size_t index;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;
	if (x->seconds != y->seconds)
		return x->seconds < y->seconds ? -1 : 1;
	if (x->usd != y->usd)
		return x->usd < y->usd ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

size_t sp_options_sort(double *seconds, double *usd, size_t *order, size_t n)
{
	struct arena arena;
	arena_init(&arena);
	struct ranked *all = ARENA_ARRAY(&arena, struct ranked, n);
	for (size_t i = 0; i < n; i++)
		all[i] = (struct ranked){seconds[i], usd[i], i};
	sort_values(all, n, sizeof all[0], compare_ranked, NULL);
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && all[i].usd >= usd[kept - 1])
			continue;
		seconds[kept] = all[i].seconds;
		usd[kept] = all[i].usd;
		order[kept++] = all[i].index;
	}
	arena_release(&arena);
	return kept;
}

/* --- what options come to --- */

static double node_seconds(const struct sp_graph *graph, int32_t at, const size_t *options)
{
	const struct sp_node *node = &graph->nodes[at];
	double inner = node->kind == SP_TASK ? graph->functions[node->function].seconds[options[node->function]] : 0;
	for (int32_t child = node->first_child; child >= 0; child = graph->nodes[child].next) {
		double seconds = node_seconds(graph, child, options);
		inner = node->kind == SP_SERIES ? inner + seconds : fmax(inner, seconds);
	}
	return node->fixed_seconds + node->weight * inner;
}

double sp_seconds(const struct sp_graph *graph, const size_t *options)
{
	return node_seconds(graph, graph->root, options);
}

double sp_usd(const struct sp_graph *graph, const size_t *options)
{
	double usd = 0;
	for (size_t i = 0; i < graph->node_count; i++) {
		const struct sp_node *node = &graph->nodes[i];
		if (node->kind == SP_TASK)
			usd += node->visits * graph->functions[node->function].usd[options[node->function]];
	}
	return usd;
}

/* --- convex time-cost curves of blocks --- */

/* A node while one problem is solved. */
struct state {
	struct hull hull;        /* over its whole time */
	double price;            /* of its whole time, in USD a second */
	double time;             /* that the bound gives it */
	double least;            /* cost and priced time of its cheapest options */
	struct sp_point *points; /* what it can come to within the gap */
	size_t point_count;
};

struct sp_point {
	double t;
	double c;
	uint32_t left;  /* of a task: its option; else of what was put together before, ... */
	uint32_t right; /* ... and of the child */
};

/* One problem: some functions have their option already. */
struct problem {
	const struct sp_graph *graph;
	const int64_t *fixed; /* option by function, -1: open */
	struct state *states;
	struct arena *arena;
	bool is_cut; /* some list was too long */
};

/* Options of a task in this problem: all, or the one that is fixed. */
static void option_range(const struct problem *problem, const struct sp_node *node, size_t *from, size_t *to)
{
	int64_t fixed = problem->fixed[node->function];
	*from = fixed >= 0 ? (size_t)fixed : 0;
	*to = fixed >= 0 ? (size_t)fixed + 1 : problem->graph->functions[node->function].count;
}

static struct hull hull_of_task(const struct problem *problem, const struct sp_node *node)
{
	const struct sp_options *options = &problem->graph->functions[node->function];
	size_t from;
	size_t to;
	option_range(problem, node, &from, &to);
	struct hull hull = hull_new(to - from, problem->arena);
	for (size_t i = from; i < to; i++)
		hull_add(&hull, options->seconds[i], node->visits * options->usd[i]);
	return hull;
}

struct segment {
	double slope;
	double t;
	size_t index;
};

static int compare_segments(const void *a, const void *b)
{
	const struct segment *x = a;
	const struct segment *y = b;
	if (x->slope != y->slope)
		return x->slope < y->slope ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static size_t vertices_below(const struct problem *problem, const struct sp_node *node)
{
	size_t count = 1;
	for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next)
		count += problem->states[child].hull.count;
	return count;
}

/* Time is taken where it saves most first. */
static struct hull hull_of_series(const struct problem *problem, const struct sp_node *node)
{
	size_t most = vertices_below(problem, node);
	struct segment *segments = ARENA_ARRAY(problem->arena, struct segment, most);
	struct hull hull = hull_new(most, problem->arena);
	size_t count = 0;
	double t = 0;
	double c = 0;
	for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next) {
		const struct hull *part = &problem->states[child].hull;
		t += part->t[0];
		c += part->c[0];
		for (size_t i = 1; i < part->count; i++) {
			double dt = part->t[i] - part->t[i - 1];
			segments[count] = (struct segment){(part->c[i] - part->c[i - 1]) / dt, dt, count};
			count++;
		}
	}
	sort_values(segments, count, sizeof segments[0], compare_segments, NULL);
	hull_add(&hull, t, c);
	for (size_t i = 0; i < count; i++) {
		t += segments[i].t;
		c += segments[i].slope * segments[i].t;
		hull_add(&hull, t, c);
	}
	return hull;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

/* All branches have the same time. */
static struct hull hull_of_parallel(const struct problem *problem, const struct sp_node *node)
{
	size_t most = vertices_below(problem, node);
	double *times = ARENA_ARRAY(problem->arena, double, most);
	struct hull hull = hull_new(most, problem->arena);
	size_t count = 0;
	double first = 0;
	for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next) {
		const struct hull *part = &problem->states[child].hull;
		first = fmax(first, part->t[0]);
		for (size_t i = 0; i < part->count; i++)
			times[count++] = part->t[i];
	}
	sort_values(times, count, sizeof times[0], compare_doubles, NULL);
	for (size_t i = 0; i < count; i++) {
		if (times[i] < first || (hull.count > 0 && times[i] <= hull.t[hull.count - 1]))
			continue;
		double c = 0;
		for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next)
			c += hull_at(&problem->states[child].hull, times[i]);
		hull_add(&hull, times[i], c);
	}
	return hull;
}

static void make_hulls(const struct problem *problem, int32_t at)
{
	const struct sp_node *node = &problem->graph->nodes[at];
	for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next)
		make_hulls(problem, child);
	struct hull hull = node->kind == SP_TASK     ? hull_of_task(problem, node)
			   : node->kind == SP_SERIES ? hull_of_series(problem, node)
						     : hull_of_parallel(problem, node);
	for (size_t i = 0; i < hull.count; i++)
		hull.t[i] = node->fixed_seconds + node->weight * hull.t[i];
	problem->states[at].hull = hull;
}

/* --- prices of time --- */

static void price_node(const struct problem *problem, int32_t at, double time, double price);

/* Each child takes time as long as that saves more than the price; what is left goes where it saves as much. */
static void price_series(const struct problem *problem, const struct sp_node *node, double time, double price)
{
	double used = 0;
	for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next) {
		const struct hull *hull = &problem->states[child].hull;
		size_t i = 0;
		while (i + 1 < hull->count &&
		       -(hull->c[i + 1] - hull->c[i]) > price * (1 + 1e-9) * (hull->t[i + 1] - hull->t[i]))
			i++;
		problem->states[child].time = hull->t[i];
		used += hull->t[i];
	}
	for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next) {
		struct state *state = &problem->states[child];
		const struct hull *hull = &state->hull;
		size_t i = 0;
		while (i + 1 < hull->count &&
		       -(hull->c[i + 1] - hull->c[i]) >= price * (1 - 1e-9) * (hull->t[i + 1] - hull->t[i]))
			i++;
		double more = fmax(0, fmin(time - used, hull->t[i] - state->time));
		state->time += more;
		used += more;
		price_node(problem, child, state->time, price);
	}
}

/* The branches share the price, each between what a second more saves it and what a second less costs it. */
static void price_parallel(const struct problem *problem, const struct sp_node *node, double time, double price)
{
	double low_sum = 0;
	double room_sum = 0;
	for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next) {
		double more;
		double less;
		hull_prices(&problem->states[child].hull, time, &more, &less);
		low_sum += more;
		room_sum += fmin(less, fmax(price, more)) - more;
	}
	double share = room_sum > 0 ? fmin(1, fmax(0, price - low_sum) / room_sum) : 0;
	double squeeze = low_sum > price && low_sum > 0 ? price / low_sum : 1;
	double left = price;
	for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next) {
		double more;
		double less;
		hull_prices(&problem->states[child].hull, time, &more, &less);
		double own = squeeze * more + share * (fmin(less, fmax(price, more)) - more);
		bool is_last = problem->graph->nodes[child].next < 0;
		own = is_last ? left : fmin(own, left);
		left -= own;
		price_node(problem, child, time, own);
	}
}

static void price_node(const struct problem *problem, int32_t at, double time, double price)
{
	const struct sp_node *node = &problem->graph->nodes[at];
	struct state *state = &problem->states[at];
	state->time = time;
	state->price = price;
	double inner = (time - node->fixed_seconds) / node->weight;
	if (node->kind == SP_SERIES)
		price_series(problem, node, inner, price * node->weight);
	else if (node->kind == SP_PARALLEL)
		price_parallel(problem, node, inner, price * node->weight);
}

/* Cost and priced time of the cheapest options, below each node. */
static double find_least(const struct problem *problem, int32_t at)
{
	const struct sp_node *node = &problem->graph->nodes[at];
	struct state *state = &problem->states[at];
	state->least = state->price * node->fixed_seconds;
	if (node->kind == SP_TASK) {
		const struct sp_options *options = &problem->graph->functions[node->function];
		double least = HUGE_VAL;
		size_t from;
		size_t to;
		option_range(problem, node, &from, &to);
		for (size_t i = from; i < to; i++)
			least = fmin(least, node->visits * options->usd[i] +
						    state->price * node->weight * options->seconds[i]);
		state->least += least;
	}
	for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next)
		state->least += find_least(problem, child);
	return state->least;
}

/* --- what is left, put together --- */

enum { POINTS_MAX = 2000000 };

static int compare_points(const void *a, const void *b)
{
	const struct sp_point *x = a;
	const struct sp_point *y = b;
	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	if (x->c != y->c)
		return x->c < y->c ? -1 : 1;
	if (x->left != y->left)
		return x->left < y->left ? -1 : 1;
	return (x->right > y->right) - (x->right < y->right);
}

/* Without those that another one is no slower and no dearer than. */
static size_t undominated(struct sp_point *points, size_t count)
{
	size_t kept = 0;
	sort_values(points, count, sizeof points[0], compare_points, NULL);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || points[i].c < points[kept - 1].c)
			points[kept++] = points[i];
	return kept;
}

struct list {
	struct sp_point *points;
	size_t count;
};

/* A fold over a node's children keeps what each was made of. */
struct fold {
	struct list *lists; /* after each child */
	size_t count;
};

struct sums {
	double price; /* of what is put together */
	double least;
	double gap;
};

/* Puts every pair that may be part of a better plan into out, where it is not NULL; returns how many there are. */
static size_t put_pairs(bool is_series, struct list a, struct list b, const struct sums *sums, struct sp_point *out,
			size_t most)
{
	size_t count = 0;
	for (size_t i = 0; i < a.count; i++) {
		for (size_t k = 0; k < b.count && count < most; k++) {
			double t = is_series ? a.points[i].t + b.points[k].t : fmax(a.points[i].t, b.points[k].t);
			double c = a.points[i].c + b.points[k].c;
			if (c + sums->price * t - sums->least > sums->gap)
				continue;
			if (out)
				out[count] = (struct sp_point){t, c, (uint32_t)i, (uint32_t)k};
			count++;
		}
	}
	return count;
}

static struct list combine(struct problem *problem, bool is_series, struct list a, struct list b,
			   const struct sums *sums)
{
	size_t count = put_pairs(is_series, a, b, sums, NULL, POINTS_MAX + 1);
	if (count > POINTS_MAX) {
		problem->is_cut = true;
		count = POINTS_MAX;
	}
	struct list out = {.points = ARENA_ARRAY(problem->arena, struct sp_point, count)};
	put_pairs(is_series, a, b, sums, out.points, count);
	out.count = undominated(out.points, count);
	return out;
}

static struct list list_of_task(struct problem *problem, const struct sp_node *node, const struct state *state,
				double gap)
{
	const struct sp_options *options = &problem->graph->functions[node->function];
	size_t from;
	size_t to;
	option_range(problem, node, &from, &to);
	struct list out = {.points = ARENA_ARRAY(problem->arena, struct sp_point, to - from)};
	for (size_t i = from; i < to; i++) {
		double t = node->fixed_seconds + node->weight * options->seconds[i];
		double c = node->visits * options->usd[i];
		if (c + state->price * t - state->least <= gap)
			out.points[out.count++] = (struct sp_point){t, c, (uint32_t)i, 0};
	}
	return out;
}

static struct list collect(struct problem *problem, struct fold *folds, int32_t at, double gap)
{
	const struct sp_node *node = &problem->graph->nodes[at];
	const struct state *state = &problem->states[at];
	if (node->kind == SP_TASK)
		return list_of_task(problem, node, state, gap);
	struct fold *fold = &folds[at];
	size_t children = 0;
	for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next)
		children++;
	fold->lists = ARENA_ARRAY(problem->arena, struct list, children + 1);
	if (children == 0)
		fold->lists[fold->count++] =
			(struct list){.points = ARENA_NEW(problem->arena, struct sp_point), .count = 1};
	struct sums sums = {.gap = gap};
	for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next) {
		struct list part = collect(problem, folds, child, gap);
		const struct state *below = &problem->states[child];
		sums.price = node->kind == SP_SERIES ? below->price : sums.price + below->price;
		sums.least += below->least;
		problem->states[child].points = part.points;
		problem->states[child].point_count = part.count;
		struct list *before = fold->count > 0 ? &fold->lists[fold->count - 1] : NULL;
		fold->lists[fold->count++] =
			before ? combine(problem, node->kind == SP_SERIES, *before, part, &sums) : part;
	}
	struct list last = fold->lists[fold->count - 1];
	struct list out = {.points = ARENA_ARRAY(problem->arena, struct sp_point, last.count), .count = last.count};
	for (size_t i = 0; i < last.count; i++)
		out.points[i] = (struct sp_point){node->fixed_seconds + node->weight * last.points[i].t,
						  last.points[i].c, (uint32_t)i, 0};
	return out;
}

static void trace_back(const struct problem *problem, const struct fold *folds, int32_t at,
		       const struct sp_point *point, size_t *options)
{
	const struct sp_node *node = &problem->graph->nodes[at];
	if (node->kind == SP_TASK) {
		options[node->function] = point->left;
		return;
	}
	const struct fold *fold = &folds[at];
	uint32_t index = point->left;
	int32_t children[4096];
	size_t count = 0;
	for (int32_t child = node->first_child; child >= 0; child = problem->graph->nodes[child].next)
		children[count++] = child;
	while (count-- > 0) {
		uint32_t own = count > 0 ? fold->lists[count].points[index].right : index;
		trace_back(problem, folds, children[count], &problem->states[children[count]].points[own], options);
		if (count > 0)
			index = fold->lists[count].points[index].left;
	}
}

/* --- one problem --- */

/* The bound of a problem; infinite where nothing keeps the deadline. */
static double bound_of(const struct problem *problem, double deadline)
{
	make_hulls(problem, problem->graph->root);
	const struct hull *hull = &problem->states[problem->graph->root].hull;
	return hull->t[0] > deadline ? HUGE_VAL : hull_at(hull, deadline);
}

/* The slowest options that keep to the times of the bound keep the deadline; so do the fastest, beyond rounding. */
static void round_down(const struct problem *problem, bool to_fastest, size_t *options)
{
	for (size_t n = 0; n < problem->graph->node_count; n++) {
		const struct sp_node *node = &problem->graph->nodes[n];
		if (node->kind != SP_TASK)
			continue;
		const struct sp_options *all = &problem->graph->functions[node->function];
		size_t from;
		size_t to;
		option_range(problem, node, &from, &to);
		double inner = (problem->states[n].time - node->fixed_seconds) / node->weight;
		size_t at = from;
		while (!to_fastest && at + 1 < to && all->seconds[at + 1] <= inner)
			at++;
		options[node->function] = at;
	}
}

static void take_if_better(const struct sp_graph *graph, const size_t *options, double deadline, struct sp_answer *best)
{
	if (sp_seconds(graph, options) > deadline)
		return;
	double usd = sp_usd(graph, options);
	if (best->is_feasible && usd >= best->usd)
		return;
	best->is_feasible = true;
	best->usd = usd;
	best->seconds = sp_seconds(graph, options);
	memcpy(best->options, options, graph->function_count * sizeof options[0]);
}

/* Whatever costs no more than so much beyond the bound; keeps the best of it. */
static void search_band(struct problem *problem, double deadline, double band, struct sp_answer *best)
{
	const struct sp_graph *graph = problem->graph;
	struct arena *outer = problem->arena;
	struct arena arena;
	arena_init(&arena);
	problem->arena = &arena;
	struct fold *folds = ARENA_ARRAY(&arena, struct fold, graph->node_count);
	size_t *options = ARENA_ARRAY(&arena, size_t, graph->function_count);
	memcpy(options, best->options, graph->function_count * sizeof options[0]);
	struct list all = collect(problem, folds, graph->root, band);
	for (size_t i = 0; i < all.count; i++) {
		if (all.points[i].t > deadline * (1 + 1e-12))
			continue;
		trace_back(problem, folds, graph->root, &all.points[i], options);
		take_if_better(graph, options, deadline, best);
	}
	problem->arena = outer;
	arena_release(&arena);
}

/* The first band's part of the gap, and how each is wider than the one before. */
static const double BAND_FIRST = 4096;
static const double BAND_GROWTH = 8;

/* Improves on the best of all, where this problem has better; each function has one task, or is fixed. */
static void solve_open(struct problem *problem, double deadline, struct sp_answer *best)
{
	const struct sp_graph *graph = problem->graph;
	double bound = bound_of(problem, deadline);
	if (bound == HUGE_VAL || (best->is_feasible && bound >= best->usd))
		return;
	size_t *options = ARENA_ARRAY(problem->arena, size_t, graph->function_count);
	struct state *root = &problem->states[graph->root];
	double more;
	double less;
	double time = fmin(deadline, root->hull.t[root->hull.count - 1]);
	hull_prices(&root->hull, time, &more, &less);
	price_node(problem, graph->root, time, time < deadline ? 0 : more);
	for (int to_fastest = 0; to_fastest < 2; to_fastest++) {
		round_down(problem, to_fastest, options);
		take_if_better(graph, options, deadline, best);
	}
	double dual = find_least(problem, graph->root) - root->price * time;
	/* Nothing is within the deadline but by rounding. */
	if (!best->is_feasible)
		return;
	/* Narrow bands find better plans, which make the whole gap narrower. */
	double gap;
	double band = 0;
	do {
		gap = (best->usd - dual) * (1 + 1e-9) + 1e-12 * best->usd;
		band = fmin(gap, band > 0 ? BAND_GROWTH * band : gap / BAND_FIRST);
		search_band(problem, deadline, band, best);
		gap = (best->usd - dual) * (1 + 1e-9) + 1e-12 * best->usd;
	} while (band < gap && !problem->is_cut);
}

/* --- functions of several tasks --- */

struct branching {
	const struct sp_graph *graph;
	double deadline;
	size_t *shared;
	size_t shared_count;
	int64_t *fixed;
	int64_t bounds_left;
	struct sp_answer *best;
	bool is_cut;
};

/* So many bounds are computed before the search gives up on a proof. */
enum { BOUNDS_MAX = 200000 };

struct candidate {
	double bound;
	size_t option;
};

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;
	if (x->bound != y->bound)
		return x->bound < y->bound ? -1 : 1;
	return (x->option > y->option) - (x->option < y->option);
}

static void problem_init(struct problem *problem, const struct branching *branching, struct arena *arena)
{
	*problem = (struct problem){
		.graph = branching->graph,
		.fixed = branching->fixed,
		.states = ARENA_ARRAY(arena, struct state, branching->graph->node_count),
		.arena = arena,
	};
}

static double branch_bound(struct branching *branching)
{
	struct arena arena;
	struct problem problem;
	arena_init(&arena);
	problem_init(&problem, branching, &arena);
	double bound = bound_of(&problem, branching->deadline);
	arena_release(&arena);
	return bound;
}

static void branch(struct branching *branching, size_t depth)
{
	struct arena arena;
	arena_init(&arena);
	if (depth == branching->shared_count) {
		struct problem problem;
		problem_init(&problem, branching, &arena);
		solve_open(&problem, branching->deadline, branching->best);
		branching->is_cut = branching->is_cut || problem.is_cut;
		arena_release(&arena);
		return;
	}
	size_t function = branching->shared[depth];
	size_t options = branching->graph->functions[function].count;
	struct candidate *candidates = ARENA_ARRAY(&arena, struct candidate, options);
	for (size_t i = 0; i < options; i++) {
		branching->fixed[function] = (int64_t)i;
		candidates[i] = (struct candidate){branch_bound(branching), i};
	}
	branching->bounds_left -= (int64_t)options;
	sort_values(candidates, options, sizeof candidates[0], compare_candidates, NULL);
	const struct sp_answer *best = branching->best;
	for (size_t i = 0; i < options && candidates[i].bound < HUGE_VAL; i++) {
		if (best->is_feasible && candidates[i].bound >= best->usd)
			break;
		if (branching->bounds_left <= 0) {
			branching->is_cut = true;
			break;
		}
		branching->fixed[function] = (int64_t)candidates[i].option;
		branch(branching, depth + 1);
	}
	branching->fixed[function] = -1;
	arena_release(&arena);
}

void sp_solve(const struct sp_graph *graph, double deadline_seconds, struct arena *arena, struct sp_answer *out)
{
	size_t functions = graph->function_count;
	size_t *tasks = ARENA_ARRAY(arena, size_t, functions);
	*out = (struct sp_answer){.options = ARENA_ARRAY(arena, size_t, functions)};
	struct branching branching = {
		.graph = graph,
		.deadline = deadline_seconds,
		.shared = ARENA_ARRAY(arena, size_t, functions),
		.fixed = ARENA_ARRAY(arena, int64_t, functions),
		.bounds_left = BOUNDS_MAX,
		.best = out,
	};
	for (size_t i = 0; i < graph->node_count; i++)
		if (graph->nodes[i].kind == SP_TASK)
			tasks[graph->nodes[i].function]++;
	for (size_t i = 0; i < functions; i++) {
		branching.fixed[i] = -1;
		if (tasks[i] > 1)
			branching.shared[branching.shared_count++] = i;
	}
	out->bound_usd = branch_bound(&branching);
	branch(&branching, 0);
	out->is_proven = !branching.is_cut;
	if (out->is_feasible && out->is_proven)
		out->bound_usd = out->usd;
}
