/* What both fuzzers of networks do with one that was read: hold it against its own words, and run it if it is small. */
#ifndef LAMINA_CHECK_GRAPH_H
#define LAMINA_CHECK_GRAPH_H

#include "kernels/graph/execute.h"
#include "kernels/onnx/onnx_model.h"
#include "kernels/operator/operator.h"

static bool graph_is_small(const struct graph *graph)
{
	enum { ELEMENTS_MAX = 20000 };
	int64_t work = 0;
	for (size_t i = 0; i < graph->tensor_count && work <= ELEMENTS_MAX; i++)
		work += value_elements(&graph->tensors[i].value);
	for (size_t i = 0; i < graph->node_count && work <= ELEMENTS_MAX; i++)
		work += graph->nodes[i].mac;
	/* A pooling window may be far larger than what it slides over. */
	for (size_t i = 0; i < graph->node_count; i++)
		for (size_t j = 0; j < graph->nodes[i].attribute_count; j++)
			for (size_t k = 0; k < graph->nodes[i].attributes[j].count; k++)
				if (graph->nodes[i].attributes[j].kind == ATTRIBUTE_INTS &&
				    graph->nodes[i].attributes[j].ints[k] > 1000)
					return false;
	return work <= ELEMENTS_MAX;
}

static void run_graph(const struct graph *graph, struct arena *arena)
{
	struct execution execution;
	struct team team;
	execution_init(&execution, graph, 0, graph->node_count, false, NULL, arena);
	execution_set_block(&execution, arena_alloc(arena, (size_t)execution.plan.bytes + 1));
	for (size_t i = 0; i < graph->tensor_count; i++)
		if (!graph->tensors[i].value.data && graph->tensors[i].producer == GRAPH_NONE)
			execution_set_data(&execution, i,
					   arena_alloc(arena, value_bytes(&graph->tensors[i].value) + 1));
	team_init(&team, 1);
	for (size_t i = 0; i < graph->node_count; i++)
		execution_run_node(&execution, i, &team);
	team_release(&team);
}

/* Reads the bytes twice, with values and without. */
static void check_graph(const uint8_t *bytes, size_t length)
{
	for (int needs_values = 0; needs_values < 2; needs_values++) {
		struct graph_options options = {.images = 2, .needs_values = needs_values};
		struct arena arena;
		struct diag diag;
		struct onnx_model onnx;
		struct graph graph;
		arena_init(&arena);
		diag_init(&diag);
		bool ok = onnx_parse("fuzz", bytes, length, &options, &arena, &diag, &onnx, &graph);
		CHECK(ok != diag_has_errors(&diag));
		if (ok) {
			CHECK(graph_mac(&graph) >= 0 && graph_parameters(&graph) >= 0);
			for (size_t i = 0; i < graph.tensor_count; i++)
				CHECK(!graph.tensors[i].is_known || dims_is_valid(&graph.tensors[i].value.dims));
			struct memory_plan plan = memory_plan_make(&graph, 0, graph.node_count, false, &arena);
			CHECK(plan.bytes >= 0);
			if (needs_values && graph_is_small(&graph))
				run_graph(&graph, &arena);
			onnx_release(&onnx);
		}
		diag_release(&diag);
		arena_release(&arena);
	}
}

#endif
