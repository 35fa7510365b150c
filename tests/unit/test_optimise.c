/* What is folded and fused, that answers stay the same, and where memory lies and cuts go in networks with branches. */
#include "kernels/graph/crossing.h"
#include "kernels/graph/execute.h"
#include "kernels/graph/optimise.h"
#include "kernels/onnx/onnx_model.h"
#include "kernels/operator/operator.h"
#include "tests/onnx/onnx_text.h"
#include "tests/tap.h"

struct network {
	struct arena arena;
	struct onnx_model onnx;
	struct graph graph;
};

static void network_init(struct network *network, const char *text, bool is_optimised)
{
	struct graph_options options = {.images = 3, .needs_values = true};
	struct diag diag;
	size_t length;
	arena_init(&network->arena);
	diag_init(&diag);
	const uint8_t *bytes = onnx_text_pack(text, &network->arena, &length);
	bool ok =
		onnx_parse("m.onnx", bytes, length, &options, &network->arena, &diag, &network->onnx, &network->graph);
	diag_print(&diag, stdout);
	CHECK(ok);
	diag_release(&diag);
	if (is_optimised)
		graph_optimise(&network->graph, &network->arena);
}

static void network_release(struct network *network)
{
	onnx_release(&network->onnx);
	arena_release(&network->arena);
}

/* All tensors for one seeded input, in the arena; on Lamina's own kernels for an instruction set, or on OpenBLAS. */
static const struct value *run(struct network *network, const enum isa *isa)
{
	struct execution execution;
	struct team team;
	const struct graph *graph = &network->graph;
	const struct kernel_choice kernels = {.are_lamina = isa != NULL, .isa = isa ? *isa : ISA_PLAIN};
	execution_init(&execution, graph, 0, graph->node_count, true, &kernels, &network->arena);
	execution_set_block(&execution, arena_alloc(&network->arena, (size_t)execution.plan.bytes + 1));
	struct value *input = &execution.values[graph->inputs[0]];
	onnx_text_fill_random(input->data, (size_t)value_elements(input), 99, 1.0f, 0.0f);
	execution_prepare(&execution, &network->arena);
	team_init(&team, 1);
	for (size_t i = 0; i < graph->node_count; i++)
		execution_run_node(&execution, i, &team);
	team_release(&team);
	return execution.values;
}

static double worst_difference(const struct value *a, const struct value *b)
{
	double worst = 0;
	for (int64_t i = 0; i < value_elements(a); i++) {
		double x = (double)((const float *)a->data)[i];
		double off = fabs(x - (double)((const float *)b->data)[i]) / (1e-3 + fabs(x));
		if (!(off <= worst))
			worst = off;
		if (isnan(worst))
			return INFINITY;
	}
	return worst;
}

/* Of all outputs, the worst. */
static double worst_output(const struct network *a, const struct value *a_values, const struct network *b,
			   const struct value *b_values)
{
	double worst = 0;
	CHECK(a->graph.output_count == b->graph.output_count);
	for (size_t i = 0; i < a->graph.output_count; i++) {
		double off = worst_difference(&a_values[a->graph.outputs[i]], &b_values[b->graph.outputs[i]]);
		/* What is no number differs from everything. */
		worst = off <= worst ? worst : off;
	}
	return worst;
}

static double difference(const char *text)
{
	struct network plain, optimised;
	network_init(&plain, text, false);
	network_init(&optimised, text, true);
	const struct value *wanted = run(&plain, NULL);
	double worst = worst_output(&plain, wanted, &optimised, run(&optimised, NULL));
	for (int i = 0; i < ISAS; i++) {
		enum isa isa = (enum isa)i;
		if (!isa_is_supported(isa))
			continue;
		double off = worst_output(&plain, wanted, &optimised, run(&optimised, &isa));
		worst = off <= worst ? worst : off;
	}
	network_release(&plain);
	network_release(&optimised);
	return worst;
}

static const char residual[] =
	"input x float Nx4x9x9\n"
	"const w1 float 8x4x3x3 random 1\nconst b1 float 8 random 2\n"
	"const g float 8 random 3\nconst h float 8 random 4\nconst m float 8 random 5\n"
	"const v float 8 = 0.3,0.4,0.5,0.6,0.7,0.8,0.9,1.0\n"
	"Conv x,w1,b1 -> c1 pads=[1,1,1,1] name=conv1\n"
	"BatchNormalization c1,g,h,m,v -> n1 name=bn1\n"
	"Dropout n1 -> d1\nRelu d1 -> r1 name=relu1\n"
	"const w2 float 8x8x3x3 random 6\n"
	"Conv r1,w2 -> c2 pads=[1,1,1,1] name=conv2\n"
	"const f float 1x8x1x1 random 7\nconst s float 8x1x1 random 8\n"
	"Mul f,c2 -> m2 name=mul2\nAdd m2,s -> a2 name=add2\n"
	"Add a2,r1 -> sum name=sum\nLeakyRelu sum -> r2 alpha=0.3 name=relu2\n"
	"GlobalAveragePool r2 -> p name=pool\nFlatten p -> fl name=flat\n"
	"const w3 float 5x8 random 9\nGemm fl,w3 -> y transB=1 name=fc\nSigmoid y -> z name=sigmoid\n"
	"Relu c1 -> dead name=dead\n"
	"output z\n";

static void fused(void)
{
	static const char *const names[] = {"conv1", "conv2", "sum", "pool", "flat", "fc"};
	static const char *const fusions[] = {"bn1 + relu1", "mul2 + add2", "relu2", NULL, NULL, "sigmoid"};
	struct network network;
	network_init(&network, residual, true);
	t_int((long long)network.graph.node_count, 6, "of thirteen nodes six are left");
	for (size_t i = 0; i < 6 && i < network.graph.node_count; i++) {
		const struct graph_node *node = &network.graph.nodes[i];
		t_str(node->name, names[i], "in their order");
		t_str(node->fused ? node->fused : "", fusions[i] ? fusions[i] : "", "with what went into them");
	}
	t_int(graph_parameters(&network.graph), (8 * 36 + 8) + (8 * 72 + 8) + 40, "parameters that are left");
	network_release(&network);
	t_ok(difference(residual) < 1e-4, "and the answers are the same");
}

/* A tensor that two nodes use, or that is an output, is made as it was. */
static void not_fused(void)
{
	static const char text[] = "input x float Nx4x5x5\nconst w float 4x4x1x1 random 1\nconst g float 4 random 2\n"
				   "Conv x,w -> c name=conv\nBatchNormalization c,g,g,g,g2 -> n name=bn\n"
				   "const g2 float 4 = 1,2,3,4\n"
				   "Relu n -> r name=relu\nAdd r,c -> s name=sum\nAdd s,n -> t name=total\noutput t\n";
	struct network network;
	network_init(&network, text, true);
	t_int((long long)network.graph.node_count, 5, "nothing is fused that is needed by itself");
	network_release(&network);
	t_ok(difference(text) < 1e-5, "and the answers are the same");
}

/* What convolutions leave in blocks goes through all kinds of nodes, and comes out where planes are needed. */
static const char blocks[] =
	"input x float Nx3x21x17\n"
	"const w1 float 20x3x3x3 random 1\nconst b1 float 20 random 2\n"
	"Conv x,w1,b1 -> c1 strides=[2,2] pads=[1,1,1,1] name=conv1\nRelu c1 -> r1 name=relu1\n"
	"const w2 float 20x1x3x3 random 3\n"
	"Conv r1,w2 -> c2 group=20 pads=[1,1,1,1] name=depthwise\nHardSigmoid c2 -> h2 name=gate\n"
	"MaxPool h2 -> p2 kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1] name=max\n"
	"AveragePool h2 -> q2 kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1] name=average\n"
	"AveragePool h2 -> q3 kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1] count_include_pad=1 name=padded\n"
	"Sub p2,q2 -> s2 name=sub\nMul s2,q3 -> m2 name=mul\n"
	"const w3 float 32x20x1x1 random 4\nconst w4 float 48x16x3x1 random 5\nconst w5 float 32x20x1x1 random 6\n"
	"Conv m2,w3 -> c3 name=conv3\nSigmoid c3 -> g3 name=sigmoid\nIdentity g3 -> i3 name=same\n"
	"Conv i3,w4 -> c4 group=2 pads=[1,0,1,0] name=groups\nExp c4 -> e4 name=exp\n"
	"Conv p2,w5 -> c5 name=conv5\nAdd c5,i3 -> a5 name=add\n"
	"const w6 float 20x20x1x1 random 7\nconst w7 float 6x20x1x1 random 8\n"
	"const b6 float 20 = 9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9\n"
	"Conv m2,w6,b6 -> c6 name=conv6\nReciprocal c6 -> i6 name=inverse\nConv i6,w7 -> c7 name=conv7\n"
	"Concat e4,a5 -> k axis=1 name=concat\nReduceMean k -> r axes=[2,3] keepdims=0 name=mean\n"
	"output r\noutput a5\noutput c4\noutput c7\n";

static void lowered(void)
{
	struct network network;
	network_init(&network, blocks, true);
	const struct graph *graph = &network.graph;
	for (int i = 0; i < ISAS; i++) {
		if (!isa_is_supported((enum isa)i))
			continue;
		struct lowered_graph all = graph_lower(graph, 0, graph->node_count, (enum isa)i, &network.arena);
		struct lowered_graph none = graph_lower(graph, 0, 0, (enum isa)i, &network.arena);
		size_t in_blocks = 0;
		for (size_t n = 0; n < all.graph.node_count; n++)
			in_blocks += graph_output(&all.graph, &all.graph.nodes[n], 0)->value.dims.rank == 5;
		t_ok(in_blocks >= 10, "%s: %zu nodes make blocks", isa_names[i], in_blocks);
		t_int((long long)none.graph.node_count, (long long)graph->node_count, "outside of a stretch none");
	}
	network_release(&network);
	t_ok(difference(blocks) < 1e-4, "and the answers are the same");
}

/* No two tensors that live at once overlap, and none is larger than what must live at once by far. */
static void memory(void)
{
	struct network network;
	network_init(&network, residual, true);
	const struct graph *graph = &network.graph;
	struct memory_plan plan = memory_plan_make(graph, 0, graph->node_count, true, &network.arena);
	int64_t least = 0;
	for (size_t i = 0; i < graph->node_count; i++)
		least = graph_live_bytes(graph, i) > least ? graph_live_bytes(graph, i) : least;
	t_ok(plan.bytes >= least && plan.bytes <= least + 64 * 8,
	     "the plan's peak is what is alive at once: %lld of %lld", (long long)plan.bytes, (long long)least);
	network_release(&network);
}

static void cuts(void)
{
	struct network network;
	size_t *tensors;
	network_init(&network, residual, true);
	const struct graph *graph = &network.graph;
	t_int((long long)graph_crossing(graph, 2, &tensors, &network.arena), 2, "inside the branch two tensors cross");
	t_str(graph->tensors[tensors[0]].name, "r1", "the shortcut");
	t_str(graph->tensors[tensors[1]].name, "a2", "and the branch");
	t_ok(graph_crosses_by_image(graph, tensors, 2), "image by image");
	t_int(graph_crossing_elements(graph, tensors, 2), 2 * 8 * 81, "so many values");
	t_int((long long)graph_crossing(graph, 3, &tensors, &network.arena), 1, "after it one");
	t_int((long long)graph_crossing(graph, 5, &tensors, &network.arena), 1, "a view is its input");
	t_str(graph->tensors[tensors[0]].name, "p", "by its name");
	network_release(&network);
	network_init(&network, "input x float Nx4\nTranspose x -> t perm=[1,0]\nRelu t -> y\noutput y", true);
	t_int((long long)graph_crossing(&network.graph, 1, &tensors, &network.arena), 1, "a transposed batch");
	t_ok(!graph_crosses_by_image(&network.graph, tensors, 1), "is not one piece for each image");
	network_release(&network);
}

int main(void)
{
	fused();
	not_fused();
	lowered();
	memory();
	cuts();
	return t_done();
}
