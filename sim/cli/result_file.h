/*
 * Where a command's -o goes. Whether it can be written is found out before anything is computed; what was computed and
 * then cannot be written goes to standard output, so that it is not lost; what an interrupt left in part never takes
 * the place of an older whole file.
 */
#ifndef LAMINA_RESULT_FILE_H
#define LAMINA_RESULT_FILE_H /* private to cli */

#include "base/buf.h"
#include "cli/command.h"

/* CLI_OK, or CLI_FAILED with words. path may be NULL: standard output, which is always right. */
int result_file_try(const struct cli *cli, const char *path);

/* The same for a file in a folder, which is made where it is missing. folder may be NULL. */
int result_file_try_in(struct cli *cli, const char *folder, const char *file);

/* Writes the whole text to path, to standard output where path is NULL or cannot be written. */
int result_file_write(const struct cli *cli, const char *path, struct buf *text);

/* The text is only a part: path stays as it was, standard output gets the text, and standard error says so. */
int result_file_write_part(const struct cli *cli, const char *path, struct buf *text);

#endif
