/*
 * Whole files, bounded, and writing aside: output goes to a temporary neighbour that is renamed over the
 * target when everything was written and synced, so that a full disk or an interrupt leaves the old file.
 */
#ifndef LAMINA_FILE_H
#define LAMINA_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"

/*
 * Reads path ("-" is standard input) into the arena, NUL-terminated. False, with the limit in the message,
 * where it holds more than max_bytes; directories and unreadable files say why.
 */
bool file_read(const char *path, size_t max_bytes, struct arena *arena, char **text, size_t *length, struct err *err);

struct file_out {
	FILE *stream; /* write here */
	char *path;
	char *temporary; /* NULL for standard output, pipes and devices */
};

/*
 * Opens a temporary beside path ("-" is standard output). A symbolic link's target is what will be replaced; a pipe or
 * a device is written to directly.
 */
bool file_out_open(struct file_out *out, const char *path, struct err *err);

/* Flushes, syncs, renames. On failure the temporary is removed and the old file stays. Always releases out. */
bool file_out_commit(struct file_out *out, struct err *err);

/* Removes the temporary; releases out. */
void file_out_discard(struct file_out *out);

/*
 * Whether file_out_open would do now, found out without touching path; so that what takes long need not be done in
 * vain. A pipe or a device is not opened, since its other side would notice.
 */
bool file_can_write(const char *path, struct err *err);

/* file_out_open + write + file_out_commit. */
bool file_write(const char *path, const char *bytes, size_t count, struct err *err);

/* Makes the directory and its parents where they are missing. */
bool file_make_directories(const char *path, struct err *err);

/* The directory part of path with its trailing slash ("" where there is none), in the arena. */
char *file_directory(const char *path, struct arena *arena);

/* relative as seen from the folder of base_file; absolute paths come back as they are. */
char *file_resolve(const char *base_file, const char *relative, struct arena *arena);

/*
 * The data that comes with the program (configs/, profiles/, plots/): found beside the source tree that the program
 * was built in, or in the folder it was installed to. No path is baked in, so an installed tree can be moved.
 *
 * Path of relative ("configs/platforms/x.yaml") where it exists; NULL where there is none. Where $LAMINA_DATADIR is
 * set, only below it; else below the working folder, or the first DIR/share/lamina or DIR above the program's own.
 */
char *data_file_find(const char *relative, struct arena *arena);

/*
 * The names (without ending) of the files with this ending in the data folder `relative`, sorted; *count gets their
 * number.
 */
char **data_file_list(const char *relative, const char *ending, struct arena *arena, size_t *count);

#endif
