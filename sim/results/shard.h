/*
 * Which points of a sweep are this process's: those whose number leaves the same rest as its own, so that what changes
 * along the sweep is spread evenly. Written "3/10", or `auto`: what the scheduler that started the process has told it.
 */
#ifndef LAMINA_SHARD_H
#define LAMINA_SHARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum { SHARD_COUNT_MAX = 1000000 };

struct shard {
	int64_t index; /* from 1 */
	int64_t count;
};

/* Looks a variable of the environment up: getenv, or a test's own. */
typedef char *shard_variable(const char *name);

/* "i/n", i from 1 to n, or "auto". */
bool shard_parse(const char *text, shard_variable *variable, struct shard *out, struct err *err);

bool shard_has(const struct shard *shard, size_t point);

/* The file of a shard of path: "r.sqlite" gives "r.3-of-10.sqlite"; the whole keeps its name. */
const char *shard_path(const struct shard *shard, const char *path, struct arena *arena);

#endif
