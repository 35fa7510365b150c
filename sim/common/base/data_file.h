/*
 * The data that comes with the program (configs/, profiles/, plots/): found beside the source tree that the program
 * was built in, or in the folder it was installed to. No path is baked in, so an installed tree can be moved.
 */
#ifndef LAMINA_DATA_FILE_H
#define LAMINA_DATA_FILE_H

#include "base/arena.h"

/*
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
