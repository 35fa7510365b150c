/*
 * Streams and samplers: the generator against Random123's own, independence by name, and every sampler against its
 * distribution (Kolmogorov-Smirnov, moments, tails) with fixed seeds, so that a pass today is a pass tomorrow.
 */
#include <Random123/philox.h>
#include <gsl/gsl_cdf.h>
#include <stdlib.h>

#include "base/check.h"
#include "random/quantile.h"
#include "random/stream.h"
#include "random/ziggurat.h"
#include "tests/tap.h"

enum { DRAWS = 400000 };

static void test_generator(void)
{
	struct stream stream;
	stream_init(&stream, 0x0123456789abcdef, 77, 0xfeedbeef, 42);
	philox4x64_key_t key = {{0x0123456789abcdef, (uint64_t)77 << 32 | 0xfeedbeef}};
	philox4x64_ctr_t counters[] = {{{0, 42, 0, 0}}, {{1, 42, 0, 0}}};
	philox4x64_ctr_t first = philox4x64(counters[0], key);
	philox4x64_ctr_t second = philox4x64(counters[1], key);
	bool same = true;
	for (int i = 0; i < 4; i++)
		same &= stream_u64(&stream) == first.v[i];
	t_ok(same, "the first four words are those of Random123's philox4x64");
	struct stream state = {.is_long = true, .words = {second.v[0], second.v[1], second.v[2], second.v[3]}};
	for (int i = 0; i < 1000; i++)
		same &= stream_u64(&stream) == stream_u64(&state);
	t_ok(same, "its second block is the state that makes the others");
	/* Known answer: xoshiro256++ from the state 1, 2, 3, 4 (the test of the rand_xoshiro crate). */
	static const uint64_t known[] = {41943041, 58720359, 3588806011781223, 3591011842654386,
					 UINT64_C(9228616714210784205)};
	struct stream counted = {.is_long = true, .words = {1, 2, 3, 4}};
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		t_ok(stream_u64(&counted) == known[i], "word %zu of xoshiro256++ from 1, 2, 3, 4", i + 1);
	/* Known answer: the vector for counter 0 and key 0 in Random123's kat_vectors. */
	stream_init(&stream, 0, 0, 0, 0);
	t_ok(stream_u64(&stream) == UINT64_C(0x16554d9eca36314c), "known answer of counter 0, key 0");
	t_int(stream_id_from_name(""), 2166136261u, "FNV-1a of nothing");
	t_int(stream_id_from_name("a"), 0xe40c292c, "FNV-1a of a");
}

/* Every part of the name alone changes the stream; the same name gives it again. */
static void test_names(void)
{
	struct stream base;
	struct stream same;
	stream_init(&base, 1, 2, 3, 4);
	stream_init(&same, 1, 2, 3, 4);
	struct stream others[4];
	stream_init(&others[0], 9, 2, 3, 4);
	stream_init(&others[1], 1, 9, 3, 4);
	stream_init(&others[2], 1, 2, 9, 4);
	stream_init(&others[3], 1, 2, 3, 9);
	int equal = 0;
	int collisions = 0;
	for (int i = 0; i < 1000; i++) {
		uint64_t word = stream_u64(&base);
		equal += word == stream_u64(&same);
		for (int j = 0; j < 4; j++)
			collisions += word == stream_u64(&others[j]);
	}
	t_int(equal, 1000, "the same name, the same draws");
	t_int(collisions, 0, "seed, replication, stream and entity each make another stream");
}

/* Draws of neighbouring entities, replications and streams are uncorrelated. */
static void test_correlation(void)
{
	double sums[3] = {0};
	for (uint64_t i = 0; i < DRAWS / 4; i++) {
		struct stream a;
		struct stream next[3];
		stream_init(&a, 5, 1, 1, i);
		stream_init(&next[0], 5, 1, 1, i + 1);
		stream_init(&next[1], 5, 2, 1, i);
		stream_init(&next[2], 5, 1, 2, i);
		double x = stream_uniform(&a) - 0.5;
		for (int j = 0; j < 3; j++)
			sums[j] += 12 * x * (stream_uniform(&next[j]) - 0.5);
	}
	/* Each sum has mean 0 and variance n. */
	for (int j = 0; j < 3; j++)
		t_ok(fabs(sums[j]) < 4 * sqrt(DRAWS / 4.0), "first draws of neighbours are uncorrelated (%d)", j);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

struct sampler {
	const char *name;
	double (*draw)(struct stream *stream);
	double (*cdf)(double x);
	double mean;
	double variance;
};

static double draw_exponential(struct stream *s)
{
	return stream_exponential(s, 2.5);
}

static double cdf_exponential(double x)
{
	return gsl_cdf_exponential_P(x, 2.5);
}

static double draw_lognormal(struct stream *s)
{
	return stream_lognormal(s, 0.3, 0.6);
}

static double cdf_lognormal(double x)
{
	return gsl_cdf_lognormal_P(x, 0.3, 0.6);
}

static double draw_gamma_small(struct stream *s)
{
	return stream_gamma(s, 0.4, 2.0);
}

static double cdf_gamma_small(double x)
{
	return gsl_cdf_gamma_P(x, 0.4, 2.0);
}

static double draw_gamma_large(struct stream *s)
{
	return stream_gamma(s, 7.5, 0.5);
}

static double cdf_gamma_large(double x)
{
	return gsl_cdf_gamma_P(x, 7.5, 0.5);
}

static double cdf_uniform(double x)
{
	return x < 0 ? 0 : x > 1 ? 1 : x;
}

static const struct sampler samplers[] = {
	{"uniform", stream_uniform, cdf_uniform, 0.5, 1.0 / 12},
	{"exponential", draw_exponential, cdf_exponential, 2.5, 6.25},
	{"normal", stream_normal, gsl_cdf_ugaussian_P, 0, 1},
	{"lognormal", draw_lognormal, cdf_lognormal, 1.6160744021928934, 1.1318257870345614},
	{"gamma 0.4", draw_gamma_small, cdf_gamma_small, 0.8, 1.6},
	{"gamma 7.5", draw_gamma_large, cdf_gamma_large, 3.75, 1.875},
};

/* The largest distance between the sample's distribution and the true one, times sqrt(n). */
static double kolmogorov_smirnov(const double *sorted, size_t count, double (*cdf)(double x))
{
	double largest = 0;
	for (size_t i = 0; i < count; i++) {
		double p = cdf(sorted[i]);
		largest = fmax(largest, fmax(p - (double)i / (double)count, (double)(i + 1) / (double)count - p));
	}
	return largest * sqrt((double)count);
}

/* The share beyond the upper quantile 1 - p, as a number of standard deviations from p. */
static double tail_excess(const double *sorted, size_t count, double (*cdf)(double x), double p)
{
	size_t beyond = 0;
	while (beyond < count && 1 - cdf(sorted[count - 1 - beyond]) < p)
		beyond++;
	double expected = p * (double)count;
	return ((double)beyond - expected) / sqrt(expected * (1 - p));
}

static void test_sampler(const struct sampler *sampler)
{
	static double sample[DRAWS];
	struct stream stream;
	stream_init(&stream, 2024, 0, stream_id_from_name(sampler->name), 0);
	double sum = 0;
	double squares = 0;
	for (int i = 0; i < DRAWS; i++) {
		sample[i] = sampler->draw(&stream);
		sum += sample[i] - sampler->mean;
		squares += (sample[i] - sampler->mean) * (sample[i] - sampler->mean);
	}
	qsort(sample, DRAWS, sizeof sample[0], compare);
	/* 1.95 is the 0.1 % point of Kolmogorov's distribution. */
	double distance = kolmogorov_smirnov(sample, DRAWS, sampler->cdf);
	t_ok(distance < 1.95, "%s: Kolmogorov-Smirnov distance %.3f", sampler->name, distance);
	double error = sum / DRAWS / sqrt(sampler->variance / DRAWS);
	t_ok(fabs(error) < 4, "%s: mean, %.2f standard errors off", sampler->name, error);
	t_ok(fabs(squares / DRAWS / sampler->variance - 1) < 0.025, "%s: variance, %.4f of the true one", sampler->name,
	     squares / DRAWS / sampler->variance);
	for (int digits = 2; digits <= 4; digits++) {
		double excess = tail_excess(sample, DRAWS, sampler->cdf, pow(10, -digits));
		t_ok(fabs(excess) < 4, "%s: upper tail 1e-%d, %.2f deviations off", sampler->name, digits, excess);
	}
}

/* Beyond the last box, where one draw in thousands falls and another piece of code answers. */
static void test_far_tails(void)
{
	struct stream stream;
	stream_init(&stream, 1, 0, stream_id_from_name("far tails"), 0);
	enum { MANY = 20000000 };
	int exponential_beyond = 0;
	int normal_above = 0;
	int normal_below = 0;
	for (int i = 0; i < MANY; i++) {
		exponential_beyond += stream_exponential(&stream, 1) > 10;
		double x = stream_normal(&stream);
		normal_above += x > 4;
		normal_below += x < -4;
	}
	double expected = MANY * exp(-10.0);
	t_ok(fabs(exponential_beyond - expected) < 4 * sqrt(expected), "exponential beyond 10 means: %d of %.0f",
	     exponential_beyond, expected);
	expected = MANY * gsl_cdf_ugaussian_Q(4);
	t_ok(fabs(normal_above - expected) < 4 * sqrt(expected), "normal above 4: %d of %.0f", normal_above, expected);
	t_ok(fabs(normal_below - expected) < 4 * sqrt(expected), "normal below -4: %d of %.0f", normal_below, expected);
}

static double tail_area(const double *x, bool normal)
{
	return normal ? gsl_cdf_ugaussian_Q(x[1]) * sqrt(2 * 3.14159265358979323846) : exp(-x[1]);
}

static void test_ziggurat(const char *name, const double *x, const double *f, bool normal)
{
	double area = x[1] * f[1] + tail_area(x, normal);
	double worst_area = fabs(x[0] * f[1] / area - 1);
	double worst_ordinate = 0;
	for (int i = 1; i <= ZIGGURAT_LAYERS; i++) {
		double want = normal ? exp(-0.5 * x[i] * x[i]) : exp(-x[i]);
		worst_ordinate = fmax(worst_ordinate, fabs(f[i] / want - 1));
		if (i < ZIGGURAT_LAYERS)
			worst_area = fmax(worst_area, fabs(x[i] * (f[i + 1] - f[i]) / area - 1));
	}
	t_ok(worst_area < 1e-11, "%s: all layers have the same area (%.1g)", name, worst_area);
	t_ok(worst_ordinate < 1e-14, "%s: ordinates (%.1g)", name, worst_ordinate);
	t_ok(x[ZIGGURAT_LAYERS] == 0 && f[ZIGGURAT_LAYERS] == 1, "%s: the top", name);
}

static void test_below(void)
{
	struct stream stream;
	stream_init(&stream, 3, 0, 1, 0);
	int counts[6] = {0};
	bool inside = true;
	for (int i = 0; i < DRAWS; i++) {
		uint64_t value = stream_below(&stream, 6);
		inside &= value < 6;
		counts[value % 6]++;
	}
	double chi2 = 0;
	for (int i = 0; i < 6; i++)
		chi2 += pow(counts[i] - DRAWS / 6.0, 2) / (DRAWS / 6.0);
	t_ok(inside && chi2 < gsl_cdf_chisq_Pinv(0.999, 5), "below 6: chi-square %.2f", chi2);
	t_int((long long)stream_below(&stream, 1), 0, "below 1 is 0");
	/* Two thirds of the words must be used for n = 3 * 2^62, a third rejected: none may pass n. */
	uint64_t n = UINT64_C(3) << 62;
	int large = 0;
	for (int i = 0; i < 10000; i++) {
		uint64_t value = stream_below(&stream, n);
		inside &= value < n;
		large += value >= n / 2;
	}
	t_ok(inside && abs(large - 5000) < 200, "below 3 * 2^62: %d of 10,000 in the upper half", large);
}

/* The two ends of the unit interval cannot be drawn: log(u) and 1 / u are safe. */
static void test_uniform_ends(void)
{
	struct stream stream;
	stream_init(&stream, 0, 0, 0, 0);
	stream_u64(&stream);
	stream.words_used = 0;
	stream.words[0] = 0;
	stream.words[1] = UINT64_MAX;
	double low = stream_uniform(&stream);
	double high = stream_uniform(&stream);
	t_ok(low > 0 && low < 1e-15, "the smallest uniform is above 0");
	t_ok(high < 1 && high > 1 - 1e-15, "the largest is below 1");
}

static uint64_t hash_bits(uint64_t hash, double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	return (hash ^ bits) * UINT64_C(1099511628211);
}

/* Golden bits: the same from every compiler and at every optimisation level (those that use libm are left out). */
static void test_golden(void)
{
	static const double probability[] = {0.1, 0.5, 0.9, 0.99};
	static const double value[] = {3, 7, 20, 100};
	struct quantile_table table = {.probability = probability, .value = value, .count = 4};
	struct stream stream;
	stream_init(&stream, 11, 22, 33, 44);
	uint64_t hash = UINT64_C(14695981039346656037);
	for (int i = 0; i < 100000; i++) {
		hash = hash_bits(hash, stream_uniform(&stream));
		hash = hash_bits(hash, stream_exponential(&stream, 3));
		hash = hash_bits(hash, stream_normal(&stream));
		hash = hash_bits(hash, (double)stream_below(&stream, 1000));
		hash = hash_bits(hash, quantile_draw(&table, &stream));
	}
	t_ok(hash == UINT64_C(0x1a36644fda9216f0), "half a million draws have the bits they had at first (0x%llx)",
	     (unsigned long long)hash);
}

int main(void)
{
	test_golden();
	test_generator();
	test_names();
	test_correlation();
	test_ziggurat("exponential", ziggurat_exponential_x, ziggurat_exponential_f, false);
	test_ziggurat("normal", ziggurat_normal_x, ziggurat_normal_f, true);
	for (size_t i = 0; i < ARRAY_LEN(samplers); i++)
		test_sampler(&samplers[i]);
	test_far_tails();
	test_below();
	test_uniform_ends();
	return t_done();
}
