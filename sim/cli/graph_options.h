/*
 * How an ONNX file is to be read, as commands that take one ask it: --dimension NAME=SIZE; and which kernels run a
 * network: --kernels, --isa.
 */
#ifndef LAMINA_GRAPH_OPTIONS_H
#define LAMINA_GRAPH_OPTIONS_H /* private to cli */

#include "cli/command.h"
#include "kernels/conv/isa.h"
#include "kernels/graph/graph.h"

/* clang-format off */
#define OPTION_ROW_DIMENSION \
	{ .name = "dimension", .letter = 'd', .kind = OPTION_PAIRS, .metavar = "NAME=SIZE", \
	  .help = "size of a dimension that an ONNX file leaves open, beside the number of images" }
#define OPTION_ROWS_KERNELS \
	{ .name = "kernels", .kind = OPTION_CHOICE, .metavar = "NAME", .fallback = "openblas", \
	  .choices = kernel_choices, \
	  .help = "what convolves: OpenBLAS on a column matrix, as older frameworks do, or Lamina's own kernels" }, \
	{ .name = "isa", .kind = OPTION_CHOICE, .metavar = "NAME", .choices = isa_names, \
	  .help = "instruction set of Lamina's own kernels; avx2 where there is one, which clouds have" }
/* clang-format on */

extern const char *const kernel_choices[];

/* The values of OPTION_ROWS_KERNELS. False with err where this processor lacks the instruction set. */
bool kernel_choice_take(const struct cli *cli, struct kernel_choice *choice, struct err *err);

/* Fills in the dimensions, in the command's arena. False with err where one is no pair of a name and a size. */
bool graph_options_take(struct cli *cli, struct graph_options *options, struct err *err);

#endif
