#include "plan/path_model.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/sort.h"

/* --- what the model says --- */

static double seconds_of(const struct path_model *model, size_t function, size_t option)
{
	return model->functions[function].seconds[option];
}

static const struct path_point *last_point(const struct path_model *model)
{
	return &model->points[model->point_count - 1];
}

static double plane_at(const struct path_model *model, const struct path_point *point, const size_t *options)
{
	double seconds = point->seconds;
	for (size_t f = 0; f < model->function_count; f++)
		seconds +=
			point->calls[f] * (seconds_of(model, f, options[f]) - seconds_of(model, f, point->options[f]));
	return seconds;
}

double path_model_seconds(const struct path_model *model, const size_t *options)
{
	double seconds = 0;
	for (size_t k = 0; k < model->point_count; k++)
		seconds = fmax(seconds, plane_at(model, &model->points[k], options));
	return seconds;
}

double path_model_doubt(const struct path_model *model)
{
	double worst = 0;
	for (size_t k = 0; k < model->point_count; k++)
		worst = fmax(worst, path_model_seconds(model, model->points[k].options) / model->points[k].seconds - 1);
	return worst;
}

/* A function's part of the cost, by the last point. */
static double option_usd(const struct path_model *model, size_t function, size_t option)
{
	const struct path_point *point = last_point(model);
	return point->visits[function] * model->functions[function].usd[option] +
	       point->usd_per_second * point->calls[function] * seconds_of(model, function, option);
}

double path_model_usd(const struct path_model *model, const size_t *options)
{
	const struct path_point *point = last_point(model);
	double usd = point->usd;
	for (size_t f = 0; f < model->function_count; f++)
		usd += option_usd(model, f, options[f]) - option_usd(model, f, point->options[f]);
	return usd;
}

/* --- points --- */

void path_model_init(struct path_model *model, const struct sp_options *functions, size_t function_count,
		     struct arena *arena)
{
	*model = (struct path_model){
		.functions = functions,
		.function_count = function_count,
		.corners = ARENA_ARRAY(arena, struct path_corners, function_count),
		.points = ARENA_ARRAY(arena, struct path_point, PATH_POINTS_MAX),
		.arena = arena,
	};
	for (size_t f = 0; f < function_count; f++) {
		const struct sp_options *options = &functions[f];
		struct hull hull = hull_new(options->count, arena);
		for (size_t i = 0; i < options->count; i++)
			hull_add(&hull, options->seconds[i], options->usd[i]);
		struct path_corners *corners = &model->corners[f];
		corners->options = ARENA_ARRAY(arena, size_t, hull.count);
		for (size_t i = 0; i < options->count; i++)
			if (corners->count < hull.count && options->seconds[i] == hull.t[corners->count])
				corners->options[corners->count++] = i;
	}
}

void path_model_add(struct path_model *model, const struct path_point *point)
{
	CHECK(model->point_count < PATH_POINTS_MAX);
	model->points[model->point_count++] = *point;
}

/* --- prices of the planes --- */

struct problem {
	const struct path_model *model;
	double seconds_max;
	double prices[PATH_POINTS_MAX]; /* of a second of each plane */
	double *price;                  /* of a function's second, by function */
	size_t *chosen;                 /* the least at these prices */
	double *least;                  /* what that comes to */
	double dual_usd;
};

/* The corner that is least at a price of time: time is bought as long as it costs less than that. */
static size_t least_corner(const struct path_model *model, size_t function, double price)
{
	const struct path_corners *corners = &model->corners[function];
	const struct sp_options *options = &model->functions[function];
	double visits = last_point(model)->visits[function];
	size_t low = 0;
	size_t high = corners->count - 1;
	while (low < high) {
		size_t middle = (low + high) / 2;
		size_t from = corners->options[middle];
		size_t to = corners->options[middle + 1];
		double saved = visits * (options->usd[from] - options->usd[to]);
		if (saved > price * (options->seconds[to] - options->seconds[from]))
			low = middle + 1;
		else
			high = middle;
	}
	return corners->options[low];
}

/* Chooses at the prices, and adds up the bound that they give. */
static void price_all(struct problem *problem)
{
	const struct path_model *model = problem->model;
	problem->dual_usd = last_point(model)->usd;
	for (size_t f = 0; f < model->function_count; f++) {
		double by_time = 0;
		for (size_t k = 0; k < model->point_count; k++)
			by_time += problem->prices[k] * model->points[k].calls[f];
		double own = last_point(model)->usd_per_second * last_point(model)->calls[f];
		problem->price[f] = by_time;
		problem->chosen[f] = least_corner(model, f, by_time + own);
		problem->least[f] =
			option_usd(model, f, problem->chosen[f]) + by_time * seconds_of(model, f, problem->chosen[f]);
		problem->dual_usd += problem->least[f] - option_usd(model, f, last_point(model)->options[f]);
	}
	for (size_t k = 0; k < model->point_count; k++) {
		const struct path_point *point = &model->points[k];
		double room = problem->seconds_max - point->seconds;
		for (size_t f = 0; f < model->function_count; f++)
			room += point->calls[f] * seconds_of(model, f, point->options[f]);
		if (problem->prices[k] > 0)
			problem->dual_usd -= problem->prices[k] * room;
	}
}

static bool is_late(struct problem *problem, size_t plane, double price)
{
	problem->prices[plane] = price;
	price_all(problem);
	return plane_at(problem->model, &problem->model->points[plane], problem->chosen) > problem->seconds_max;
}

enum { PRICE_SWEEPS = 4, HALVINGS = 50 };
static const double PRICE_FIRST = 1e-9; /* USD a second */
static const double PRICE_MOST = 1e9;

/* Plane by plane, the least price at which what is chosen keeps it. */
static void find_prices(struct problem *problem)
{
	for (int sweep = 0; sweep < PRICE_SWEEPS; sweep++) {
		for (size_t k = 0; k < problem->model->point_count; k++) {
			double low = 0;
			double high = PRICE_FIRST;
			if (!is_late(problem, k, 0))
				continue;
			while (high < PRICE_MOST && is_late(problem, k, high)) {
				low = high;
				high *= 4;
			}
			for (int i = 0; i < HALVINGS && low < high * (1 - 1e-9); i++) {
				double middle = low > 0 ? sqrt(low * high) : high / 2;
				*(is_late(problem, k, middle) ? &low : &high) = middle;
			}
			is_late(problem, k, high);
		}
	}
	price_all(problem);
}

/* --- the cheapest plan --- */

/* What keeps all planes, from what the prices choose: each time the step that takes most time off for its money. */
static void make_feasible(const struct problem *problem, size_t *options)
{
	const struct path_model *model = problem->model;
	memcpy(options, problem->chosen, model->function_count * sizeof options[0]);
	for (double late = path_model_seconds(model, options) - problem->seconds_max; late > 0;) {
		size_t best = model->function_count;
		double best_rate = 0;
		for (size_t f = 0; f < model->function_count; f++) {
			if (options[f] == 0)
				continue;
			options[f]--;
			double less = late - (path_model_seconds(model, options) - problem->seconds_max);
			options[f]++;
			double more = option_usd(model, f, options[f] - 1) - option_usd(model, f, options[f]);
			double rate = less / fmax(more, 1e-18);
			if (less > 0 && rate > best_rate) {
				best = f;
				best_rate = rate;
			}
		}
		if (best == model->function_count) {
			memset(options, 0, model->function_count * sizeof options[0]);
			return;
		}
		options[best]--;
		late = path_model_seconds(model, options) - problem->seconds_max;
	}
}

/* Each function as cheap as the others leave it. */
static void take_slack(const struct problem *problem, size_t *options)
{
	const struct path_model *model = problem->model;
	for (size_t f = 0; f < model->function_count; f++) {
		size_t kept = options[f];
		for (size_t i = kept + 1; i < model->functions[f].count; i++) {
			options[f] = i;
			if (path_model_seconds(model, options) > problem->seconds_max)
				break;
			if (option_usd(model, f, i) < option_usd(model, f, kept))
				kept = i;
		}
		options[f] = kept;
	}
}

struct candidate {
	double over; /* the bound, USD */
	size_t option;
};

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;
	if (x->over != y->over)
		return x->over < y->over ? -1 : 1;
	return (x->option > y->option) - (x->option < y->option);
}

/* All plans whose functions together are less over the bound than the best one that is known. */
struct enumeration {
	const struct problem *problem;
	struct candidate **candidates; /* by function, ascending */
	size_t *counts;
	double *room; /* left in each plane, if those that are open take their least time */
	size_t *options;
	struct path_answer *best;
	double gap;
	int64_t left;
};

enum { NODES_MAX = 300000, NODES_MAX_ROUGH = 3000 };

static void enumerate(struct enumeration *all, size_t function, double over)
{
	const struct path_model *model = all->problem->model;
	if (all->left-- <= 0)
		return;
	if (function == model->function_count) {
		double usd = path_model_usd(model, all->options);
		if (usd >= all->best->usd)
			return;
		all->best->usd = usd;
		all->gap = usd - all->problem->dual_usd;
		memcpy(all->best->options, all->options, model->function_count * sizeof all->options[0]);
		return;
	}
	for (size_t i = 0; i < all->counts[function]; i++) {
		const struct candidate *candidate = &all->candidates[function][i];
		bool fits = true;
		if (over + candidate->over >= all->gap)
			return;
		double more = seconds_of(model, function, candidate->option) - seconds_of(model, function, 0);
		for (size_t k = 0; k < model->point_count; k++) {
			all->room[k] -= model->points[k].calls[function] * more;
			fits = fits && all->room[k] >= 0;
		}
		all->options[function] = candidate->option;
		if (fits)
			enumerate(all, function + 1, over + candidate->over);
		for (size_t k = 0; k < model->point_count; k++)
			all->room[k] += model->points[k].calls[function] * more;
	}
}

static void find_candidates(struct enumeration *all, size_t function, struct arena *arena)
{
	const struct problem *problem = all->problem;
	const struct sp_options *options = &problem->model->functions[function];
	struct candidate *out = ARENA_ARRAY(arena, struct candidate, options->count);
	size_t count = 0;
	for (size_t i = 0; i < options->count; i++) {
		double over = option_usd(problem->model, function, i) + problem->price[function] * options->seconds[i] -
			      problem->least[function];
		if (over < all->gap)
			out[count++] = (struct candidate){fmax(over, 0), i};
	}
	sort_values(out, count, sizeof out[0], compare_candidates, NULL);
	all->candidates[function] = out;
	all->counts[function] = count;
}

static void improve_by_all(const struct problem *problem, struct path_answer *best)
{
	const struct path_model *model = problem->model;
	struct arena arena;
	arena_init(&arena);
	size_t *fastest = ARENA_ARRAY(&arena, size_t, model->function_count);
	struct enumeration all = {
		.problem = problem,
		.candidates = ARENA_ARRAY(&arena, struct candidate *, model->function_count),
		.counts = ARENA_ARRAY(&arena, size_t, model->function_count),
		.room = ARENA_ARRAY(&arena, double, model->point_count),
		.options = ARENA_ARRAY(&arena, size_t, model->function_count),
		.best = best,
		.gap = best->usd - problem->dual_usd,
		.left = model->is_rough ? NODES_MAX_ROUGH : NODES_MAX,
	};
	for (size_t k = 0; k < model->point_count; k++)
		all.room[k] = problem->seconds_max - plane_at(model, &model->points[k], fastest);
	for (size_t f = 0; f < model->function_count; f++)
		find_candidates(&all, f, &arena);
	enumerate(&all, 0, 0);
	best->is_proven = all.left > 0;
	arena_release(&arena);
}

static void answer_init(const struct path_model *model, struct path_answer *out)
{
	*out = (struct path_answer){.options = ARENA_ARRAY(model->arena, size_t, model->function_count)};
}

static void problem_init(struct problem *problem, const struct path_model *model, double seconds_max)
{
	*problem = (struct problem){
		.model = model,
		.seconds_max = seconds_max,
		.price = ARENA_ARRAY(model->arena, double, model->function_count),
		.chosen = ARENA_ARRAY(model->arena, size_t, model->function_count),
		.least = ARENA_ARRAY(model->arena, double, model->function_count),
	};
}

/* With every function at its fastest. */
static double least_seconds(const struct path_model *model, struct path_answer *out)
{
	memset(out->options, 0, model->function_count * sizeof out->options[0]);
	return path_model_seconds(model, out->options);
}

static void solve(const struct path_model *model, double seconds_max, struct path_answer *out)
{
	struct problem problem;
	if (least_seconds(model, out) > seconds_max) {
		out->is_feasible = false;
		return;
	}
	problem_init(&problem, model, seconds_max);
	find_prices(&problem);
	make_feasible(&problem, out->options);
	take_slack(&problem, out->options);
	out->is_feasible = true;
	out->usd = path_model_usd(model, out->options);
	improve_by_all(&problem, out);
	out->bound_usd = out->is_proven ? out->usd : problem.dual_usd;
	out->seconds = path_model_seconds(model, out->options);
}

void path_model_cheapest(const struct path_model *model, double seconds_max, struct path_answer *out)
{
	answer_init(model, out);
	solve(model, seconds_max, out);
}

void path_model_fastest(const struct path_model *model, double usd_max, struct path_answer *out)
{
	answer_init(model, out);
	double low = least_seconds(model, out) * (1 + 1e-9);
	solve(model, low, out);
	if (!(out->usd > usd_max))
		return;
	solve(model, HUGE_VAL, out);
	out->is_feasible = out->usd <= usd_max;
	double high = out->seconds;
	for (int i = 0; out->is_feasible && i < HALVINGS && high > low * (1 + 1e-6); i++) {
		solve(model, sqrt(low * high), out);
		*(out->usd <= usd_max ? &high : &low) = sqrt(low * high);
		out->is_feasible = true;
	}
	if (out->is_feasible)
		solve(model, high, out);
}
