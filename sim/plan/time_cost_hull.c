#include "plan/time_cost_hull.h"

#include <math.h>
#include <stdbool.h>

struct hull hull_new(size_t count, struct arena *arena)
{
	return (struct hull){ARENA_ARRAY(arena, double, count), ARENA_ARRAY(arena, double, count), 0};
}

void hull_add(struct hull *hull, double t, double c)
{
	while (hull->count >= 2) {
		size_t n = hull->count;
		double before = (hull->c[n - 1] - hull->c[n - 2]) * (t - hull->t[n - 1]);
		double after = (c - hull->c[n - 1]) * (hull->t[n - 1] - hull->t[n - 2]);
		if (before < after)
			break;
		hull->count--;
	}
	hull->t[hull->count] = t;
	hull->c[hull->count++] = c;
}

double hull_at(const struct hull *hull, double t)
{
	size_t low = 0;
	size_t high = hull->count - 1;
	if (t >= hull->t[high])
		return hull->c[high];
	while (high - low > 1) {
		size_t middle = (low + high) / 2;
		if (hull->t[middle] <= t)
			low = middle;
		else
			high = middle;
	}
	double share = (t - hull->t[low]) / (hull->t[high] - hull->t[low]);
	return hull->c[low] + share * (hull->c[high] - hull->c[low]);
}

void hull_prices(const struct hull *hull, double t, double *more, double *less)
{
	size_t i = 0;
	while (i + 1 < hull->count && hull->t[i + 1] <= t)
		i++;
	bool is_last = i + 1 == hull->count;
	bool is_vertex = t <= hull->t[i];
	*more = is_last ? 0 : -(hull->c[i + 1] - hull->c[i]) / (hull->t[i + 1] - hull->t[i]);
	*less = *more;
	if (is_last && !is_vertex)
		*less = 0;
	else if (is_vertex)
		*less = i > 0 ? -(hull->c[i] - hull->c[i - 1]) / (hull->t[i] - hull->t[i - 1]) : HUGE_VAL;
}
