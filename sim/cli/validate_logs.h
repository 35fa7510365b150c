/*
 * `lamina validate --with LOGS`: a user's own functions. Each memory size that the logs hold is left out, what the
 * function does is fitted to the other sizes (calibrate/work_fit.h), and the size is predicted with that, beside what a
 * fit of all sizes gives.
 */
#ifndef LAMINA_VALIDATE_LOGS_H
#define LAMINA_VALIDATE_LOGS_H /* private to cli */

#include "calibrate/calibration.h"
#include "cli/command.h"
#include "cli/table.h"

/* How a table of logged times begins, a row per function, size and start: `lamina calibrate` prints one, too. */
/* clang-format off */
#define LOGGED_SIZE_COLUMNS \
	{.name = "function"}, \
	{.name = "memory_mb", .heading = "memory MB", .align = TABLE_RIGHT}, \
	{.name = "start"}, \
	{.name = "invocations", .heading = "rows", .align = TABLE_RIGHT}, \
	{.name = "measured_seconds", .heading = "measured s", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT}, \
	{.name = "spread_seconds", .heading = "spread s", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT}
/* clang-format on */

/* Puts these columns of a row, and after them the seconds that are predicted, and by how many % they are off. */
void logged_size_put(struct table *table, const char *function, const struct sample_group *group);
void logged_size_put_prediction(struct table *table, double predicted, const struct sample_group *group);

/* Whether a file of --with is logs and not parts of an experiment (.yaml, .yml). */
bool validate_is_logs(const char *path);

/* Prints the table, and draws it into the folder (NULL: no figure); returns an enum cli_exit. */
int validate_logs(struct cli *cli, const char *experiment, const char *folder);

#endif
