/* The commands below `lamina record`. */
#ifndef LAMINA_CMD_RECORD_H
#define LAMINA_CMD_RECORD_H

#include "cli/command.h"

extern const struct command cmd_record_pack;
extern const struct command cmd_record_show;
extern const struct command cmd_record_synth;

#endif
