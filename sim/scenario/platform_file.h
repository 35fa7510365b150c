/* Reads a platform's YAML (configs/platforms/) into struct platform by table, and checks what belongs together. */
#ifndef LAMINA_PLATFORM_FILE_H
#define LAMINA_PLATFORM_FILE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/bind.h"
#include "platform/platform.h"

extern const struct bind_schema platform_schema;

/* Everything in the arena, path included. False when errors were added to the diag. */
bool platform_read(const char *path, struct arena *arena, struct diag *diag, struct platform *out);

#endif
