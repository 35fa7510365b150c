/*
 * Random numbers by name. A draw depends only on (seed, replication, stream, entity) and on how many draws that
 * stream made before it, so that an added draw in one place leaves every other draw alone, and two settings can
 * be compared on the same luck (common random numbers).
 *
 * Generator: Philox4x64-10 from Random123 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
 * 1, 2, 3", SC'11). Its 128-bit key and 256-bit counter hold the whole name and the block number side by side, so
 * that two streams never share a block and nothing is hashed together. Integer arithmetic only: the same bits
 * from every compiler. Samplers use the ziggurat of Marsaglia and Tsang ("The ziggurat method for generating
 * random variables", J. Stat. Software 5(8), 2000) with 256 layers and 53-bit abscissae.
 */
#ifndef LAMINA_STREAM_H
#define LAMINA_STREAM_H

#include <stddef.h>
#include <stdint.h>

#define STREAM_GENERATOR_NAME "philox4x64-10"

enum { STREAM_BLOCK_WORDS = 4 };

struct stream {
	uint64_t seed;
	uint64_t replication_and_stream;
	uint64_t entity;
	uint64_t next_block;
	uint64_t words[STREAM_BLOCK_WORDS];
	unsigned words_used;
};

/* A fixed 32-bit hash (FNV-1a) of the name: "arrivals", "s3.latency". */
uint32_t stream_id_from_name(const char *name);

/* Costs a few stores: the first block is computed at the first draw. Make one per entity and purpose. */
static inline void stream_init(struct stream *stream, uint64_t seed, uint32_t replication, uint32_t stream_id,
			       uint64_t entity)
{
	stream->seed = seed;
	stream->replication_and_stream = (uint64_t)replication << 32 | stream_id;
	stream->entity = entity;
	stream->next_block = 0;
	stream->words_used = STREAM_BLOCK_WORDS;
}

/* Computes the next block of words; called by stream_u64. */
void stream_refill(struct stream *stream);

static inline uint64_t stream_u64(struct stream *stream)
{
	if (stream->words_used == STREAM_BLOCK_WORDS)
		stream_refill(stream);
	return stream->words[stream->words_used++];
}

/* In (0, 1), neither end included: (k + 1/2) / 2^52. */
static inline double stream_uniform(struct stream *stream)
{
	return ((double)(int64_t)(stream_u64(stream) >> 12) + 0.5) * 0x1p-52;
}

/* An integer in [0, n), every value equally likely; n >= 1. */
uint64_t stream_below(struct stream *stream, uint64_t n);

/* mean >= 0, in the unit of the result. */
double stream_exponential(struct stream *stream, double mean);

/* Mean 0, variance 1. */
double stream_normal(struct stream *stream);

/* exp(mu + sigma * normal): median exp(mu), mean exp(mu + sigma^2 / 2). */
double stream_lognormal(struct stream *stream, double mu, double sigma);

/* Mean shape * scale, variance shape * scale^2; shape > 0. */
double stream_gamma(struct stream *stream, double shape, double scale);

#endif
