/*
 * Convolution of planes without a column matrix against the plain loop, for every instruction set that this machine
 * runs: random windows, strides, dilations, pads, groups, sizes from one pixel on, batches, threads.
 */
#include "kernels/conv/direct_conv.h"
#include "tests/unit/conv_trial.h"

static void run_direct(const struct trial *trial, const void *plan, struct team *team, struct tensor *output)
{
	const struct direct_conv *direct = plan;
	void *memory;
	float *packed = floats_alloc((size_t)trial->weights.count, &memory);
	struct tensor input = tensor_of(trial, &trial->pixels);
	tensor_init(output, trial->images, trial->layer.output);
	for (int64_t i = 0; i < tensor_values(output); i++)
		output->data[i] = NAN;
	direct_conv_pack(direct, trial->weights.data, packed);
	direct_conv_run(direct, packed, trial->layer.conv.has_bias ? trial->bias.data : NULL, &input, output, team);
	mem_free(memory);
}

static void test_random(enum isa isa, int threads)
{
	enum { CASES = RANDOM_CASES };
	static const char *const readings[] = {"rows", "packed", "planes", "depthwise"};
	enum { READINGS = ARRAY_LEN(readings) };
	int cases[READINGS] = {0};
	int wrong[READINGS] = {0};
	struct team team;
	team_init(&team, threads);
	for (int done = 0; done < CASES;) {
		struct trial trial;
		struct direct_conv direct;
		if (!random_trial(&trial) || !direct_conv_init(&direct, &trial.layer.conv, trial.layer.input, isa))
			continue;
		done++;
		cases[direct.reading]++;
		wrong[direct.reading] += !compare(&trial, run_direct, &direct, &team);
	}
	team_release(&team);
	for (int i = 0; i < READINGS; i++)
		t_ok(cases[i] >= CASES / 80 && wrong[i] == 0, "%s, %s: %d of %d random cases wrong, %d threads",
		     isa_names[isa], readings[i], wrong[i], cases[i], threads);
}

static void test_usual(enum isa isa)
{
	struct team team;
	team_init(&team, 1);
	for (size_t i = 0; i < ARRAY_LEN(usuals); i += USUAL_STEP) {
		struct trial trial = usual_trial(&usuals[i], 2);
		struct direct_conv direct;
		bool is_served = direct_conv_init(&direct, &trial.layer.conv, trial.layer.input, isa);
		size_t bytes = is_served ? direct_conv_workspace_bytes(&direct, trial.images) : 0;
		t_ok(is_served && compare(&trial, run_direct, &direct, &team) && bytes < WORKSPACE_MOST,
		     "%s, %s, in %zu KiB of workspace", isa_names[isa], usuals[i].name, bytes / 1024);
	}
	team_release(&team);
}

static void test_threads(enum isa isa)
{
	for (size_t i = 0; i < ARRAY_LEN(usuals); i += 3 * USUAL_STEP) {
		struct trial trial = usual_trial(&usuals[i], 1);
		struct direct_conv direct;
		CHECK(direct_conv_init(&direct, &trial.layer.conv, trial.layer.input, isa));
		random_operands(&trial);
		t_ok(has_same_bits(&trial, run_direct, &direct), "%s, %s: 5 threads give the bits of one",
		     isa_names[isa], usuals[i].name);
		free_operands(&trial);
	}
}

static void test_not_served(enum isa isa)
{
	struct direct_conv direct;
	struct conv conv = {.window = window_square(17, 1), .filters = 4, .groups = 1};
	struct shape input = {4, 40, 40};
	t_ok(!direct_conv_init(&direct, &conv, input, isa), "%s: a window of 289 pixels is left to others",
	     isa_names[isa]);
	conv.window = window_square(2, 1);
	conv.window.y.dilation = conv.window.x.dilation = 5000;
	input = (struct shape){1, 5001, 5001};
	t_ok(!direct_conv_init(&direct, &conv, input, isa), "%s: and one spread over 25 million", isa_names[isa]);
	struct team team;
	team_init(&team, 1);
	conv = (struct conv){.window = window_square(3, 1), .filters = 4, .groups = 1};
	t_ok(direct_conv_init(&direct, &conv, (struct shape){4, 8, 8}, isa), "%s: an empty batch", isa_names[isa]);
	struct tensor none = {.shape = direct.input};
	struct tensor out = {.shape = direct.output};
	direct_conv_run(&direct, NULL, NULL, &none, &out, &team);
	team_release(&team);
}

int main(void)
{
	for (int isa = 0; isa < ISAS; isa++) {
		if (!isa_is_supported((enum isa)isa)) {
			t_ok(true, "%s # SKIP this processor has none", isa_names[isa]);
			continue;
		}
		test_random((enum isa)isa, 1);
		test_random((enum isa)isa, 3);
		test_usual((enum isa)isa);
		test_threads((enum isa)isa);
		test_not_served((enum isa)isa);
	}
	return t_done();
}
