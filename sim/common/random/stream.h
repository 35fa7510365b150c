/*
 * Random numbers by name. A draw depends only on (seed, replication, stream, entity) and on how many draws that
 * stream made before it, so that an added draw in one place leaves every other draw alone, and two settings can
 * be compared on the same luck (common random numbers).
 *
 * Generator: Philox4x64-10 from Random123 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
 * 1, 2, 3", SC'11). Its 128-bit key and 256-bit counter hold the whole name and the block number side by side, so
 * that two streams never share a block and nothing is hashed together. The first four words of a stream are its
 * first block, which is all that most streams use. Its second block is the state from which xoshiro256++ (Blackman,
 * Vigna: "Scrambled linear pseudorandom number generators", ACM TOMS 47(4), 2021) makes all further words, at a
 * third of the time. Integer arithmetic only: the same bits from every compiler. Samplers use the ziggurat of
 * Marsaglia and Tsang ("The ziggurat method for generating random variables", J. Stat. Software 5(8), 2000) with 256
 * layers and 53-bit abscissae.
 */
#ifndef LAMINA_STREAM_H
#define LAMINA_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "random/ziggurat.h"

#define STREAM_GENERATOR_NAME "philox4x64-10+xoshiro256++"

enum { STREAM_BLOCK_WORDS = 4 };

struct stream {
	uint64_t words[STREAM_BLOCK_WORDS]; /* of the first block; the state once the stream is long */
	bool is_long;                       /* the first block is used up */
	unsigned words_used;                /* of the first block; STREAM_BLOCK_WORDS + 1 before it is computed */
	uint64_t seed;
	uint64_t replication_and_stream;
	uint64_t entity;
};

/* A fixed 32-bit hash (FNV-1a) of the name: "arrivals", "s3.latency". */
uint32_t stream_id_from_name(const char *name);

/* Costs a few stores: the first block is computed at the first draw. Make one per entity and purpose. */
static inline void stream_init(struct stream *stream, uint64_t seed, uint32_t replication, uint32_t stream_id,
			       uint64_t entity)
{
	stream->is_long = false;
	stream->words_used = STREAM_BLOCK_WORDS + 1;
	stream->seed = seed;
	stream->replication_and_stream = (uint64_t)replication << 32 | stream_id;
	stream->entity = entity;
}

/* The next word of a stream that is not long yet. */
uint64_t stream_first_words(struct stream *stream);

static inline uint64_t stream_rotate_left(uint64_t word, int bits)
{
	return word << bits | word >> (64 - bits);
}

/* xoshiro256++ */
static inline uint64_t stream_further_word(struct stream *stream)
{
	uint64_t *s = stream->words;
	uint64_t word = stream_rotate_left(s[0] + s[3], 23) + s[0];
	uint64_t shifted = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = stream_rotate_left(s[3], 45);
	return word;
}

static inline uint64_t stream_u64(struct stream *stream)
{
	return __builtin_expect(stream->is_long, 1) ? stream_further_word(stream) : stream_first_words(stream);
}

/* In (0, 1), neither end included: (k + 1/2) / 2^52. */
static inline double stream_uniform(struct stream *stream)
{
	return ((double)(int64_t)(stream_u64(stream) >> 12) + 0.5) * 0x1p-52;
}

/* An integer in [0, n), every value equally likely; n >= 1. */
uint64_t stream_below(struct stream *stream, uint64_t n);

/* For the samplers below: the word fell outside the box that answers almost always; unit mean, unit variance. */
double stream_exponential_rare(struct stream *stream, uint64_t word);
double stream_normal_rare(struct stream *stream, uint64_t word);

/* 53 bits of a word in [0, 1); the 11 lowest bits, which choose layer and sign, are not among them. */
static inline double stream_fraction(uint64_t word)
{
	return (double)(int64_t)(word >> 11) * 0x1p-53;
}

/* mean >= 0, in the unit of the result. */
static inline double stream_exponential(struct stream *stream, double mean)
{
	uint64_t word = stream_u64(stream);
	unsigned layer = word % ZIGGURAT_LAYERS;
	double x = stream_fraction(word) * ziggurat_exponential_x[layer];
	if (__builtin_expect(x < ziggurat_exponential_x[layer + 1], 1))
		return mean * x;
	return mean * stream_exponential_rare(stream, word);
}

/* +1 or -1, from the bit above those that choose the layer. */
static inline double stream_sign(uint64_t word)
{
	return 1.0 - (double)(int)(word / (ZIGGURAT_LAYERS / 2) & 2);
}

/* A draw of the normal distribution with mean 0 and variance 1. */
static inline double stream_normal(struct stream *stream)
{
	uint64_t word = stream_u64(stream);
	unsigned layer = word % ZIGGURAT_LAYERS;
	double x = stream_fraction(word) * ziggurat_normal_x[layer];
	if (__builtin_expect(x < ziggurat_normal_x[layer + 1], 1))
		return stream_sign(word) * x;
	return stream_normal_rare(stream, word);
}

/* exp(mu + sigma * normal): median exp(mu), mean exp(mu + sigma^2 / 2). */
double stream_lognormal(struct stream *stream, double mu, double sigma);

/* Mean shape * scale, variance shape * scale^2; shape > 0. */
double stream_gamma(struct stream *stream, double shape, double scale);

#endif
