/*
 * An instance of the search over series-parallel graphs as others read it: a mixed integer program in CPLEX LP format.
 * A binary variable for each option of each function, a time for each node; costs in millionths of a dollar.
 */
#include "plan/series_parallel.h"

static void write_time_rows(const struct sp_graph *graph, size_t at, struct buf *out)
{
	const struct sp_node *node = &graph->nodes[at];
	const struct sp_options *options = &graph->functions[node->function];
	if (node->kind == SP_TASK) {
		buf_printf(out, " time%zu: t%zu", at, at);
		for (size_t i = 0; i < options->count; i++)
			buf_printf(out, "\n  - %.17g x%zu_%zu", node->weight * options->seconds[i], node->function, i);
		buf_printf(out, " >= %.17g\n", node->fixed_seconds);
	} else if (node->kind == SP_SERIES) {
		buf_printf(out, " time%zu: t%zu", at, at);
		for (int32_t child = node->first_child; child >= 0; child = graph->nodes[child].next)
			buf_printf(out, " - %.17g t%d", node->weight, (int)child);
		buf_printf(out, " >= %.17g\n", node->fixed_seconds);
	} else {
		for (int32_t child = node->first_child; child >= 0; child = graph->nodes[child].next)
			buf_printf(out, " time%zu_%d: t%zu - %.17g t%d >= %.17g\n", at, (int)child, at, node->weight,
				   (int)child, node->fixed_seconds);
	}
}

void sp_write_lp(const struct sp_graph *graph, double deadline_seconds, struct buf *out)
{
	struct arena arena;
	arena_init(&arena);
	double *visits = ARENA_ARRAY(&arena, double, graph->function_count);
	for (size_t i = 0; i < graph->node_count; i++)
		if (graph->nodes[i].kind == SP_TASK)
			visits[graph->nodes[i].function] += graph->nodes[i].visits;
	buf_add(out,
		"\\ cost in millionths of a dollar, so that solvers' tolerances are small beside it\nMinimize\n cost:");
	for (size_t f = 0; f < graph->function_count; f++)
		for (size_t i = 0; i < graph->functions[f].count; i++)
			buf_printf(out, "\n  + %.17g x%zu_%zu", 1e6 * visits[f] * graph->functions[f].usd[i], f, i);
	buf_add(out, "\nSubject To\n");
	for (size_t f = 0; f < graph->function_count; f++) {
		buf_printf(out, " one%zu:", f);
		for (size_t i = 0; i < graph->functions[f].count; i++)
			buf_printf(out, "\n  + x%zu_%zu", f, i);
		buf_add(out, " = 1\n");
	}
	for (size_t i = 0; i < graph->node_count; i++)
		write_time_rows(graph, i, out);
	buf_printf(out, " deadline: t%d <= %.17g\nBinary\n", (int)graph->root, deadline_seconds);
	for (size_t f = 0; f < graph->function_count; f++)
		for (size_t i = 0; i < graph->functions[f].count; i++)
			buf_printf(out, " x%zu_%zu\n", f, i);
	buf_add(out, "End\n");
	arena_release(&arena);
}
