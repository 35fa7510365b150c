/*
 * Operators of which ONNX's own tests, as Debian has them, say nothing: those that came after operator set 17, older
 * forms, and shapes that take another way through a kernel. Every answer is worked out by hand or from the formula.
 */
#include "base/check.h"
#include "kernels/graph/execute.h"
#include "kernels/onnx/onnx_model.h"
#include "kernels/operator/operator.h"
#include "tests/onnx/onnx_text.h"
#include "tests/tap.h"

enum { VALUES_MAX = 16 };

/* The input x holds 1, 2, 3, ... less `less`. */
static const struct {
	const char *name;
	const char *text;
	double less;
	size_t count;
	double want[VALUES_MAX];
} cases[] = {
	{"a stack of matrices times one",
	 "input x float 2x2x2\nconst w float 2x1 = 1,10\nMatMul x,w -> y\noutput y",
	 0,
	 4,
	 {21, 43, 65, 87}},
	{"a stack times a stack",
	 "input x float 2x1x2\nconst w float 2x2x1 = 1,10,2,20\nMatMul x,w -> y\noutput y",
	 0,
	 2,
	 {21, 86}},
	{"a matrix times a vector",
	 "input x float 2x3\nconst w float 3 = 1,1,2\nMatMul x,w -> y\noutput y",
	 0,
	 2,
	 {9, 21}},
	{"a fully connected layer without bias",
	 "input x float 2x2\nconst w float 2x2 = 1,0,1,1\nGemm x,w -> y transB=1\noutput y",
	 0,
	 4,
	 {1, 3, 3, 7}},
	{"Gemm, everything transposed and scaled",
	 "input x float 2x1\nconst w float 2x2 = 1,2,3,4\nconst c float scalar = 10\n"
	 "Gemm x,w,c -> y transA=1 transB=1 alpha=2.0 beta=0.5\noutput y",
	 0,
	 2,
	 {15, 27}},
	{"Gelu", "opset 20\ninput x float 3\nGelu x -> y\noutput y", 2, 3, {-0.15865525, 0, 0.84134475}},
	{"Gelu by tanh",
	 "opset 20\ninput x float 3\nGelu x -> y approximate=\"tanh\"\noutput y",
	 2,
	 3,
	 {-0.15880801, 0, 0.84119199}},
	{"Mish", "opset 18\ninput x float 3\nMish x -> y\noutput y", 2, 3, {-0.30340147, 0, 0.86509839}},
	{"HardSwish", "opset 14\ninput x float 3\nHardSwish x -> y\noutput y", 2, 3, {-0.33333333, 0, 0.66666667}},
	{"Clip by attributes",
	 "opset 7\ninput x float 3\nClip x -> y min=-0.5 max=0.75\noutput y",
	 2,
	 3,
	 {-0.5, 0, 0.75}},
	{"ReduceMean over axes of an input",
	 "opset 18\ninput x float 2x3\nconst a int64 1 = 1\nReduceMean x,a -> y keepdims=0\noutput y",
	 0,
	 2,
	 {2, 5}},
	{"a split into parts that are not equal",
	 "opset 18\ninput x float 5\nSplit x -> a,y axis=0 num_outputs=2\noutput y\noutput a",
	 0,
	 2,
	 {4, 5}},
	{"a split by attribute",
	 "opset 11\ninput x float 4\nSplit x -> a,y split=[1,3]\noutput y\noutput a",
	 0,
	 3,
	 {2, 3, 4}},
	{"Pad along one axis",
	 "opset 18\ninput x float 2x2\nconst p int64 2 = 1,0\nconst a int64 1 = 1\nPad x,p,_,a -> y "
	 "mode=\"edge\"\noutput y",
	 0,
	 6,
	 {1, 1, 2, 3, 3, 4}},
	{"Pad that wraps around",
	 "opset 19\ninput x float 3\nconst p int64 2 = 2,1\nPad x,p -> y mode=\"wrap\"\noutput y",
	 0,
	 6,
	 {2, 3, 1, 2, 3, 1}},
	{"Upsample",
	 "opset 9\ninput x float 1x1x1x2\nconst s float 4 = 1,1,2,2\nUpsample x,s -> y mode=\"nearest\"\noutput y",
	 0,
	 8,
	 {1, 1, 2, 2, 1, 1, 2, 2}},
	{"a convolution over a line, in groups",
	 "input x float 1x2x3\nconst w float 2x1x2 = 1,1,1,-1\nconst b float 2 = 10,0\nConv x,w,b -> y group=2\noutput "
	 "y",
	 0,
	 4,
	 {13, 15, -1, -1}},
	{"a transposed convolution in groups",
	 "input x float 1x2x1\nconst w float 2x1x2 = 1,2,3,4\nConvTranspose x,w -> y group=2\noutput y",
	 0,
	 4,
	 {1, 2, 6, 8}},
	{"an average that counts its padding",
	 "input x float 1x1x2\nAveragePool x -> y kernel_shape=[2] pads=[1,0] count_include_pad=1\noutput y",
	 0,
	 2,
	 {0.5, 1.5}},
	{"softmax of old: all from the axis on",
	 "opset 11\ninput x float 1x2x1\nSoftmax x -> y\noutput y",
	 0,
	 2,
	 {0.26894142, 0.73105858}},
	{"softmax over another axis than the last",
	 "input x float 1x2x2\nSoftmax x -> y axis=1\noutput y",
	 0,
	 4,
	 {0.11920292, 0.11920292, 0.88079708, 0.88079708}},
	{"a slice backwards",
	 "input x float 4\nconst s int64 1 = -1\nconst e int64 1 = -100\nconst a int64 1 = 0\n"
	 "const t int64 1 = -2\nSlice x,s,e,a,t -> y\noutput y",
	 0,
	 2,
	 {4, 2}},
	{"an empty batch",
	 "input x float 2\nconst s int64 1 = 0\nconst e int64 1 = 0\nSlice x,s,e -> z\nRelu z -> y\noutput y",
	 0,
	 0,
	 {0}},
	{"the other half of a sum is broadcast",
	 "input x float 2\nconst c float 2x1 = 10,20\nSub c,x -> y\noutput y",
	 0,
	 4,
	 {9, 8, 19, 18}},
};

static bool is_right(size_t index)
{
	struct graph_options options = {.images = 1, .needs_values = true};
	struct arena arena;
	struct diag diag;
	struct onnx_model onnx;
	struct graph graph;
	struct execution execution;
	struct team team;
	size_t length;
	arena_init(&arena);
	diag_init(&diag);
	const uint8_t *bytes = onnx_text_pack(cases[index].text, &arena, &length);
	bool ok = onnx_parse("m.onnx", bytes, length, &options, &arena, &diag, &onnx, &graph);
	diag_print(&diag, stdout);
	diag_release(&diag);
	if (ok) {
		execution_init(&execution, &graph, 0, graph.node_count, true, NULL, &arena);
		execution_set_block(&execution, arena_alloc(&arena, (size_t)execution.plan.bytes + 1));
		struct value *input = &execution.values[graph.inputs[0]];
		for (int64_t i = 0; i < value_elements(input); i++)
			((float *)input->data)[i] = (float)((double)(i + 1) - cases[index].less);
		team_init(&team, 1);
		for (size_t i = 0; i < graph.node_count; i++)
			execution_run_node(&execution, i, &team);
		team_release(&team);
		const struct value *output = &execution.values[graph.outputs[0]];
		const float *got = output->data;
		ok = value_elements(output) == (int64_t)cases[index].count;
		for (size_t i = 0; ok && i < cases[index].count; i++) {
			ok = fabs((double)got[i] - cases[index].want[i]) <= 1e-6 * (1 + fabs(cases[index].want[i]));
			if (!ok)
				printf("#   element %zu: got %.9g, want %.9g\n", i, (double)got[i],
				       cases[index].want[i]);
		}
		onnx_release(&onnx);
	}
	arena_release(&arena);
	return ok;
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		t_ok(is_right(i), "%s", cases[i].name);
	return t_done();
}
