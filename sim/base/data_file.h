/*
 * The data that comes with the program (configs/, profiles/, plots/): found beside the source tree that the program
 * was built in, or in the folder it was installed to.
 */
#ifndef LAMINA_DATA_FILE_H
#define LAMINA_DATA_FILE_H

#include "base/arena.h"

/*
 * Path of relative ("configs/platforms/x.yaml") where it exists: below the working folder, above the program's own
 * folder, or below the installed data folder, in this order. NULL where there is none.
 */
char *data_file_find(const char *relative, struct arena *arena);

/*
 * The names (without ending) of the files with this ending in the data folder `relative`, sorted; *count gets their
 * number.
 */
char **data_file_list(const char *relative, const char *ending, struct arena *arena, size_t *count);

#endif
