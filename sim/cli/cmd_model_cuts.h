/* `lamina model show --cuts`: where a network can be cut into functions, and what would cross the store there. */
#ifndef LAMINA_CMD_MODEL_CUTS_H
#define LAMINA_CMD_MODEL_CUTS_H /* private to cli */

#include "cli/command.h"

/* Reads the network and prints a row for every place between two layers. */
int model_cuts_show(struct cli *cli, const char *word);

#endif
