/* The streaming resize against a plain one that looks at every source pixel in double precision. */
#include "base/check.h"
#include "tests/tap.h"

#include "base/arena.h"
#include "kernels/record/resize.h"

/* What source pixel p weighs in target pixel i. */
static double weight(int64_t source, int64_t target, int64_t i, int64_t p)
{
	double s = (double)source / (double)target;
	if (source > target)
		return fmax(0, fmin((double)i * s + s, (double)p + 1) - fmax((double)i * s, (double)p)) / s;
	double centre = fmin(fmax(((double)i + 0.5) * s - 0.5, 0), (double)source - 1);
	return fmax(0, 1 - fabs(centre - (double)p));
}

static double plain(const uint8_t *pixels, const int64_t size[4], int64_t y, int64_t x, int64_t channel)
{
	double sum = 0;
	for (int64_t v = 0; v < size[0]; v++)
		for (int64_t u = 0; u < size[1]; u++)
			sum += weight(size[0], size[2], y, v) * weight(size[1], size[3], x, u) *
			       pixels[(v * size[1] + u) * 3 + channel];
	return sum / 255;
}

static double worst_difference(struct resize *resize, const uint8_t *pixels, const int64_t size[4], float *out)
{
	resize_begin(resize, 3, size[0], size[1], size[2], size[3], out);
	for (int64_t y = 0; y < size[0]; y++)
		resize_row(resize, pixels + y * size[1] * 3, out);
	double worst = 0;
	for (int64_t c = 0; c < 3; c++)
		for (int64_t y = 0; y < size[2]; y++)
			for (int64_t x = 0; x < size[3]; x++) {
				double got = (double)out[(c * size[2] + y) * size[3] + x];
				worst = fmax(worst, fabs(got - plain(pixels, size, y, x, c)));
			}
	return worst;
}

int main(void)
{
	/* source height, width, target height, width */
	static const int64_t sizes[][4] = {
		{1, 1, 1, 1},   {1, 1, 5, 7},   {5, 7, 1, 1},   {8, 8, 8, 8},   {16, 12, 8, 6},   {17, 13, 8, 6},
		{8, 6, 17, 13}, {9, 20, 20, 9}, {2, 3, 31, 30}, {31, 30, 2, 3}, {40, 40, 39, 41}, {37, 1, 5, 9},
	};
	struct arena arena = {0};
	struct resize resize;
	uint8_t pixels[40 * 40 * 3];
	uint32_t state = 7;
	for (size_t i = 0; i < sizeof pixels; i++)
		pixels[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
	resize_init(&resize);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		const int64_t *s = sizes[i];
		float *out = ARENA_ARRAY(&arena, float, 3 * (size_t)(s[2] * s[3]));
		double worst = worst_difference(&resize, pixels, s, out);
		t_ok(worst < 1e-6, "%lld x %lld to %lld x %lld differs by %.1e", (long long)s[0], (long long)s[1],
		     (long long)s[2], (long long)s[3], worst);
	}
	resize_release(&resize);
	arena_release(&arena);
	return t_done();
}
