/*
 * `lamina validate --with LOGS`: a user's own functions. Each memory size that the logs hold is left out, what the
 * function does is fitted to the other sizes (calibrate/work_fit.h), and the size is predicted with that, beside what a
 * fit of all sizes gives.
 */
#ifndef LAMINA_VALIDATE_LOGS_H
#define LAMINA_VALIDATE_LOGS_H

#include "cli/command.h"

/* Whether a file of --with is logs and not parts of an experiment (.yaml, .yml). */
bool validate_is_logs(const char *path);

/* Prints the table, and draws it into the folder (NULL: no figure); returns an enum cli_exit. */
int validate_logs(struct cli *cli, const char *experiment, const char *folder);

#endif
