/*
 * A row for every visit of a record to a function, as a provider's log would have a line: `lamina run --requests FILE`.
 */
#ifndef LAMINA_REQUEST_ROWS_H
#define LAMINA_REQUEST_ROWS_H /* private to cli */

#include "cli/command.h"
#include "experiment/replicate.h"

/*
 * Simulates the job's replications once more, one after the other, and writes their rows as the file's name says (.csv,
 * .json, .jsonl, .md); memory does not grow with their number. Returns an enum cli_exit, mistakes said; a file that
 * was there stays as it was where it cannot be written whole.
 */
int request_rows_write(struct cli *cli, const struct run_job *job, const char *path);

#endif
