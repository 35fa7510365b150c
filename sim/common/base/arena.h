/*
 * One arena per lifetime: everything that a scenario, a run or a document needs is allocated from
 * its arena and goes with it. malloc is called only in sim/common/base. Allocation cannot fail: running
 * out of memory ends the program with a message and status 1.
 */
#ifndef LAMINA_ARENA_H
#define LAMINA_ARENA_H

#include <stddef.h>

#include "base/check.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t bytes_used;
};

/* An empty arena needs no set-up beyond zeroing; arena_init says so in code. */
void arena_init(struct arena *arena);

/* Frees every block; the arena can be used again. */
void arena_release(struct arena *arena);

/* Zeroed bytes, aligned for any type (16); size 0 gives a valid pointer to nothing. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* Zeroed array of count elements; the product is checked for overflow. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t element_bytes);

char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

/* Heap memory for the few things that grow or are handed to other threads; dies rather than return NULL. */
void *mem_alloc(size_t bytes);
void *mem_realloc(void *old, size_t bytes);
void mem_free(void *memory);

#endif
