/* Reads a platform's YAML (configs/platforms/) into struct platform by table, and checks what belongs together. */
#ifndef LAMINA_PLATFORM_FILE_H
#define LAMINA_PLATFORM_FILE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/bind.h"
#include "platform/platform.h"

extern const struct bind_schema platform_schema;

/*
 * From text in memory; file is its name in messages and outlives the platform, which lives in the arena. False when
 * errors were added to the diag.
 */
bool platform_parse(const char *file, const char *text, size_t length, struct arena *arena, struct diag *diag,
		    struct platform *out);

#endif
