/* A whole network run: by function and at once, by any number of threads, reproducible by its seed. */
#include "doc/yaml.h"
#include "kernels/model/forward.h"
#include "tests/tap.h"

static const char network[] = "name: small\n"
			      "input: {channels: 3, height: 32, width: 32}\n"
			      "layers:\n"
			      "  - {name: conv1, kind: conv, filters: 16, kernel: [5], padding: same}\n"
			      "  - {name: relu1, kind: relu}\n"
			      "  - {name: norm1, kind: lrn}\n"
			      "  - {name: pool1, kind: maxpool, kernel: [3], stride: [2]}\n"
			      "  - {name: drop1, kind: dropout}\n"
			      "  - {name: conv2, kind: conv, filters: 32, kernel: [3], pads: [1], groups: 2}\n"
			      "  - {name: relu2, kind: relu}\n"
			      "  - {name: pool2, kind: avgpool, kernel: [2], stride: [2]}\n"
			      "  - {name: fc1, kind: fc, outputs: 40}\n"
			      "  - {name: relu3, kind: relu}\n"
			      "  - {name: fc2, kind: fc, outputs: 10}\n"
			      "  - {name: prob, kind: softmax}\n"
			      "functions:\n"
			      "  first: {layers: [conv1, relu1, norm1, pool1]}\n"
			      "  second: {layers: [drop1, conv2, relu2, pool2, fc1]}\n"
			      "  last: {layers: [relu3, fc2, prob]}\n";

enum { IMAGES = 6 };

struct fixture {
	struct arena arena;
	struct diag diag;
	struct model model;
	struct team team;
	struct tensor input;
};

static void fixture_init(struct fixture *fixture, int threads)
{
	arena_init(&fixture->arena);
	diag_init(&fixture->diag);
	struct yaml_node *root = yaml_parse("network", network, strlen(network), &fixture->arena, &fixture->diag);
	bool ok = root && model_from_yaml(root, "network", &fixture->arena, &fixture->diag, &fixture->model);
	diag_print(&fixture->diag, stdout);
	CHECK(ok);
	team_init(&fixture->team, threads);
	tensor_init(&fixture->input, IMAGES, fixture->model.input);
	for (int64_t i = 0; i < tensor_values(&fixture->input); i++)
		fixture->input.data[i] = (float)(i * 7919 % 251) / 128.0f - 1.0f;
}

static void fixture_release(struct fixture *fixture)
{
	tensor_release(&fixture->input);
	team_release(&fixture->team);
	diag_release(&fixture->diag);
	arena_release(&fixture->arena);
}

static void run_whole(struct fixture *fixture, uint64_t seed, struct tensor *output)
{
	struct model_function whole = model_whole(&fixture->model);
	struct model_weights weights;
	model_weights_init(&weights, &fixture->model, &whole);
	model_weights_make(&weights, seed, &fixture->team);
	model_run_function(&fixture->model, &whole, &weights, &fixture->input, output, &fixture->team);
	model_weights_release(&weights);
}

static bool same_bits(const struct tensor *a, const struct tensor *b)
{
	return tensor_values(a) == tensor_values(b) &&
	       memcmp(a->data, b->data, (size_t)tensor_values(a) * sizeof(float)) == 0;
}

static struct tensor copy_of(const struct tensor *tensor)
{
	struct tensor copy;
	tensor_init(&copy, tensor->images, tensor->shape);
	memcpy(copy.data, tensor->data, (size_t)tensor_values(tensor) * sizeof(float));
	return copy;
}

/* Functions start in place here and there; none of them may touch what it was given. */
static void run_by_functions(struct fixture *fixture, uint64_t seed, struct tensor *output)
{
	struct tensor current = tensor_slice(&fixture->input, 0, IMAGES);
	for (size_t i = 0; i < fixture->model.function_count; i++) {
		const struct model_function *function = &fixture->model.functions[i];
		struct model_weights weights;
		model_weights_init(&weights, &fixture->model, function);
		model_weights_make(&weights, seed, &fixture->team);
		struct tensor next;
		struct tensor kept = copy_of(&current);
		model_run_function(&fixture->model, function, &weights, &current, &next, &fixture->team);
		t_ok(same_bits(&kept, &current), "function %s leaves its input as it is", function->name);
		tensor_release(&kept);
		model_weights_release(&weights);
		tensor_release(&current);
		current = next;
	}
	*output = current;
}

static void test_runs(void)
{
	struct fixture fixture, threaded;
	struct tensor first, again, other, split, parallel;
	fixture_init(&fixture, 1);
	fixture_init(&threaded, 3);
	struct tensor kept = copy_of(&fixture.input);
	run_whole(&fixture, 1, &first);
	run_whole(&fixture, 1, &again);
	run_whole(&fixture, 2, &other);
	run_by_functions(&fixture, 1, &split);
	run_whole(&threaded, 1, &parallel);
	t_ok(same_bits(&kept, &fixture.input), "the input is left as it is");
	t_ok(same_bits(&first, &again), "one seed, one result");
	t_ok(!same_bits(&first, &other), "another seed, another result");
	t_ok(same_bits(&first, &split), "function by function gives what the whole network gives");
	t_ok(same_bits(&first, &parallel), "three threads give what one gives");
	t_ok(shape_equal(first.shape, (struct shape){10, 1, 1}), "ten classes");
	for (int64_t image = 0; image < IMAGES; image++) {
		double sum = 0.0;
		for (int64_t c = 0; c < 10; c++)
			sum += (double)tensor_image(&first, image)[c];
		t_near(sum, 1.0, 1e-5, 0, "probabilities of an image add up to 1");
	}
	t_ok(memcmp(tensor_image(&first, 0), tensor_image(&first, 1), 10 * sizeof(float)) != 0,
	     "two images, two results");
	tensor_release(&first);
	tensor_release(&again);
	tensor_release(&other);
	tensor_release(&split);
	tensor_release(&parallel);
	tensor_release(&kept);
	fixture_release(&fixture);
	fixture_release(&threaded);
}

static void test_against_reference(void)
{
	struct fixture fixture;
	fixture_init(&fixture, 1);
	struct model_function whole = model_whole(&fixture.model);
	struct model_weights weights;
	model_weights_init(&weights, &fixture.model, &whole);
	model_weights_make(&weights, 5, &fixture.team);
	struct tensor fast;
	model_run_function(&fixture.model, &whole, &weights, &fixture.input, &fast, &fixture.team);
	struct tensor plain = tensor_slice(&fixture.input, 0, IMAGES);
	for (size_t i = 0; i < fixture.model.layer_count; i++) {
		const struct layer *layer = &fixture.model.layers[i];
		struct tensor next;
		tensor_init(&next, IMAGES, layer->output);
		layer_kinds[layer->kind].reference(layer, &(struct layer_call){model_weights_of(&weights, i),
									       model_biases_of(&weights, i), &plain,
									       &next, NULL});
		tensor_release(&plain);
		plain = next;
	}
	double worst = 0.0;
	for (int64_t i = 0; i < tensor_values(&fast); i++)
		worst = fmax(worst, fabs((double)fast.data[i] - (double)plain.data[i]));
	t_near(worst, 0.0, 0, 1e-4, "the network agrees with its plain references");
	tensor_release(&fast);
	tensor_release(&plain);
	model_weights_release(&weights);
	fixture_release(&fixture);
}

static void test_weights(void)
{
	struct fixture fixture;
	fixture_init(&fixture, 2);
	struct model_function whole = model_whole(&fixture.model);
	struct model_weights weights, loaded;
	model_weights_init(&weights, &fixture.model, &whole);
	model_weights_make(&weights, 7, &fixture.team);
	int fc1 = model_find_layer(&fixture.model, "fc1");
	const float *values = model_weights_of(&weights, (size_t)fc1);
	int64_t count = fixture.model.layers[fc1].weight_count;
	double sum = 0.0, squares = 0.0;
	for (int64_t i = 0; i < count; i++) {
		sum += (double)values[i];
		squares += (double)values[i] * (double)values[i];
	}
	/* Standard errors at 62,720 values: 0.0001 of the mean, 0.4 % of the variance. */
	t_near(sum / (double)count, 0.0, 0, 4e-4, "weights have mean 0");
	t_near(squares / (double)count, 2.0 * 40.0 / (double)count, 0.015, 0, "and He's variance, 2 / inputs");
	t_near((double)model_biases_of(&weights, (size_t)fc1)[39], 0.0, 0, 0, "biases are 0");
	t_ok(!model_weights_of(&weights, 1) && !model_biases_of(&weights, 1), "relu has none");
	t_int(model_weights_bytes(&weights), 4 * model_function_parameters(&fixture.model, &whole), "bytes");

	struct err err;
	size_t bytes = (size_t)model_weights_bytes(&weights);
	model_weights_init(&loaded, &fixture.model, &whole);
	t_ok(model_weights_load(&loaded, weights.values, bytes, &err), "weights are loaded from bytes");
	t_ok(memcmp(loaded.values, weights.values, bytes) == 0, "the same ones");
	t_ok(!model_weights_load(&loaded, weights.values, bytes - 1, &err), "a truncated file is refused");
	t_has(err.text, "layers 'conv1' to 'prob' of model 'small' need", "in words");
	model_weights_release(&loaded);
	model_weights_release(&weights);
	fixture_release(&fixture);
}

static void test_peak(void)
{
	struct fixture fixture;
	fixture_init(&fixture, 1);
	const struct model *model = &fixture.model;
	int64_t input = 3 * 32 * 32, conv1 = 16 * 32 * 32, pool1 = 16 * 15 * 15, conv2 = 32 * 15 * 15;
	t_int(model_function_peak_bytes(model, &model->functions[0], 10), 40 * (input + conv1 + pool1),
	      "relu and lrn work in place");
	t_int(model_function_peak_bytes(model, &model->functions[1], 10), 40 * (pool1 + pool1 + conv2),
	      "the caller's input is never overwritten, not even by dropout");
	fixture_release(&fixture);
}

int main(void)
{
	test_runs();
	test_against_reference();
	test_weights();
	test_peak();
	return t_done();
}
