#include "tests/peers/laws.h"

#include <math.h>

double law_proportional(const struct law_point *stated, size_t count, double vcpu_mb, double memory_mb)
{
	double weights = 0;
	double squares = 0;
	for (size_t i = 0; i < count; i++) {
		double x = fmax(1, vcpu_mb / stated[i].memory_mb) / stated[i].seconds;
		weights += x;
		squares += x * x;
	}
	return weights / squares * fmax(1, vcpu_mb / memory_mb);
}

struct line {
	double constant;
	double slope;
	double squares; /* of relative errors */
};

static double squares_of(const struct line *line, const struct law_point *stated, const double *x, size_t count)
{
	double squares = 0;
	for (size_t i = 0; i < count; i++) {
		double off = (line->constant + line->slope * x[i]) / stated[i].seconds - 1;
		squares += off * off;
	}
	return squares;
}

/* t = constant + slope * x, neither below 0. */
static struct line fit_line(const struct law_point *stated, const double *x, size_t count)
{
	double s[5] = {0};
	for (size_t i = 0; i < count; i++) {
		double u = 1 / stated[i].seconds;
		double v = x[i] / stated[i].seconds;
		s[0] += u * u;
		s[1] += u * v;
		s[2] += v * v;
		s[3] += u;
		s[4] += v;
	}
	double determinant = s[0] * s[2] - s[1] * s[1];
	struct line best = {.constant = s[3] / s[0]};
	struct line slope_only = {.slope = s[4] / s[2]};
	struct line both = {(s[3] * s[2] - s[4] * s[1]) / determinant, (s[0] * s[4] - s[1] * s[3]) / determinant, 0};
	best.squares = squares_of(&best, stated, x, count);
	slope_only.squares = squares_of(&slope_only, stated, x, count);
	both.squares = squares_of(&both, stated, x, count);
	if (slope_only.squares < best.squares)
		best = slope_only;
	if (determinant > 0 && both.constant >= 0 && both.slope >= 0 && both.squares < best.squares)
		best = both;
	return best;
}

enum { STATED_MAX = 8, DECAYS = 400 };

double law_inverse(const struct law_point *stated, size_t count, double vcpu_mb, double memory_mb)
{
	double x[STATED_MAX];
	if (count < 2 || count > STATED_MAX)
		return (double)NAN;
	for (size_t i = 0; i < count; i++)
		x[i] = 1 / stated[i].memory_mb;
	struct line line = fit_line(stated, x, count);
	return line.constant + line.slope / memory_mb;
}

double law_exponential(const struct law_point *stated, size_t count, double vcpu_mb, double memory_mb)
{
	double x[STATED_MAX];
	struct line best = {.squares = HUGE_VAL};
	double best_decay_mb = 1;
	if (count < 3 || count > STATED_MAX)
		return (double)NAN;
	/* From 20 MB to 20 GB. */
	for (int k = 0; k <= DECAYS; k++) {
		double decay_mb = 20 * pow(1000, (double)k / DECAYS);
		for (size_t i = 0; i < count; i++)
			x[i] = exp(-stated[i].memory_mb / decay_mb);
		struct line line = fit_line(stated, x, count);
		if (line.squares >= best.squares)
			continue;
		best = line;
		best_decay_mb = decay_mb;
	}
	return best.constant + best.slope * exp(-memory_mb / best_decay_mb);
}

double law_interpolation(const struct law_point *stated, size_t count, double vcpu_mb, double memory_mb)
{
	size_t above = 1;
	if (count < 2)
		return (double)NAN;
	while (above + 1 < count && stated[above].memory_mb < memory_mb)
		above++;
	const struct law_point *from = &stated[above - 1];
	const struct law_point *to = &stated[above];
	double part = (memory_mb - from->memory_mb) / (to->memory_mb - from->memory_mb);
	return from->seconds + part * (to->seconds - from->seconds);
}
