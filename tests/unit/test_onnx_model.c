/* ONNX files: what is read of them, and the words in which broken and hostile ones are refused. */
#include "base/check.h"
#include "kernels/onnx/onnx_model.h"
#include "tests/onnx/onnx_text.h"
#include "tests/tap.h"

struct read {
	struct arena arena;
	struct diag diag;
	struct onnx_model onnx;
	struct graph graph;
	bool ok;
};

static const struct graph_options shapes_only = {.images = 1};

static void read_bytes(struct read *read, const uint8_t *bytes, size_t length, const struct graph_options *options)
{
	diag_init(&read->diag);
	read->ok = onnx_parse("m.onnx", bytes, length, options, &read->arena, &read->diag, &read->onnx, &read->graph);
}

static void read_text(struct read *read, const char *text, const struct graph_options *options)
{
	size_t length;
	arena_init(&read->arena);
	const uint8_t *bytes = onnx_text_pack(text, &read->arena, &length);
	read_bytes(read, bytes, length, options);
}

static void release(struct read *read)
{
	if (read->ok)
		onnx_release(&read->onnx);
	diag_release(&read->diag);
	arena_release(&read->arena);
}

#define X "input x float 1x3x8x8\n"

/* Mistakes by kind, and all that is said of them: lines of one file stand in its order. */
static const struct {
	const char *name;
	const char *text;
	const char *errors[3];
} mistakes[] = {
	{"two unknown operators are told at once",
	 X "Foo x -> a name=f\nRelu a -> b\nBar b -> c domain=com.example\noutput c",
	 {"node 'f': operator 'Foo' is not supported", "node 'c': operator 'Bar' of 'com.example' is not supported"}},
	{"an operator of a later set",
	 "opset 12\n" X "HardSwish x -> y\noutput y",
	 {"node 'y': operator 'HardSwish' came with operator set 14, and the file has 12"}},
	{"an operator set that is too new",
	 "opset 99\n" X "Relu x -> y\noutput y",
	 {"operator set 99 is not supported; 7 to 22 are"}},
	{"a cycle",
	 X "Add x,b -> a\nRelu a -> b\noutput b",
	 {"node 'a': input 'b' is made by node 'b', which is not before it"}},
	{"a node that feeds itself",
	 X "Add x,a -> a\noutput a",
	 {"node 'a': input 'a' is made by node 'a', which is not before it"}},
	{"an input that is not there", X "Add x,ghost -> a\noutput a", {"node 'a': there is no tensor 'ghost'"}},
	{"a name that is taken", X "Relu x -> a\nRelu x -> a\noutput a", {"the name 'a' stands for two tensors"}},
	{"an output that nobody makes", X "Relu x -> a\noutput b", {"the network's output 'b' is made by no node"}},
	{"no output", X "Relu x -> a\n", {"the network has no output"}},
	{"no input", "const x float 2 = 1,2\nRelu x -> a\noutput a", {"the network has no input"}},
	{"no node", X "output x", {"the network has 0 nodes; it must have 1 to 20000"}},
	{"an input without a shape", "input x\nRelu x -> a\noutput a", {"input 'x' has no shape"}},
	{"a negative dimension",
	 "input x float 1x-3x8\nRelu x -> a\noutput a",
	 {"input 'x': dimension 2 is -3 and must not be negative"}},
	{"dimensions whose product overflows",
	 "input x float 4294967296x4294967296x4294967296\nRelu x -> a\noutput a",
	 {"input 'x' has more than 1099511627776 elements"}},
	{"too many dimensions",
	 "input x float 1x1x1x1x1x1x1x1x1\nRelu x -> a\noutput a",
	 {"input 'x' has 9 dimensions; at most 8 can be computed"}},
	{"an open dimension",
	 "input x float Nx3xHxW\nRelu x -> a\noutput a",
	 {"input 'x': dimension 3, 'H', is open; --dimension H=SIZE says how large it is",
	  "input 'x': dimension 4, 'W', is open; --dimension W=SIZE says how large it is"}},
	{"an open dimension without a name",
	 "input x float Nx3x?\nRelu x -> a\noutput a",
	 {"input 'x': dimension 3 is open and has no name; the file must say how large it is"}},
	{"an unknown type",
	 "input x 99 1x3\nRelu x -> a\noutput a",
	 {"input 'x': type an unknown type is not supported"}},
	{"a type that is not computed",
	 "input x float16 1x3\nRelu x -> a\noutput a",
	 {"input 'x': type float16 is not supported"}},
	{"a type that an operator has not",
	 "input x int64 1x3\nExp x -> a\noutput a",
	 {"node 'a' (Exp): inputs of type int64 are not supported"}},
	{"a constant with negative sides",
	 X "const w float -1x3 = 1\nAdd x,w -> a\noutput a",
	 {"constant 'w': dimension 1 is -1 and must not be negative"}},
	{"a constant with too little data",
	 X "const w float 4 = 1,2\nAdd x,w -> a\noutput a",
	 {"constant 'w': it has 2 elements of data and needs 4"}},
	{"a shape that does not fit",
	 X "const s int64 2 = 5,-1\nReshape x,s -> a\noutput a",
	 {"node 'a' (Reshape): 1x3x8x8 cannot be reshaped to 5x38"}},
	{"a shape with two open sides",
	 X "const s int64 2 = -1,-1\nReshape x,s -> a\noutput a",
	 {"node 'a' (Reshape): the shape has a side of -1 twice"}},
	{"a shape that is computed while the network runs",
	 X "input s int64 2\nReshape x,s -> a\noutput a",
	 {"node 'a' (Reshape): input 2, the shape, must be known before the network runs: it is no constant, or its "
	  "values are "
	  "not in this file"}},
	{"shapes that grow without end",
	 X "const s int64 4 = 1000000000000,1,1,1\nExpand x,s -> a\nExpand a,s -> b\noutput b",
	 {"node 'a' (Expand): 1x3x8x8 cannot be expanded to 1000000000000x1x1x1"}},
	{"groups that divide nothing",
	 X "const w float 4x1x3x3 random 1\nConv x,w -> a group=2\noutput a",
	 {"node 'a' (Conv): 2 groups do not divide the input's 3 channels"}},
	{"weights of other channels",
	 X "const w float 4x5x3x3 random 1\nConv x,w -> a\noutput a",
	 {"node 'a' (Conv): the weights are for 5 channels in each of 1 groups, and the input has 3 channels in all"}},
	{"a window larger than the image",
	 X "MaxPool x -> a kernel_shape=[9,9]\noutput a",
	 {"node 'a' (MaxPool): the kernel's height covers 9 pixels and the input has 8 with its padding; it must not "
	  "be "
	  "larger"}},
	{"an attribute of another kind",
	 X "MaxPool x -> a kernel_shape=3\noutput a",
	 {"node 'a' (MaxPool): attribute 'kernel_shape' must be a list of integers"}},
	{"matrices that do not fit",
	 "input x float 2x3\nMatMul x,x -> a\noutput a",
	 {"node 'a' (MatMul): values of 2x3 and 2x3 cannot be multiplied"}},
	{"too many inputs", X "Relu x,x -> a\noutput a", {"node 'a' (Relu): it has 2 inputs and must have 1 to 1"}},
	{"training",
	 X "const s float 3 random 1\nBatchNormalization x,s,s,s,s -> a training_mode=1\noutput a",
	 {"node 'a' (BatchNormalization): training is not supported, nor statistics of every pixel"}},
	{"what follows from a wrong node is not told",
	 X "MatMul x,w -> a\nconst w float 5x5 random 1\nRelu a -> b\noutput b",
	 {"node 'a' (MatMul): values of 1x3x8x8 and 5x5 cannot be multiplied"}},
};

static void mistakes_are_told(void)
{
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		struct read read;
		read_text(&read, mistakes[i].text, &shapes_only);
		size_t wanted = 0;
		bool ok = !read.ok;
		while (wanted < 3 && mistakes[i].errors[wanted])
			wanted++;
		ok = ok && read.diag.count == wanted;
		for (size_t j = 0; ok && j < wanted; j++)
			ok = strcmp(read.diag.entries[j].text, mistakes[i].errors[j]) == 0;
		t_ok(ok, "%s", mistakes[i].name);
		for (size_t j = 0; !ok && j < read.diag.count; j++)
			printf("#   got: %s\n", read.diag.entries[j].text);
		release(&read);
	}
}

static const char small[] = "input x float Nx3x8x8\n"
			    "const w float 4x3x3x3 random 1\n"
			    "Conv x,w -> y pads=[1,1,1,1]\n"
			    "Relu y -> r\n"
			    "const s int64 2 = 0,-1\n"
			    "Reshape r,s -> f\n"
			    "const v float 5x256 external ../../etc/passwd\n"
			    "Gemm f,v -> o transB=1\n"
			    "output o\n";

static void numbers_are_right(void)
{
	struct graph_options options = {.images = 7};
	struct read read;
	read_text(&read, small, &options);
	t_ok(read.ok, "a network whose weights are in another file is read");
	if (read.ok) {
		const struct value *output = &read.graph.tensors[read.graph.outputs[0]].value;
		char dims[DIMS_TEXT_BYTES];
		t_str(dims_text(&output->dims, dims), "7x5", "the open batch is the number of images");
		t_int(graph_mac(&read.graph), 7 * (4 * 27 * 64 + 5 * 256), "multiply-accumulates");
		t_int(graph_parameters(&read.graph), 4 * 27 + 5 * 256, "parameters");
		t_ok(!read.graph.is_batch_fixed && read.graph.batch == 7, "the batch is open");
	}
	release(&read);
}

/* Every beginning of a file, and the file with every byte changed: refused, or read, and never more than that. */
static void broken_bytes(void)
{
	struct arena arena;
	size_t length;
	int refused = 0;
	arena_init(&arena);
	uint8_t *bytes = onnx_text_pack(small, &arena, &length);
	for (size_t i = 0; i < length; i++) {
		struct read read;
		arena_init(&read.arena);
		read_bytes(&read, bytes, i, &shapes_only);
		refused += !read.ok;
		release(&read);
	}
	t_ok(refused >= (int)length - 4, "a file that is cut short is refused, wherever");
	int told = 0;
	for (size_t i = 0; i < length; i++) {
		struct read read;
		arena_init(&read.arena);
		bytes[i] ^= 0xff;
		read_bytes(&read, bytes, length, &shapes_only);
		bytes[i] ^= 0xff;
		told += read.ok || read.diag.error_count > 0;
		release(&read);
	}
	t_int(told, (long long)length, "a file with a wrong byte is read or refused with a reason");
	arena_release(&arena);
}

/* Graphs in attributes in graphs: 100,000 of them are 400 kB, and protobuf-c would go down as deep on the stack. */
static void nested_deeply(void)
{
	enum { DEPTH = 100000, HEAD = 6 };
	struct read read;
	arena_init(&read.arena);
	uint8_t *bytes = arena_alloc(&read.arena, (size_t)DEPTH * HEAD + 16);
	/* From the inside out: fields 7 (a graph), 1 (a node), 5 (an attribute), 6 (a graph) and so on. */
	size_t at = (size_t)DEPTH * HEAD + 16, length = 0;
	static const uint8_t tags[] = {0x0a, 0x2a, 0x32};
	for (int i = 0; i < DEPTH; i++) {
		uint64_t left = length;
		uint8_t varint[5];
		size_t count = 0;
		do {
			varint[count++] = (uint8_t)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
			left >>= 7;
		} while (left);
		at -= count;
		memcpy(bytes + at, varint, count);
		bytes[--at] = i == DEPTH - 1 ? 0x3a : tags[(DEPTH - 2 - i) % 3];
		length += count + 1;
	}
	read_bytes(&read, bytes + at, length, &shapes_only);
	t_ok(!read.ok, "graphs in graphs, 100,000 deep, are refused");
	release(&read);
}

/* Shapes are computed of shapes: what PyTorch writes for x.view(x.size(0), -1), and for a resize to twice the size. */
static void shapes_of_shapes(void)
{
	static const char text[] =
		"input x float Nx3x8x8\n"
		"Shape x -> s\nconst zero int64 scalar = 0\nconst zeros int64 1 = 0\n"
		"Gather s,zero -> n\nUnsqueeze n,zeros -> u\nconst rest int64 1 = -1\n"
		"Concat u,rest -> t axis=0\nReshape x,t -> f\n"
		"const two int64 1 = 2\nconst four int64 1 = 4\nSlice s,two,four -> hw\nMul hw,two -> big\n"
		"Slice s,zeros,two -> nc\nConcat nc,big -> sizes axis=0\nResize x,_,_,sizes -> y\n"
		"output f\noutput y\n";
	struct graph_options options = {.images = 5};
	struct read read;
	char dims[DIMS_TEXT_BYTES];
	read_text(&read, text, &options);
	t_ok(read.ok, "shapes that are computed of shapes are folded");
	if (read.ok) {
		t_str(dims_text(&read.graph.tensors[read.graph.outputs[0]].value.dims, dims), "5x192",
		      "a flattened batch");
		t_str(dims_text(&read.graph.tensors[read.graph.outputs[1]].value.dims, dims), "5x3x16x16",
		      "twice the size");
	}
	release(&read);
}

static void dimensions_are_bound(void)
{
	struct graph_dimension sizes[] = {{"H", 10}, {"W", 12}};
	struct graph_options options = {.images = 2, .dimensions = sizes, .dimension_count = 2};
	struct read read;
	char dims[DIMS_TEXT_BYTES];
	read_text(&read, "input x float Nx3xHxW\nGlobalMaxPool x -> a\nRelu x -> b\noutput b\noutput a", &options);
	t_ok(read.ok && read.graph.batch == 2, "open dimensions are bound by name");
	if (read.ok)
		t_str(dims_text(&read.graph.tensors[read.graph.outputs[0]].value.dims, dims), "2x3x10x12",
		      "to their sizes");
	release(&read);
}

int main(void)
{
	mistakes_are_told();
	numbers_are_right();
	broken_bytes();
	nested_deeply();
	shapes_of_shapes();
	dimensions_are_bound();
	return t_done();
}
