/* `lamina validate --leave-one-out`: every experiment predicted with numbers that the others give. */
#ifndef LAMINA_VALIDATE_REFIT_H
#define LAMINA_VALIDATE_REFIT_H

#include "cli/command.h"

/* Prints the table; returns an enum cli_exit. */
int validate_leave_one_out(struct cli *cli, const char *const *paths, size_t count);

#endif
