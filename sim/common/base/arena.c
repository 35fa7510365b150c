#include "base/arena.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/num.h"

enum {
	ARENA_ALIGN = 16,
	ARENA_BLOCK_BYTES = 64 * 1024,
	LARGE_PAGE_BYTES = 2 * 1024 * 1024,
	LARGE_BLOCK_BYTES = 2 * LARGE_PAGE_BYTES,
	KEPT_BYTES_MAX = 32 * 1024 * 1024,
	KEPT_LARGE_MAX = 16,
};

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	size_t pad; /* keeps data[] at a multiple of ARENA_ALIGN */
	unsigned char data[];
};

void *mem_alloc(size_t bytes)
{
	void *memory = calloc(1, bytes ? bytes : 1);
	if (!memory)
		die("out of memory (asked for %zu bytes)", bytes);
	return memory;
}

void *mem_realloc(void *old, size_t bytes)
{
	void *memory = realloc(old, bytes ? bytes : 1);
	if (!memory)
		die("out of memory (asked for %zu bytes)", bytes);
	return memory;
}

void mem_free(void *memory)
{
	free(memory);
}

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

/*
 * Blocks that a thread's arenas have released and its next ones take up again: a simulation of a millisecond otherwise
 * spends most of it on pages that the system takes away and gives back. They are zeroed as far as they were used. A
 * sanitizer is to see what is used after its release, and so gets every block back.
 */
#if defined(__SANITIZE_ADDRESS__)
#define KEEPS_BLOCKS false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEEPS_BLOCKS false
#endif
#endif
#ifndef KEEPS_BLOCKS
#define KEEPS_BLOCKS true
#endif

struct kept_blocks {
	struct arena_block *usual; /* of ARENA_BLOCK_BYTES */
	struct arena_block *large;
	size_t large_count;
	size_t bytes;
};

static _Thread_local struct kept_blocks kept;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_thread_end;

static void free_blocks(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;
		free(block);
		block = next;
	}
}

static void free_kept(void *of_thread)
{
	struct kept_blocks *blocks = of_thread;
	free_blocks(blocks->usual);
	free_blocks(blocks->large);
	*blocks = (struct kept_blocks){0};
}

static void make_key(void)
{
	CHECK(pthread_key_create(&at_thread_end, free_kept) == 0);
}

/* False where the block has to be freed. */
static bool keep_block(struct arena_block *block)
{
	bool is_usual = block->size == ARENA_BLOCK_BYTES;
	if (!KEEPS_BLOCKS || kept.bytes + block->size > KEPT_BYTES_MAX ||
	    (!is_usual && kept.large_count == KEPT_LARGE_MAX))
		return false;
	pthread_once(&once, make_key);
	if (kept.bytes == 0 && pthread_setspecific(at_thread_end, &kept) != 0)
		return false;
	memset(block->data, 0, block->used);
	block->used = 0;
	struct arena_block **list = is_usual ? &kept.usual : &kept.large;
	block->next = *list;
	*list = block;
	kept.large_count += !is_usual;
	kept.bytes += block->size;
	return true;
}

/* A kept block of this size, or of up to twice as much; NULL where there is none. */
static struct arena_block *take_kept(size_t size)
{
	bool is_usual = size == ARENA_BLOCK_BYTES;
	struct arena_block **at = is_usual ? &kept.usual : &kept.large;
	while (*at && ((*at)->size < size || (*at)->size / 2 > size))
		at = &(*at)->next;
	struct arena_block *block = *at;
	if (!block)
		return NULL;
	*at = block->next;
	kept.large_count -= !is_usual;
	kept.bytes -= block->size;
	return block;
}

void arena_release(struct arena *arena)
{
	struct arena_block *block = arena->blocks;
	while (block) {
		struct arena_block *next = block->next;
		if (!keep_block(block))
			free(block);
		block = next;
	}
	arena_init(arena);
}

/* Zeroed. Large blocks start at a page of 2 MiB and ask for such pages: random access then misses the TLB less. */
static void *block_memory(size_t bytes)
{
	if (bytes < LARGE_BLOCK_BYTES)
		return mem_alloc(bytes);
	void *memory = NULL;
	if (posix_memalign(&memory, LARGE_PAGE_BYTES, bytes) != 0)
		die("out of memory (asked for %zu bytes)", bytes);
	madvise(memory, bytes, MADV_HUGEPAGE);
	memset(memory, 0, bytes);
	return memory;
}

static struct arena_block *new_block(size_t size)
{
	struct arena_block *block = take_kept(size);
	if (block)
		return block;
	block = block_memory(sizeof *block + size);
	block->size = size;
	return block;
}

static struct arena_block *block_add(struct arena *arena, size_t bytes)
{
	struct arena_block *block = new_block(max_size(bytes, ARENA_BLOCK_BYTES));
	/* A block for one large object goes behind the current one, which still has room for small ones. */
	if (arena->blocks && bytes > ARENA_BLOCK_BYTES) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
	CHECK(bytes <= SIZE_MAX / 2);
	size_t rounded = (bytes + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
	struct arena_block *block = arena->blocks;
	if (!block || block->size - block->used < rounded)
		block = block_add(arena, rounded);
	void *memory = block->data + block->used;
	block->used += rounded;
	arena->bytes_used += rounded;
	return memory;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t element_bytes)
{
	CHECK(element_bytes > 0);
	CHECK(count <= SIZE_MAX / 2 / element_bytes);
	return arena_alloc(arena, count * element_bytes);
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);
	memcpy(copy, text, length);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	CHECK(length >= 0);
	char *text = arena_alloc(arena, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}
