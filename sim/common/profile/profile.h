/*
 * A profile: what a network costs on one measured host, and the only thing that the simulator knows of a network.
 * It lists the network's layers in order (shapes in bytes, work in multiply-accumulates) with measured seconds per
 * images-in-a-record and thread count, the phases around them (decode, load weights, serialise), the measured peak
 * memory, and the host's own reference speeds, by which times are carried over to another machine.
 * It is a YAML file (profiles/README.md documents it) that can be written from another framework's measurements.
 *
 * Inference time is affine in batch size (one CNN on Lambda took 1174 + 555.3*B ms for B = 1..17 with 0.5 % mean error,
 * BATCH, SC'20): between measured record sizes times lie on straight lines where that holds, else on a monotone curve;
 * outside [smallest / PROFILE_REACH, largest * PROFILE_REACH] they are refused rather than extrapolated
 * (profile_times.c). A phase that was not measured is left out of the file and costs nothing.
 */
#ifndef LAMINA_PROFILE_H
#define LAMINA_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

enum {
	PROFILE_FORMAT = 1, /* version of the file format, its first key */
	PROFILE_THREADS_MAX = 64,
	PROFILE_REACH = 2, /* how far past the measured record sizes times are told */
};

/* Phases of a function around its layers, each timed by itself. */
enum profile_phase {
	PROFILE_READ,         /* record bytes from storage (a local file) into memory */
	PROFILE_DECODE,       /* record bytes to tensors */
	PROFILE_LOAD_WEIGHTS, /* weight bytes in memory to tensors; does not depend on images */
	PROFILE_SERIALISE,    /* output tensors to record bytes */
	PROFILE_PHASES,
};
extern const char *const profile_phase_names[PROFILE_PHASES]; /* "read", "decode", "load_weights", "serialise" */

/*
 * One measured point: seconds of thread time over the number of threads, for a record of `images`. That is the wall
 * time on a host that does nothing else, and it stays so on a host that does.
 */
struct profile_point {
	int64_t images;
	int64_t threads;
	double seconds;        /* least over repeats: what disturbs only lengthens */
	double spread_seconds; /* median over repeats less that */
};

struct profile_points {
	struct profile_point *points; /* sorted by threads, then images */
	size_t count;
};

struct profile_layer {
	const char *name;     /* unique */
	const char *kind;     /* conv, maxpool, avgpool, lrn, relu, fc, softmax, ... */
	const char *function; /* the function that ran it in the measured pipeline */
	double mac_per_image;
	int64_t parameter_bytes;
	int64_t input_bytes_per_image; /* float32 activations */
	int64_t output_bytes_per_image;
	bool in_place; /* output overwrites input (relu, softmax, lrn, dropout): no memory of its own */
	/* Of networks that are no chain; 0 and NULL: the layer before is all that a layer needs. */
	const char *fused;            /* what was fused into it: "bn1 + relu1" */
	int64_t live_bytes_per_image; /* alive while it runs: input, output and what later layers wait for */
	const char *const *crossing;  /* names of the tensors that a cut after it would carry over */
	size_t crossing_count;
	int64_t crossing_bytes_per_image;
	bool cannot_be_cut; /* after it: what crosses is not one piece for each image */
	struct profile_points times;
};

/* Measured peak resident memory of a whole function process, and what its plan by liveness says; 0: unknown. */
struct profile_memory_point {
	int64_t images;
	int64_t peak_bytes;
	int64_t planned_bytes;
};

struct profile_function {
	const char *name; /* unique */
	struct profile_points phases[PROFILE_PHASES];
	struct profile_memory_point *memory;
	size_t memory_count;
};

struct profile_host {
	const char *cpu;
	int64_t cores;
	double sgemm_gflop_per_second_per_core; /* float32, one thread, large square matrices */
	double sgemm_parallel_speedup;          /* all measured threads against one */
	double memory_gb_per_second;            /* copy bandwidth, one thread, 10^9 bytes read + written */
	double memory_parallel_speedup;         /* of so many threads that copy at once; 0: not measured */
	int64_t memory_parallel_threads;
	double sgemm_spread_share; /* what the two speeds differ by between repeats, over the speed */
	double memory_spread_share;
	/* Seconds that touching 10^9 bytes for the first time takes; 0: not measured, and then part of the times. */
	double first_touch_seconds_per_gb;
	double first_touch_spread_seconds_per_gb;
	const char *blas;           /* "OpenBLAS 0.3.21" */
	const char *blas_core_type; /* "SkylakeX", "Zen", ... */
	int64_t blas_threads;
	const char *convolutions; /* who computed them: "openblas", or "lamina avx2" and the like */
};

/* How undisturbed the host was. */
struct profile_measurement {
	int64_t repeats;             /* fewest of any time; 0: unknown */
	int64_t runs;                /* of the network, over all sizes and threads */
	int64_t outliers;            /* of these, far from the others of their kind; they are among the repeats */
	double interval_share;       /* widest 95 % interval of a median of the network's time: half of it, over that */
	double other_programs_cores; /* cores that other programs computed on meanwhile, on average */
	double steal_cores;          /* cores that the hypervisor gave to other machines */
};

struct profile {
	const char *path;
	const char *model; /* model name */
	const char *lamina_version;
	const char *date;                     /* ISO 8601 */
	int64_t record_input_bytes_per_image; /* what one image takes in the first function's input record */
	struct profile_host host;
	struct profile_measurement measurement;
	struct profile_layer *layers; /* in network order */
	size_t layer_count;
	struct profile_function *functions; /* in pipeline order */
	size_t function_count;
};

/* The table that profiles are read by. */
struct bind_schema;
extern const struct bind_schema profile_schema;

/*
 * Reads and checks a profile ("-" is standard input); everything in the arena, which path must outlive. False when
 * errors were added to the diag.
 */
bool profile_read(const char *path, struct arena *arena, struct diag *diag, struct profile *out);

/* The same from text in memory; file is its name in messages. */
bool profile_parse(const char *file, const char *text, size_t length, struct arena *arena, struct diag *diag,
		   struct profile *out);

/* The profile as YAML text, one that profile_read accepts and gives back equal. */
struct buf;
void profile_write(const struct profile *profile, struct buf *out);

/*
 * Moves every time and reference speed by so many of its own spreads, in the directions that make predictions longer
 * (spreads > 0) or shorter: what the host's disturbances, which hit everything at once, can do to a prediction.
 */
void profile_shift(struct profile *profile, double spreads);

/* Bytes that a cut after the layer carries over, for one image: what crosses there, in a chain its output. */
int64_t profile_cut_bytes_per_image(const struct profile_layer *layer);

/* The index of the layer or function with this name, or -1. */
int profile_find_layer(const struct profile *profile, const char *name);
int profile_find_function(const struct profile *profile, const char *name);

/* The time that was measured with such a record and so many threads, or NULL. */
const struct profile_point *profile_find_point(const struct profile_points *points, int64_t images, int64_t threads);

/* Whether times can be told for records of `images`, for every layer and phase; *min and *max get the allowed range. */
bool profile_covers(const struct profile *profile, int64_t images, int64_t *min, int64_t *max);

/*
 * Host seconds of one layer for a record of `images` with `threads` threads, between and beyond what was measured
 * (profile_times.c); how far off they may be, as a standard deviation over them: 0 for threads up to the most that
 * were measured. CHECKs that the layer was measured near so many images (profile_covers).
 */
struct profile_time {
	double seconds;
	double error_share;
};
struct profile_time profile_layer_time(const struct profile *profile, size_t layer, int64_t images, int64_t threads);
double profile_layer_seconds(const struct profile *profile, size_t layer, int64_t images, int64_t threads);

/*
 * The roofline (Williams, Waterman, Patterson, CACM 2009): what the layer's multiply-accumulates take one core at the
 * speed of matrix products, and what its parameters and activations take at that of copies. The larger binds it.
 */
struct profile_roofs {
	double arithmetic_seconds;
	double memory_seconds;
};
struct profile_roofs profile_layer_roofs(const struct profile *profile, size_t layer, int64_t images);

/*
 * The same for a phase of a function (single-threaded); 0 where the phase was not measured. Loading weights does not
 * depend on images: its measured ends hold outside them.
 */
double profile_phase_seconds(const struct profile *profile, size_t function, enum profile_phase phase, int64_t images);

/*
 * Peak resident memory of a function's process on a record of `images`, on straight lines through what was measured;
 * 0 where nothing was.
 */
double profile_peak_bytes(const struct profile *profile, size_t function, int64_t images);

/*
 * Reasons not to trust a profile, from what is written in it: a host on which other programs ran, times that were taken
 * once or whose repeats disagree, threads that are faster than threads can be, records that take less time than smaller
 * ones or much more an image. Computing time on a quiet machine shows none of these.
 */
#define PROFILE_NARROW_SHARE 0.01 /* half the interval of a median that is known well enough, over it */

enum {
	PROFILE_DOUBTS_MAX = 10,   /* kinds, each told once with its worst case */
	PROFILE_REPEATS_LEAST = 3, /* fewer show no spread */
};

struct profile_doubts {
	const char *texts[PROFILE_DOUBTS_MAX]; /* in the arena */
	size_t count;
};

void profile_find_doubts(const struct profile *profile, struct arena *arena, struct profile_doubts *out);

#endif
