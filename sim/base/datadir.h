/*
 * Where the files that come with Lamina are: configs/, profiles/ and plots/. That is $LAMINA_DATADIR where it is set;
 * else, going up from the program's own folder, the first DIR/share/lamina or DIR that contains configs/: the
 * installed place and the source tree. Nothing is baked in at build time, so an installed tree can be moved.
 */
#ifndef LAMINA_DATADIR_H
#define LAMINA_DATADIR_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

/* The path of a file or folder ("configs/platforms"), in the arena; false where no such file was found. */
bool datadir_find(const char *relative, struct arena *arena, char **path, struct err *err);

#endif
