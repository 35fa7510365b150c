/*
 * The convolutions of four networks, each shape once: Lamina's kernels beside oneDNN's direct ones, held to the same
 * instruction set, each with images in blocks of channels as it likes them, and beside im2col with OpenBLAS, of planes;
 * those of VGG-16 by minimal filtering, beside oneDNN's where it has one; and all of them on two threads beside one.
 * Runs take turns, so that a neighbour slows all of them, and of the times of each the least counts: what disturbs a
 * computation makes it longer. A line is conv_<network>_b<batch>_t<threads>_<instruction set>: GFLOP/s over all shapes,
 * and the geometric mean over them of the reference's time by Lamina's. oneDNN holds a process to one instruction set:
 * each has a process of its own. LAMINA_BENCH_SHAPES in the environment prints each shape, too.
 * usage: bench_conv [NETWORK...]; all of them
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

/* What is set beside Lamina's kernels, and how. */
enum rival { RIVAL_LAMINA, RIVAL_ONEDNN, RIVAL_OPENBLAS, RIVAL_ONE_THREAD, RIVALS };

struct setting {
	enum isa isa;
	bool is_winograd;
	int64_t images;
	struct team *team;
	struct team *one; /* thread */
};

/* One shape with everything that its runs need. */
struct subject {
	const struct setting *setting;
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
};

static void fill(float *values, int64_t count)
{
	for (int64_t i = 0; i < count; i++)
		values[i] = (float)(i * 2654435761 % 1024) / 1024 - 0.5f;
}

static void subject_layer(struct layer *layer, const struct shape_row *row)
{
	const char *key;
	struct err err;
	*layer = (struct layer){.name = "conv", .kind = LAYER_CONV};
	layer->conv = (struct conv){
		.window = window_square(row->kernel, row->stride), .filters = row->filters, .groups = row->groups};
	layer->conv.window.y.pad_before = layer->conv.window.y.pad_after = row->pad;
	layer->conv.window.x.pad_before = layer->conv.window.x.pad_after = row->pad;
	CHECK(layer_infer(layer, (struct shape){row->channels, row->side, row->side}, &key, &err));
}

/* False where minimal filtering is wanted and is not for this shape. */
static bool subject_plan(struct subject *subject)
{
	const struct setting *setting = subject->setting;
	const struct layer *layer = &subject->layer;
	int64_t depth = blocks_depth(layer->input.channels, blocked_kernels_of(setting->isa)->lanes);
	CHECK(blocked_conv_init(&subject->blocked, &layer->conv, layer->input, depth, setting->isa));
	return !setting->is_winograd || blocked_conv_use_winograd(&subject->blocked);
}

static bool subject_init(struct subject *subject, const struct shape_row *row, const struct setting *setting)
{
	*subject = (struct subject){.setting = setting};
	struct layer *layer = &subject->layer;
	subject_layer(layer, row);
	if (!subject_plan(subject))
		return false;
	int64_t lanes = subject->blocked.kernels->lanes;
	int64_t in_values = setting->images * blocks_values(layer->input, subject->blocked.depth);
	int64_t out_values = setting->images * blocks_values(layer->output, lanes);
	subject->weights = floats_alloc((size_t)layer->weight_count, &subject->weights_memory);
	subject->packed = floats_alloc((size_t)blocked_conv_packed_values(&subject->blocked), &subject->packed_memory);
	fill(subject->weights, layer->weight_count);
	blocked_conv_pack(&subject->blocked, subject->weights, NULL, subject->packed);
	tensor_init(&subject->input, setting->images, layer->input);
	tensor_init(&subject->output, setting->images, layer->output);
	fill(subject->input.data, tensor_values(&subject->input));
	subject->input_blocks = floats_alloc((size_t)in_values, &subject->input_memory);
	subject->output_blocks = floats_alloc((size_t)out_values, &subject->output_memory);
	blocks_from_planes(&subject->input, subject->blocked.depth, subject->input_blocks, setting->team);
	subject->has_onednn = setting->team->threads == 1 &&
			      onednn_init(&subject->onednn, layer, setting->images, setting->is_winograd);
	return true;
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

static bool has_rival(const struct subject *subject, enum rival rival)
{
	bool is_alone = subject->setting->team->threads == 1;
	switch (rival) {
	case RIVAL_LAMINA:
		return true;
	case RIVAL_ONEDNN:
		return subject->has_onednn;
	case RIVAL_OPENBLAS:
		return is_alone && !subject->setting->is_winograd;
	default:
		return !is_alone;
	}
}

static void run_rival(struct subject *subject, enum rival rival)
{
	const struct setting *setting = subject->setting;
	if (rival == RIVAL_ONEDNN)
		onednn_run(&subject->onednn);
	else if (rival == RIVAL_OPENBLAS)
		conv_run(&subject->layer.conv, &(struct layer_call){.weights = subject->weights,
								    .input = &subject->input,
								    .output = &subject->output,
								    .team = setting->team});
	else
		blocked_conv_run(&subject->blocked, subject->packed, subject->input_blocks, subject->output_blocks,
				 setting->images, rival == RIVAL_LAMINA ? setting->team : setting->one);
}

static double wall_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double now_seconds(const struct subject *subject)
{
	return subject->setting->team->threads == 1 ? bench_cpu_seconds() : wall_seconds();
}

/* The least of runs that take turns; short ones are repeated within a run. */
static void measure(struct subject *subject, double seconds[RIVALS])
{
	static const double run_flop = 4e8;
	double flop = 2 * (double)subject->layer.mac_per_image * (double)subject->setting->images;
	int runs = (int)fmax(1, run_flop / flop);
	int repeats = flop > 2e10 ? 3 : BENCH_REPEATS;
	for (int i = -1; i < repeats; i++)
		for (int r = 0; r < RIVALS; r++) {
			if (!has_rival(subject, (enum rival)r))
				continue;
			double start = now_seconds(subject);
			for (int k = 0; k < runs; k++)
				run_rival(subject, (enum rival)r);
			double took = (now_seconds(subject) - start) / runs;
			seconds[r] = i <= 0 || took < seconds[r] ? took : seconds[r];
		}
}

/* The work of a network's shapes, and how the others did. */
struct sums {
	double flop;
	double seconds;
	double log_ratios[RIVALS];
	int shapes[RIVALS];
};

static void tell_shape(const struct shape_row *row, double flop, const double seconds[RIVALS])
{
	static const char *const names[RIVALS] = {"", "oneDNN", "im2col", "one thread"};
	printf("# %lldx%lld^2 -> %lld, %lld^2/%lld: %.1f GFLOP/s", (long long)row->channels, (long long)row->side,
	       (long long)row->filters, (long long)row->kernel, (long long)row->stride,
	       flop / seconds[RIVAL_LAMINA] / 1e9);
	for (int r = RIVAL_ONEDNN; r < RIVALS; r++)
		if (seconds[r] > 0)
			printf(", %.3f x %s", seconds[r] / seconds[RIVAL_LAMINA], names[r]);
	putchar('\n');
}

static struct sums measure_network(const struct network *network, const struct setting *setting)
{
	struct sums sums = {0};
	bool tells = getenv("LAMINA_BENCH_SHAPES") != NULL;
	for (size_t i = 0; i < network->count; i++) {
		struct subject subject;
		double seconds[RIVALS] = {0};
		if (!subject_init(&subject, &network->shapes[i], setting))
			continue;
		measure(&subject, seconds);
		double flop = 2 * (double)subject.layer.mac_per_image * (double)setting->images;
		sums.flop += flop;
		sums.seconds += seconds[RIVAL_LAMINA];
		for (int r = 0; r < RIVALS; r++)
			if (has_rival(&subject, (enum rival)r)) {
				sums.log_ratios[r] += log(seconds[r] / seconds[RIVAL_LAMINA]);
				sums.shapes[r]++;
			}
		if (tells)
			tell_shape(&network->shapes[i], flop, seconds);
		subject_release(&subject);
	}
	return sums;
}

/* Nothing where the rival lacks some of the shapes. */
static void report(const char *name, const struct sums *sums, enum rival rival, const char *reference)
{
	struct bench_rate rate = {.median = sums->flop / sums->seconds / 1e9};
	if (sums->shapes[rival] == sums->shapes[RIVAL_LAMINA])
		bench_report(name, rate, "GFLOP/s", reference,
			     rate.median / exp(sums->log_ratios[rival] / sums->shapes[rival]));
}

static void bench_shapes(const struct network *network, const struct setting *setting)
{
	static const struct {
		const char *suffix;
		const char *reference;
	} rows[RIVALS] = {
		[RIVAL_ONEDNN] = {"", "oneDNN"},
		[RIVAL_OPENBLAS] = {"_im2col", "im2col + OpenBLAS"},
		[RIVAL_ONE_THREAD] = {"", "one thread"},
	};
	struct sums sums = measure_network(network, setting);
	for (int r = RIVAL_ONEDNN; r < RIVALS; r++) {
		char name[80];
		snprintf(name, sizeof name, "conv_%s%s_b%lld_t%d_%s%s", network->name,
			 setting->is_winograd ? "_winograd" : "", (long long)setting->images, setting->team->threads,
			 isa_names[setting->isa], rows[r].suffix);
		report(name, &sums, (enum rival)r, rows[r].reference);
	}
}

static bool is_wanted(const char *name, char *const *wanted)
{
	bool any = false;
	for (; *wanted; wanted++) {
		any = true;
		if (strcmp(*wanted, name) == 0)
			return true;
	}
	return !any;
}

static void bench_isa(enum isa isa, char *const *wanted)
{
	static const int64_t batches[] = {1, 16};
	struct team teams[2];
	onednn_limit(isa, 1);
	for (int i = 0; i < 2; i++)
		team_init(&teams[i], i + 1);
	for (size_t n = 0; n < NETWORKS; n++)
		for (size_t b = 0; b < ARRAY_LEN(batches) && is_wanted(networks[n].name, wanted); b++) {
			struct setting setting = {
				.isa = isa, .images = batches[b], .team = &teams[0], .one = &teams[0]};
			bench_shapes(&networks[n], &setting);
			setting.is_winograd = networks[n].shapes == vgg16;
			if (setting.is_winograd)
				bench_shapes(&networks[n], &setting);
			setting.is_winograd = false;
			setting.team = &teams[1];
			bench_shapes(&networks[n], &setting);
		}
	for (int i = 0; i < 2; i++)
		team_release(&teams[i]);
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
			bench_isa((enum isa)isa, argv + 1);
			return 0;
		}
		int status;
		if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
			return 1;
	}
	return 0;
}
