/* How an ONNX file is to be read, as commands that take one ask it: --dimension NAME=SIZE. */
#ifndef LAMINA_GRAPH_OPTIONS_H
#define LAMINA_GRAPH_OPTIONS_H

#include "cli/command.h"
#include "kernels/graph/graph.h"

/* clang-format off */
#define OPTION_ROW_DIMENSION \
	{ .name = "dimension", .letter = 'd', .kind = OPTION_PAIRS, .metavar = "NAME=SIZE", \
	  .help = "size of a dimension that an ONNX file leaves open, beside the number of images" }
/* clang-format on */

/* Fills in the dimensions, in the command's arena. False with err where one is no pair of a name and a size. */
bool graph_options_take(struct cli *cli, struct graph_options *options, struct err *err);

#endif
