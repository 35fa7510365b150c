/*
 * The shipped networks against figures worked out by hand from their papers: output shapes, multiply-accumulates,
 * parameters, bytes. Layers without parameters or work of their own (relu, dropout, softmax) keep the shape before
 * them. VGG-16's 138,357,544 parameters and 15.47 GMAC are the published ones (Simonyan, Zisserman, 2015).
 */
#include "kernels/model/model.h"
#include "tests/tap.h"

struct expected_layer {
	const char *name;
	int64_t channels, height, width, parameters, mac, output_bytes;
};

struct expected_model {
	const char *path;
	int64_t parameters, mac;
	struct expected_layer layers[24];
};

static const struct expected_model expected[] = {
	{"configs/models/alexnet.yaml",
	 60965224,
	 724406816,
	 {
		 {"conv1", 96, 55, 55, 34944, 105415200, 1161600},
		 {"pool1", 96, 27, 27, 0, 0, 279936},
		 {"conv2", 256, 27, 27, 307456, 223948800, 746496},
		 {"pool2", 256, 13, 13, 0, 0, 173056},
		 {"conv3", 384, 13, 13, 885120, 149520384, 259584},
		 {"conv4", 384, 13, 13, 663936, 112140288, 259584},
		 {"conv5", 256, 13, 13, 442624, 74760192, 173056},
		 {"pool5", 256, 6, 6, 0, 0, 36864},
		 {"fc6", 4096, 1, 1, 37752832, 37748736, 16384},
		 {"fc7", 4096, 1, 1, 16781312, 16777216, 16384},
		 {"fc8", 1000, 1, 1, 4097000, 4096000, 4000},
	 }},
	{"configs/models/alexnet-ungrouped.yaml",
	 62378344,
	 1135256096,
	 {
		 {"conv1", 96, 55, 55, 34944, 105415200, 1161600},
		 {"pool1", 96, 27, 27, 0, 0, 279936},
		 {"conv2", 256, 27, 27, 614656, 447897600, 746496},
		 {"pool2", 256, 13, 13, 0, 0, 173056},
		 {"conv3", 384, 13, 13, 885120, 149520384, 259584},
		 {"conv4", 384, 13, 13, 1327488, 224280576, 259584},
		 {"conv5", 256, 13, 13, 884992, 149520384, 173056},
		 {"pool5", 256, 6, 6, 0, 0, 36864},
		 {"fc6", 4096, 1, 1, 37752832, 37748736, 16384},
		 {"fc7", 4096, 1, 1, 16781312, 16777216, 16384},
		 {"fc8", 1000, 1, 1, 4097000, 4096000, 4000},
	 }},
	{"configs/models/alexnet-v2.yaml",
	 50303912,
	 736555776,
	 {
		 {"conv1", 64, 54, 54, 23296, 67744512, 746496},
		 {"pool1", 64, 26, 26, 0, 0, 173056},
		 {"conv2", 192, 26, 26, 307392, 207667200, 519168},
		 {"pool2", 192, 12, 12, 0, 0, 110592},
		 {"conv3", 384, 12, 12, 663936, 95551488, 221184},
		 {"conv4", 384, 12, 12, 1327488, 191102976, 221184},
		 {"conv5", 256, 12, 12, 884992, 127401984, 147456},
		 {"pool5", 256, 5, 5, 0, 0, 25600},
		 {"fc6", 4096, 1, 1, 26218496, 26214400, 16384},
		 {"fc7", 4096, 1, 1, 16781312, 16777216, 16384},
		 {"fc8", 1000, 1, 1, 4097000, 4096000, 4000},
	 }},
	{"configs/models/alexnet-h1.yaml",
	 62199632,
	 432158016,
	 {
		 {"conv1", 64, 54, 54, 23296, 67744512, 746496},
		 {"pool1", 64, 26, 26, 0, 0, 173056},
		 {"conv2", 192, 26, 26, 307392, 207667200, 519168},
		 {"pool2", 192, 12, 12, 0, 0, 110592},
		 {"conv3", 384, 12, 12, 663936, 95551488, 221184},
		 {"pool3", 384, 5, 5, 0, 0, 38400},
		 {"fc1", 4096, 1, 1, 39325696, 39321600, 16384},
		 {"fc2", 4096, 1, 1, 16781312, 16777216, 16384},
		 {"fc3", 1000, 1, 1, 4097000, 4096000, 4000},
		 {"fc4", 1000, 1, 1, 1001000, 1000000, 4000},
	 }},
	{"configs/models/vgg16.yaml",
	 138357544,
	 15470264320,
	 {
		 {"conv1_1", 64, 224, 224, 1792, 86704128, 12845056},
		 {"conv1_2", 64, 224, 224, 36928, 1849688064, 12845056},
		 {"pool1", 64, 112, 112, 0, 0, 3211264},
		 {"conv2_1", 128, 112, 112, 73856, 924844032, 6422528},
		 {"pool2", 128, 56, 56, 0, 0, 1605632},
		 {"conv3_3", 256, 56, 56, 590080, 1849688064, 3211264},
		 {"conv4_1", 512, 28, 28, 1180160, 924844032, 1605632},
		 {"conv5_3", 512, 14, 14, 2359808, 462422016, 401408},
		 {"pool5", 512, 7, 7, 0, 0, 100352},
		 {"fc6", 4096, 1, 1, 102764544, 102760448, 16384},
		 {"fc7", 4096, 1, 1, 16781312, 16777216, 16384},
		 {"fc8", 1000, 1, 1, 4097000, 4096000, 4000},
	 }},
};

static void check_layer(const struct model *model, const struct expected_layer *want)
{
	int index = model_find_layer(model, want->name);
	if (!t_ok(index >= 0, "%s has %s", model->name, want->name))
		return;
	const struct layer *layer = &model->layers[index];
	struct shape shape = {want->channels, want->height, want->width};
	t_ok(shape_equal(layer->output, shape), "%s %s: output %dx%dx%d", model->name, want->name,
	     (int)layer->output.channels, (int)layer->output.height, (int)layer->output.width);
	t_int(layer_parameters(layer), want->parameters, "its parameters");
	t_int(layer->mac_per_image, want->mac, "its multiply-accumulates");
	t_int(shape_bytes(layer->output), want->output_bytes, "its output bytes");
}

static void check_model(const struct expected_model *want)
{
	struct arena arena;
	struct diag diag;
	struct model model;
	arena_init(&arena);
	diag_init(&diag);
	bool ok = model_read(want->path, &arena, &diag, &model);
	diag_print(&diag, stdout);
	if (!t_ok(ok, "%s is read", want->path))
		return;
	for (const struct expected_layer *layer = want->layers; layer->name; layer++)
		check_layer(&model, layer);
	struct model_function whole = model_whole(&model);
	t_int(model_function_mac(&model, &whole), want->mac, "multiply-accumulates of the network");
	t_int(model_function_parameters(&model, &whole), want->parameters, "parameters of the network");
	int64_t mac = 0, parameters = 0;
	size_t layers = 0;
	for (size_t i = 0; i < model.function_count; i++) {
		mac += model_function_mac(&model, &model.functions[i]);
		parameters += model_function_parameters(&model, &model.functions[i]);
		layers += model.functions[i].count;
	}
	t_ok(mac == want->mac && parameters == want->parameters && layers == model.layer_count,
	     "%s: functions add up to the network", model.name);
	diag_release(&diag);
	arena_release(&arena);
}

/* What the paper's four functions take, give and hold, in bytes per image (the paper's memory slopes rest on it). */
static void test_paper_functions(void)
{
	struct arena arena;
	struct diag diag;
	struct model model;
	arena_init(&arena);
	diag_init(&diag);
	t_ok(model_read("configs/models/alexnet-h1.yaml", &arena, &diag, &model), "the paper's network");
	t_int(model.function_count, 4, "has four functions");
	static const struct {
		const char *name;
		int64_t input, output, peak;
	} functions[] = {
		{"conv1", 602112, 173056, 602112 + 746496 + 173056},
		{"conv2", 173056, 110592, 173056 + 519168 + 110592},
		{"conv3", 110592, 38400, 110592 + 221184 + 38400},
		{"fc", 38400, 4000, 38400 + 16384 + 16384},
	};
	for (size_t i = 0; i < 4; i++) {
		const struct model_function *function = model_function(&model, functions[i].name);
		if (!t_ok(function, "%s is one", functions[i].name))
			continue;
		t_int(shape_bytes(model_function_input(&model, function)), functions[i].input, "input bytes");
		t_int(shape_bytes(model_function_output(&model, function)), functions[i].output, "output bytes");
		t_int(model_function_peak_bytes(&model, function, 1000), 1000 * functions[i].peak,
		      "peak bytes of 1000 images");
	}
	t_ok(!model_function(&model, "conv4"), "conv4 is none");
	t_int(model_function_parameters(&model, &model.functions[3]), 61205008, "parameters of fc");
	diag_release(&diag);
	arena_release(&arena);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		check_model(&expected[i]);
	test_paper_functions();
	return t_done();
}
