/* The MODEL operand of commands that run a network: a chain of layers in YAML, or an ONNX file. */
#ifndef LAMINA_NETWORK_CHOICE_H
#define LAMINA_NETWORK_CHOICE_H /* private to cli */

#include "cli/command.h"
#include "kernels/timing/timed_network.h"

/*
 * Finds and reads the word's network into the command's arena; --dimension is taken from the command's options. CLI_OK,
 * or the status to end with, told. timed_network_release is for the caller where it is CLI_OK.
 */
int network_choice_open(struct cli *cli, const char *word, bool needs_values, struct diag *diag,
			struct timed_network *network);

#endif
