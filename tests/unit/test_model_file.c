/* What a model file gets wrong is told with its line and column, all at once; what it leaves out has defaults. */
#include "base/buf.h"
#include "base/check.h"
#include "doc/yaml.h"
#include "kernels/model/model.h"
#include "tests/tap.h"

#define HEAD "name: n\ninput: {channels: 4, height: 8, width: 8}\nlayers:\n"

static const struct {
	const char *name;
	const char *text;
	const char *message; /* the whole line */
} mistakes[] = {
	{"unknown kind", HEAD "  - {name: a, kind: covn}\n", "m:4:21: unknown kind 'covn'; did you mean 'conv'?"},
	{"a kind like no other", HEAD "  - {name: a, kind: transformer}\n",
	 "m:4:21: unknown kind 'transformer'; there are conv, maxpool, avgpool, lrn, relu, fc, softmax, dropout"},
	{"no kind", HEAD "  - {name: a}\n", "m:4:5: a layer needs a 'kind'"},
	{"a key of another kind", HEAD "  - {name: a, kind: relu, filters: 3}\n", "m:4:27: unknown key 'filters'"},
	{"a misspelt key", HEAD "  - {name: a, kind: fc, outputs: 3, bais: true}\n",
	 "m:4:37: unknown key 'bais'; did you mean 'bias'?"},
	{"a missing key", HEAD "  - {name: a, kind: fc}\n", "m:4:5: missing key 'outputs' in an fc layer"},
	{"a layer that is a list", HEAD "  - [a, conv]\n", "m:4:5: a layer must be a mapping, not a list"},
	{"kernel larger than input", HEAD "  - {name: a, kind: conv, filters: 1, kernel: [9, 3]}\n",
	 "m:4:47: layer 'a': the kernel's height covers 9 pixels and the input has 8 with its padding; "
	 "it must not be larger"},
	{"groups that do not divide", HEAD "  - {name: a, kind: conv, filters: 6, kernel: [3], groups: 3}\n",
	 "m:4:60: layer 'a': 3 groups do not divide the input's 4 channels"},
	{"a kernel of no numbers", HEAD "  - {name: a, kind: maxpool, kernel: []}\n",
	 "m:4:38: 'kernel' has 0 numbers; it needs 2, [height, width], or one for all"},
	{"three pads", HEAD "  - {name: a, kind: maxpool, kernel: [3], pads: [1, 1, 1]}\n",
	 "m:4:49: 'pads' has 3 numbers; it needs 4, [top, left, bottom, right], or one for all"},
	{"pads and SAME", HEAD "  - {name: a, kind: maxpool, kernel: [3], padding: same, pads: [1]}\n",
	 "m:4:64: 'pads' contradicts 'padding: same'; write one of the two"},
	{"pads as large as the window", HEAD "  - {name: a, kind: avgpool, kernel: [2], pads: [2]}\n",
	 "m:4:49: layer 'a': pads of a pooling window must be smaller than its kernel"},
	{"stride 0", HEAD "  - {name: a, kind: maxpool, kernel: [2], stride: [0]}\n",
	 "m:4:52: 'stride[0]' is 0, outside"},
	{"two layers of one name", HEAD "  - {name: a, kind: relu}\n  - {name: a, kind: relu}\n",
	 "m:5:12: a layer named 'a' is already there, as number 1"},
	{"a dot in a name", HEAD "  - {name: a.b, kind: relu}\n",
	 "m:4:12: the name 'a.b' may have letters, digits, '_' and '-' only"},
	{"no layers", "name: n\ninput: {channels: 4}\nlayers: []\n",
	 "m:3:9: 'layers' must be a list of at least one layer"},
	{"an input without channels", "name: n\ninput: {height: 3}\nlayers: [{name: a, kind: relu}]\n",
	 "m:2:8: missing key 'channels' in an input shape"},
	{"an input beyond the bound",
	 "name: n\ninput: {channels: 1024, height: 1024, width: 1025}\nlayers: [{name: a, kind: relu}]\n",
	 "m:2:8: the input is larger than 1073741824 values"},
	{"weights beyond the bound", HEAD "  - {name: a, kind: fc, outputs: 16777216}\n",
	 "m:4:34: layer 'a': the weights, 256 inputs x 16777216 outputs, are more than 1073741824 values"},
	{"a function of an unknown layer", HEAD "  - {name: conv1, kind: relu}\nfunctions:\n  f: {layers: [covn1]}\n",
	 "m:6:16: the model has no layer 'covn1'; did you mean 'conv1'?"},
	{"a layer used twice", HEAD "  - {name: a, kind: relu}\nfunctions:\n  f: {layers: [a]}\n  g: {layers: [a]}\n",
	 "m:7:16: layer 'a' is already in function 'f'"},
	{"a layer used twice in one function", HEAD "  - {name: a, kind: relu}\nfunctions:\n  f: {layers: [a, a]}\n",
	 "m:6:19: layer 'a' is already in function 'f'"},
	{"layers out of order",
	 HEAD "  - {name: a, kind: relu}\n  - {name: b, kind: relu}\nfunctions:\n  f: {layers: [b, a]}\n",
	 "m:7:16: layer 'b' cannot come here: the next layer of the network is 'a', and functions take all layers "
	 "in order"},
	{"a layer left out",
	 HEAD "  - {name: a, kind: relu}\n  - {name: b, kind: relu}\nfunctions:\n  f: {layers: [a]}\n",
	 "m:7:3: layer 'b' is in no function"},
	{"a function without layers", HEAD "  - {name: a, kind: relu}\nfunctions:\n  f: {layers: []}\n",
	 "m:6:15: function 'f' has no layer"},
	{"no function", HEAD "  - {name: a, kind: relu}\nfunctions: {}\n",
	 "m:5:12: 'functions' is empty; leave it out for one function of all layers"},
};

static bool parse(const char *text, struct arena *arena, struct diag *diag, struct model *model)
{
	struct yaml_node *root = yaml_parse("m", text, strlen(text), arena, diag);
	return root && model_from_yaml(root, "m", arena, diag, model);
}

static void print_diag(struct diag *diag, char *out, size_t size)
{
	FILE *stream = fmemopen(out, size, "w");
	diag_print(diag, stream);
	fclose(stream);
}

static void test_mistake(const char *name, const char *text, const char *message)
{
	char printed[2000] = "";
	struct arena arena;
	struct diag diag;
	struct model model;
	arena_init(&arena);
	diag_init(&diag);
	t_ok(!parse(text, &arena, &diag, &model), "%s is refused", name);
	print_diag(&diag, printed, sizeof printed);
	t_has(printed, message, name);
	t_int(diag.error_count, 1, "and it is the only mistake told");
	diag_release(&diag);
	arena_release(&arena);
}

static void test_all_at_once(void)
{
	char printed[2000] = "";
	struct arena arena;
	struct diag diag;
	struct model model;
	arena_init(&arena);
	diag_init(&diag);
	const char *text =
		"nmae: n\ninput: {channels: 0}\nlayers:\n  - {name: a, kind: rleu}\n  - {name: b, kind: fc}\n";
	t_ok(!parse(text, &arena, &diag, &model), "a file with many mistakes is refused");
	print_diag(&diag, printed, sizeof printed);
	t_has(printed, "m:1:1: unknown key 'nmae'", "the key");
	t_has(printed, "m:2:19: 'channels' is 0", "the input");
	t_has(printed, "m:4:21: unknown kind 'rleu'", "the kind");
	t_has(printed, "m:5:5: missing key 'outputs'", "the layer");
	diag_release(&diag);
	arena_release(&arena);
}

static void test_defaults(void)
{
	struct arena arena;
	struct diag diag;
	struct model model;
	arena_init(&arena);
	diag_init(&diag);
	t_ok(parse("name: n\ninput: {channels: 4, height: 8, width: 9}\nlayers:\n"
		   "  - {name: a, kind: conv, filters: 6, kernel: [3, 2], pads: [1, 2, 3, 4], groups: 2, bias: false}\n"
		   "  - {name: b, kind: avgpool, kernel: [2], count_include_pad: true, ceil: true}\n"
		   "  - {name: c, kind: lrn}\n",
		   &arena, &diag, &model),
	     "a model without functions is read");
	t_int(model.function_count, 1, "it is one function");
	t_int(model.functions[0].count, 3, "of all layers");
	const struct conv *conv = &model.layers[0].conv;
	t_int(conv->window.y.kernel * 10 + conv->window.x.kernel, 32, "kernel is height, width");
	t_int(conv->window.y.pad_before * 1000 + conv->window.x.pad_before * 100 + conv->window.y.pad_after * 10 +
		      conv->window.x.pad_after,
	      1234, "pads are top, left, bottom, right");
	t_ok(shape_equal(model.layers[0].output, (struct shape){6, 10, 14}), "and make the output");
	t_int(layer_parameters(&model.layers[0]), 6 * 2 * 3 * 2, "without bias");
	t_ok(model.layers[1].pool.count_include_pad && model.layers[1].pool.window.ceil, "flags are read");
	t_near((double)model.layers[2].lrn.beta, 0.75, 0, 0, "lrn's beta is AlexNet's");
	diag_release(&diag);
	arena_release(&arena);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++)
		test_mistake(mistakes[i].name, mistakes[i].text, mistakes[i].message);
	test_all_at_once();
	test_defaults();
	return t_done();
}
