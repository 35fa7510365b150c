/* What to write in place of a number that is none to YAML 1.2: 1_000, 512MB, 30s, 1,5, 010, 0x200, 1e3 as a count. */
#ifndef LAMINA_NUMBER_ADVICE_H
#define LAMINA_NUMBER_ADVICE_H

#include <stdbool.h>

#include "base/arena.h"

/*
 * "; write 1000" for a text that people mean as a number, "" for any other. The unit that a key or a placeholder ends
 * in ("timeout_seconds", "SECONDS", "memory_mb") says what "500ms" is.
 */
const char *number_advice(const char *key, const char *text, bool is_whole, struct arena *arena);

#endif
