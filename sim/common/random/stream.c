/* The generator, and the one draw in a hundred that the boxes in stream.h do not answer. */
#include "random/stream.h"

#include <math.h>

#include "base/check.h"
#include "random/elementary.h"
#include "random/ziggurat.h"

/* Philox4x64, as in Random123's philox.h. */
#define PHILOX_MULTIPLIER_0 UINT64_C(0xD2E7470EE14C6C93)
#define PHILOX_MULTIPLIER_1 UINT64_C(0xCA5A826395121157)
#define PHILOX_WEYL_0 UINT64_C(0x9E3779B97F4A7C15) /* golden ratio */
#define PHILOX_WEYL_1 UINT64_C(0xBB67AE8584CAA73B) /* sqrt(3) - 1 */
enum { PHILOX_ROUNDS = 10 };

uint32_t stream_id_from_name(const char *name)
{
	uint32_t hash = 2166136261u;
	for (const char *p = name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	return hash;
}

__extension__ typedef unsigned __int128 wide;

/* Written out here because Random123's own function is half as fast under gcc; a test compares the two. */
static void compute_block(struct stream *stream, uint64_t block)
{
	uint64_t c0 = block;
	uint64_t c1 = stream->entity;
	uint64_t c2 = 0;
	uint64_t c3 = 0;
	uint64_t k0 = stream->seed;
	uint64_t k1 = stream->replication_and_stream;
#pragma GCC unroll 10
	for (int round = 0; round < PHILOX_ROUNDS; round++) {
		wide product0 = (wide)PHILOX_MULTIPLIER_0 * c0;
		wide product1 = (wide)PHILOX_MULTIPLIER_1 * c2;
		c0 = (uint64_t)(product1 >> 64) ^ c1 ^ k0;
		c2 = (uint64_t)(product0 >> 64) ^ c3 ^ k1;
		c1 = (uint64_t)product1;
		c3 = (uint64_t)product0;
		k0 += PHILOX_WEYL_0;
		k1 += PHILOX_WEYL_1;
	}
	stream->words[0] = c0;
	stream->words[1] = c1;
	stream->words[2] = c2;
	stream->words[3] = c3;
}

uint64_t stream_first_words(struct stream *stream)
{
	if (stream->words_used > STREAM_BLOCK_WORDS) {
		compute_block(stream, 0);
		stream->words_used = 0;
	}
	if (stream->words_used < STREAM_BLOCK_WORDS)
		return stream->words[stream->words_used++];
	compute_block(stream, 1);
	/* xoshiro's one forbidden state; no name is known to lead to it. */
	stream->words[0] |= (stream->words[0] | stream->words[1] | stream->words[2] | stream->words[3]) == 0;
	stream->is_long = true;
	return stream_further_word(stream);
}

uint64_t stream_below(struct stream *stream, uint64_t n)
{
	CHECK(n >= 1);
	/* Lemire, "Fast random integer generation in an interval" (2019): reject the few words that would tilt it. */
	wide product = (wide)stream_u64(stream) * n;
	if ((uint64_t)product < n) {
		uint64_t threshold = (0 - n) % n;
		while ((uint64_t)product < threshold)
			product = (wide)stream_u64(stream) * n;
	}
	return (uint64_t)(product >> 64);
}

double stream_exponential_rare(struct stream *stream, uint64_t word)
{
	unsigned layer = word % ZIGGURAT_LAYERS;
	/* What lies beyond the last box is again exponential. */
	if (layer == 0)
		return ziggurat_exponential_x[1] + stream_exponential(stream, 1);
	double x = stream_fraction(word) * ziggurat_exponential_x[layer];
	double low = ziggurat_exponential_f[layer];
	double high = ziggurat_exponential_f[layer + 1];
	if (low + stream_uniform(stream) * (high - low) < elementary_exp(-x))
		return x;
	return stream_exponential(stream, 1);
}

/* Marsaglia, "Generating a variable from the tail of the normal distribution" (1964). */
static double normal_tail(struct stream *stream)
{
	double r = ziggurat_normal_x[1];
	for (;;) {
		double x = stream_exponential(stream, 1) / r;
		if (2 * stream_exponential(stream, 1) > x * x)
			return r + x;
	}
}

double stream_normal_rare(struct stream *stream, uint64_t word)
{
	unsigned layer = word % ZIGGURAT_LAYERS;
	if (layer == 0)
		return stream_sign(word) * normal_tail(stream);
	double x = stream_fraction(word) * ziggurat_normal_x[layer];
	double low = ziggurat_normal_f[layer];
	double high = ziggurat_normal_f[layer + 1];
	if (low + stream_uniform(stream) * (high - low) < elementary_exp(-0.5 * x * x))
		return stream_sign(word) * x;
	return stream_normal(stream);
}

double stream_lognormal(struct stream *stream, double mu, double sigma)
{
	return elementary_exp(mu + sigma * stream_normal(stream));
}

/* Marsaglia and Tsang, "A simple method for generating gamma variables", ACM TOMS 26(3), 2000; shape >= 1. */
static double gamma_unit(struct stream *stream, double shape)
{
	double d = shape - 1.0 / 3.0;
	double c = 1.0 / (3.0 * sqrt(d));
	for (;;) {
		double x = stream_normal(stream);
		double v = 1.0 + c * x;
		if (v <= 0)
			continue;
		v = v * v * v;
		double u = stream_uniform(stream);
		double x2 = x * x;
		if (u < 1.0 - 0.0331 * x2 * x2 || elementary_log(u) < 0.5 * x2 + d * (1.0 - v + elementary_log(v)))
			return d * v;
	}
}

double stream_gamma(struct stream *stream, double shape, double scale)
{
	CHECK(shape > 0);
	if (shape >= 1)
		return scale * gamma_unit(stream, shape);
	/* Gamma(a) = Gamma(a + 1) * U^(1 / a), and -log U is exponential. */
	double factor = elementary_exp(-stream_exponential(stream, 1) / shape);
	return scale * gamma_unit(stream, shape + 1) * factor;
}
