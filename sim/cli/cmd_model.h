/* The commands below `lamina model`. */
#ifndef LAMINA_CMD_MODEL_H
#define LAMINA_CMD_MODEL_H /* private to cli */

#include "cli/command.h"

extern const struct command cmd_model_show;

#endif
