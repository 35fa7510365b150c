/* What `lamina model show` says of a network that is a graph (an ONNX file). */
#ifndef LAMINA_CMD_MODEL_GRAPH_H
#define LAMINA_CMD_MODEL_GRAPH_H /* private to cli */

#include "base/json.h"
#include "cli/table.h"
#include "kernels/graph/graph.h"

/* Rows of the two tables of `model show`: a row for every node that computes something, and one for all. */
void model_graph_fill_layers(struct table *table, const struct graph *graph);
void model_graph_fill_functions(struct table *table, const struct graph *graph, struct arena *arena);

/* The line above the tables, and the fields of the JSON object. */
void model_graph_write_head(const struct graph *graph, struct buf *out);
void model_graph_write_json(const struct graph *graph, struct json *json);

#endif
