/* The commands below `lamina explain`. */
#ifndef LAMINA_CMD_EXPLAIN_H
#define LAMINA_CMD_EXPLAIN_H

#include "cli/command.h"

extern const struct command cmd_explain_run;
extern const struct command cmd_explain_platform;

#endif
