/* What --help prints and the source of a manual page, both made from a command's row. */
#ifndef LAMINA_USAGE_H
#define LAMINA_USAGE_H

#include "base/buf.h"
#include "cli/command.h"

enum { USAGE_COLUMNS = 80 };

/* name is the full one: "lamina run". */
void usage_write_help(const struct command *command, const char *name, struct buf *out);

/* scdoc source of section 1. */
void usage_write_man(const struct command *command, const char *name, struct buf *out);

#endif
