/*
 * The convolutions of four networks, each shape once: Lamina's kernels beside oneDNN's direct ones, held to the same
 * instruction set, each with images in blocks of channels as it likes them, and beside im2col with OpenBLAS, of planes.
 * Runs take turns, so that a neighbour slows all of them. A line is
 * conv_<network>_b<batch>_t<threads>_<instruction set>: GFLOP/s over all shapes, and the geometric mean over them of
 * the reference's time by Lamina's. oneDNN holds a process to one instruction set: each has a process of its own.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/check.h"
#include "kernels/conv/blocked_conv.h"
#include "kernels/conv/blocks.h"
#include "kernels/tensor/blas.h"
#include "tests/bench/bench.h"
#include "tests/bench/onednn.h"
#include "tests/unit/square.h"

/* channels, side, filters, kernel, stride, pad, groups */
struct shape_row {
	int64_t channels, side, filters, kernel, stride, pad, groups;
};

static const struct shape_row alexnet[] = {
	{3, 227, 96, 11, 4, 0, 1},  {96, 27, 256, 5, 1, 2, 2},  {256, 13, 384, 3, 1, 1, 1},
	{384, 13, 384, 3, 1, 1, 2}, {384, 13, 256, 3, 1, 1, 2},
};

static const struct shape_row vgg16[] = {
	{3, 224, 64, 3, 1, 1, 1},    {64, 224, 64, 3, 1, 1, 1},  {64, 112, 128, 3, 1, 1, 1},
	{128, 112, 128, 3, 1, 1, 1}, {128, 56, 256, 3, 1, 1, 1}, {256, 56, 256, 3, 1, 1, 1},
	{256, 28, 512, 3, 1, 1, 1},  {512, 28, 512, 3, 1, 1, 1}, {512, 14, 512, 3, 1, 1, 1},
};

static const struct shape_row resnet50[] = {
	{3, 224, 64, 7, 2, 3, 1},    {64, 56, 64, 1, 1, 0, 1},    {64, 56, 64, 3, 1, 1, 1},
	{64, 56, 256, 1, 1, 0, 1},   {256, 56, 64, 1, 1, 0, 1},   {256, 56, 128, 1, 1, 0, 1},
	{128, 56, 128, 3, 2, 1, 1},  {128, 28, 512, 1, 1, 0, 1},  {256, 56, 512, 1, 2, 0, 1},
	{512, 28, 128, 1, 1, 0, 1},  {128, 28, 128, 3, 1, 1, 1},  {512, 28, 256, 1, 1, 0, 1},
	{256, 28, 256, 3, 2, 1, 1},  {256, 14, 1024, 1, 1, 0, 1}, {512, 28, 1024, 1, 2, 0, 1},
	{1024, 14, 256, 1, 1, 0, 1}, {256, 14, 256, 3, 1, 1, 1},  {1024, 14, 512, 1, 1, 0, 1},
	{512, 14, 512, 3, 2, 1, 1},  {512, 7, 2048, 1, 1, 0, 1},  {1024, 14, 2048, 1, 2, 0, 1},
	{2048, 7, 512, 1, 1, 0, 1},  {512, 7, 512, 3, 1, 1, 1},
};

static const struct shape_row mobilenetv2[] = {
	{3, 224, 32, 3, 2, 1, 1},     {32, 112, 32, 3, 1, 1, 32},   {32, 112, 16, 1, 1, 0, 1},
	{16, 112, 96, 1, 1, 0, 1},    {96, 112, 96, 3, 2, 1, 96},   {96, 56, 24, 1, 1, 0, 1},
	{24, 56, 144, 1, 1, 0, 1},    {144, 56, 144, 3, 1, 1, 144}, {144, 56, 24, 1, 1, 0, 1},
	{144, 56, 144, 3, 2, 1, 144}, {144, 28, 32, 1, 1, 0, 1},    {32, 28, 192, 1, 1, 0, 1},
	{192, 28, 192, 3, 1, 1, 192}, {192, 28, 32, 1, 1, 0, 1},    {192, 28, 192, 3, 2, 1, 192},
	{192, 14, 64, 1, 1, 0, 1},    {64, 14, 384, 1, 1, 0, 1},    {384, 14, 384, 3, 1, 1, 384},
	{384, 14, 64, 1, 1, 0, 1},    {384, 14, 96, 1, 1, 0, 1},    {96, 14, 576, 1, 1, 0, 1},
	{576, 14, 576, 3, 1, 1, 576}, {576, 14, 96, 1, 1, 0, 1},    {576, 14, 576, 3, 2, 1, 576},
	{576, 7, 160, 1, 1, 0, 1},    {160, 7, 960, 1, 1, 0, 1},    {960, 7, 960, 3, 1, 1, 960},
	{960, 7, 160, 1, 1, 0, 1},    {960, 7, 320, 1, 1, 0, 1},    {320, 7, 1280, 1, 1, 0, 1},
};

#define NETWORK(shapes) \
	{ \
#shapes, shapes, ARRAY_LEN(shapes) \
	}

static const struct network {
	const char *name;
	const struct shape_row *shapes;
	size_t count;
} networks[] = {NETWORK(alexnet), NETWORK(vgg16), NETWORK(resnet50), NETWORK(mobilenetv2)};

enum { NETWORKS = ARRAY_LEN(networks) };

enum rival { RIVAL_LAMINA, RIVAL_ONEDNN, RIVAL_OPENBLAS, RIVALS };

/* One shape with everything that its runs need. */
struct subject {
	struct layer layer;
	struct blocked_conv blocked;
	struct onednn onednn;
	bool has_onednn;
	float *weights;
	float *packed;
	void *weights_memory;
	void *packed_memory;
	struct tensor input;
	struct tensor output;
	float *input_blocks;
	float *output_blocks;
	void *input_memory;
	void *output_memory;
	struct team *team;
};

static void subject_init(struct subject *subject, const struct shape_row *row, int64_t images, enum isa isa,
			 struct team *team)
{
	const char *key;
	struct err err;
	*subject = (struct subject){.team = team, .layer = {.name = "conv", .kind = LAYER_CONV}};
	struct layer *layer = &subject->layer;
	layer->conv = (struct conv){
		.window = window_square(row->kernel, row->stride), .filters = row->filters, .groups = row->groups};
	layer->conv.window.y.pad_before = layer->conv.window.y.pad_after = row->pad;
	layer->conv.window.x.pad_before = layer->conv.window.x.pad_after = row->pad;
	CHECK(layer_infer(layer, (struct shape){row->channels, row->side, row->side}, &key, &err));
	int64_t lanes = blocked_kernels_of(isa)->lanes;
	CHECK(blocked_conv_init(&subject->blocked, &layer->conv, layer->input, blocks_depth(row->channels, lanes),
				isa));
	subject->weights = floats_alloc((size_t)layer->weight_count, &subject->weights_memory);
	subject->packed = floats_alloc((size_t)blocked_conv_packed_values(&subject->blocked), &subject->packed_memory);
	for (int64_t i = 0; i < layer->weight_count; i++)
		subject->weights[i] = (float)(i * 2654435761 % 1024) / 1024 - 0.5f;
	blocked_conv_pack(&subject->blocked, subject->weights, NULL, subject->packed);
	tensor_init(&subject->input, images, layer->input);
	tensor_init(&subject->output, images, layer->output);
	for (int64_t i = 0; i < tensor_values(&subject->input); i++)
		subject->input.data[i] = (float)(i * 2654435761 % 1024) / 1024 - 0.5f;
	subject->input_blocks = floats_alloc((size_t)(images * blocks_values(layer->input, subject->blocked.depth)),
					     &subject->input_memory);
	subject->output_blocks =
		floats_alloc((size_t)(images * blocks_values(layer->output, lanes)), &subject->output_memory);
	blocks_from_planes(&subject->input, subject->blocked.depth, subject->input_blocks, team);
	subject->has_onednn = onednn_init(&subject->onednn, layer, images);
}

static void subject_release(struct subject *subject)
{
	if (subject->has_onednn)
		onednn_release(&subject->onednn);
	tensor_release(&subject->input);
	tensor_release(&subject->output);
	mem_free(subject->weights_memory);
	mem_free(subject->packed_memory);
	mem_free(subject->input_memory);
	mem_free(subject->output_memory);
}

static void run_rival(struct subject *subject, enum rival rival)
{
	if (rival == RIVAL_LAMINA)
		blocked_conv_run(&subject->blocked, subject->packed, subject->input_blocks, subject->output_blocks,
				 subject->input.images, subject->team);
	else if (rival == RIVAL_ONEDNN && subject->has_onednn)
		onednn_run(&subject->onednn);
	else if (rival == RIVAL_OPENBLAS)
		conv_run(&subject->layer.conv, &(struct layer_call){.weights = subject->weights,
								    .input = &subject->input,
								    .output = &subject->output,
								    .team = subject->team});
}

static double wall_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double now_seconds(const struct subject *subject)
{
	return subject->team->threads == 1 ? bench_cpu_seconds() : wall_seconds();
}

/* Medians of runs that take turns; short ones are repeated within a run. */
static void measure(struct subject *subject, int64_t images, double seconds[RIVALS])
{
	static const double run_flop = 4e8;
	double times[RIVALS][BENCH_REPEATS];
	double flop = 2 * (double)subject->layer.mac_per_image * (double)images;
	int runs = (int)fmax(1, run_flop / flop);
	int repeats = flop > 2e10 ? 3 : BENCH_REPEATS;
	for (int i = -1; i < repeats; i++)
		for (int r = 0; r < RIVALS; r++) {
			double start = now_seconds(subject);
			for (int k = 0; k < runs; k++)
				run_rival(subject, (enum rival)r);
			if (i >= 0)
				times[r][i] = (now_seconds(subject) - start) / runs;
		}
	for (int r = 0; r < RIVALS; r++) {
		qsort(times[r], (size_t)repeats, sizeof(double), bench_compare_);
		seconds[r] = times[r][repeats / 2];
	}
}

/* The work of a network's shapes, and how the others did. */
struct sums {
	double flop;
	double seconds[RIVALS];
	double log_ratios[RIVALS];
	double onednn_missing;
};

static struct sums measure_network(const struct network *network, int64_t images, enum isa isa, struct team *team)
{
	struct sums sums = {0};
	bool tells = getenv("LAMINA_BENCH_SHAPES") != NULL;
	for (size_t i = 0; i < network->count; i++) {
		struct subject subject;
		double seconds[RIVALS];
		subject_init(&subject, &network->shapes[i], images, isa, team);
		measure(&subject, images, seconds);
		double flop = 2 * (double)subject.layer.mac_per_image * (double)images;
		sums.flop += flop;
		sums.onednn_missing += !subject.has_onednn;
		for (int r = 0; r < RIVALS; r++) {
			sums.seconds[r] += seconds[r];
			sums.log_ratios[r] += log(seconds[r] / seconds[RIVAL_LAMINA]) / (double)network->count;
		}
		if (tells)
			printf("# %lldx%lld^2 -> %lld, %lld^2/%lld: %.1f GFLOP/s; oneDNN %.1f, im2col %.1f\n",
			       (long long)network->shapes[i].channels, (long long)network->shapes[i].side,
			       (long long)network->shapes[i].filters, (long long)network->shapes[i].kernel,
			       (long long)network->shapes[i].stride, flop / seconds[RIVAL_LAMINA] / 1e9,
			       flop / seconds[RIVAL_ONEDNN] / 1e9, flop / seconds[RIVAL_OPENBLAS] / 1e9);
		subject_release(&subject);
	}
	return sums;
}

static void report(const char *name, const struct sums *sums, enum rival rival, const char *reference)
{
	struct bench_rate rate = {.median = sums->flop / sums->seconds[RIVAL_LAMINA] / 1e9};
	bench_report(name, rate, "GFLOP/s", reference, rate.median / exp(sums->log_ratios[rival]));
}

static void bench_isa(enum isa isa, int threads)
{
	static const int64_t batches[] = {1, 16};
	struct team team;
	onednn_limit(isa, threads);
	team_init(&team, threads);
	for (size_t n = 0; n < NETWORKS; n++)
		for (size_t b = 0; b < ARRAY_LEN(batches); b++) {
			char name[80];
			struct sums sums = measure_network(&networks[n], batches[b], isa, &team);
			snprintf(name, sizeof name, "conv_%s_b%lld_t%d_%s", networks[n].name, (long long)batches[b],
				 threads, isa_names[isa]);
			if (sums.onednn_missing == 0)
				report(name, &sums, RIVAL_ONEDNN, "oneDNN");
			snprintf(name, sizeof name, "conv_%s_b%lld_t%d_%s_im2col", networks[n].name,
				 (long long)batches[b], threads, isa_names[isa]);
			report(name, &sums, RIVAL_OPENBLAS, "im2col + OpenBLAS");
		}
	team_release(&team);
}

/* OpenBLAS is held to AVX2, as what it is compared with as a backend is timed for clouds that have no more. */
int main(int argc, char *argv[])
{
	blas_prepare(argv);
	for (int isa = ISA_AVX2; isa < ISAS; isa++) {
		if (!isa_is_supported((enum isa)isa))
			continue;
		fflush(NULL);
		pid_t child = fork();
		if (child == 0) {
			bench_isa((enum isa)isa, 1);
			return 0;
		}
		int status;
		if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
			return 1;
	}
	return 0;
}
