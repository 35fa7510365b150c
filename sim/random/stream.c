#include "random/stream.h"

#include <Random123/philox.h>
#include <math.h>

#include "base/check.h"
#include "random/ziggurat.h"

uint32_t stream_id_from_name(const char *name)
{
	uint32_t hash = 2166136261u;
	for (const char *p = name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	return hash;
}

void stream_refill(struct stream *stream)
{
	philox4x64_key_t key = {{stream->seed, stream->replication_and_stream}};
	philox4x64_ctr_t counter = {{stream->next_block++, stream->entity, 0, 0}};
	philox4x64_ctr_t block = philox4x64(counter, key);
	for (int i = 0; i < STREAM_BLOCK_WORDS; i++)
		stream->words[i] = block.v[i];
	stream->words_used = 0;
}

uint64_t stream_below(struct stream *stream, uint64_t n)
{
	CHECK(n >= 1);
	/* Lemire, "Fast random integer generation in an interval" (2019): reject the few words that would tilt it. */
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)stream_u64(stream) * n;
	if ((uint64_t)product < n) {
		uint64_t threshold = (0 - n) % n;
		while ((uint64_t)product < threshold)
			product = (wide)stream_u64(stream) * n;
	}
	return (uint64_t)(product >> 64);
}

/* 53 bits of the word as a fraction in [0, 1); the 8 lowest bits, which choose the layer, are not among them. */
static inline double fraction(uint64_t word)
{
	return (double)(int64_t)(word >> 11) * 0x1p-53;
}

static double exponential_unit(struct stream *stream)
{
	double beyond = 0;
	for (;;) {
		uint64_t word = stream_u64(stream);
		unsigned layer = word & (ZIGGURAT_LAYERS - 1);
		double x = fraction(word) * ziggurat_exponential_x[layer];
		if (x < ziggurat_exponential_x[layer + 1])
			return beyond + x;
		if (layer == 0) {
			/* What lies beyond r is again exponential. */
			beyond += ziggurat_exponential_x[1];
			continue;
		}
		double low = ziggurat_exponential_f[layer];
		double high = ziggurat_exponential_f[layer + 1];
		if (low + stream_uniform(stream) * (high - low) < exp(-x))
			return beyond + x;
	}
}

double stream_exponential(struct stream *stream, double mean)
{
	return mean * exponential_unit(stream);
}

/* Marsaglia, "Generating a variable from the tail of the normal distribution" (1964). */
static double normal_tail(struct stream *stream)
{
	double r = ziggurat_normal_x[1];
	for (;;) {
		double x = exponential_unit(stream) / r;
		if (2 * exponential_unit(stream) > x * x)
			return r + x;
	}
}

double stream_normal(struct stream *stream)
{
	for (;;) {
		uint64_t word = stream_u64(stream);
		unsigned layer = word & (ZIGGURAT_LAYERS - 1);
		double sign = word & ZIGGURAT_LAYERS ? -1.0 : 1.0;
		double x = fraction(word) * ziggurat_normal_x[layer];
		if (x < ziggurat_normal_x[layer + 1])
			return sign * x;
		if (layer == 0)
			return sign * normal_tail(stream);
		double low = ziggurat_normal_f[layer];
		double high = ziggurat_normal_f[layer + 1];
		if (low + stream_uniform(stream) * (high - low) < exp(-0.5 * x * x))
			return sign * x;
	}
}

double stream_lognormal(struct stream *stream, double mu, double sigma)
{
	return exp(mu + sigma * stream_normal(stream));
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
		if (u < 1.0 - 0.0331 * x2 * x2 || log(u) < 0.5 * x2 + d * (1.0 - v + log(v)))
			return d * v;
	}
}

double stream_gamma(struct stream *stream, double shape, double scale)
{
	CHECK(shape > 0);
	if (shape >= 1)
		return scale * gamma_unit(stream, shape);
	/* Gamma(a) = Gamma(a + 1) * U^(1 / a), and -log U is exponential. */
	double factor = exp(-exponential_unit(stream) / shape);
	return scale * gamma_unit(stream, shape + 1) * factor;
}
