#include "base/arena.h"
#include "base/check.h"
#include "base/parallel.h"
#include "tests/tap.h"

#include <string.h>

static bool is_zero(const unsigned char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

/* Sizes on both sides of a block's and of a large page's. */
static const size_t sizes[] = {0, 1, 15, 16, 17, 1000, 65520, 65536, 65537, 200000, 5000000, 40000000};
enum { SIZES = ARRAY_LEN(sizes) };

/* Fills what it is given; false where that was not zeroed. */
static bool use(struct arena *arena)
{
	bool ok = true;
	for (int i = 0; i < SIZES; i++) {
		unsigned char *memory = arena_alloc(arena, sizes[i]);
		ok = ok && ((uintptr_t)memory % 16) == 0 && is_zero(memory, sizes[i]);
		memset(memory, 0xa5, sizes[i]);
	}
	return ok;
}

static void reused_memory_is_zeroed(void)
{
	bool ok = true;
	for (int round = 0; round < 4; round++) {
		struct arena arenas[2];
		for (int i = 0; i < 2; i++) {
			arena_init(&arenas[i]);
			ok = use(&arenas[i]) && ok;
		}
		for (int i = 0; i < 2; i++)
			arena_release(&arenas[i]);
	}
	t_ok(ok, "memory that another arena has used before is zeroed");
}

static void use_in_thread(void *context, size_t index)
{
	bool *results = context;
	struct arena arena;
	arena_init(&arena);
	results[index] = use(&arena);
	arena_release(&arena);
}

/* Leak checks see what a thread does not give back. */
static void threads_keep_to_themselves(void)
{
	enum { TASKS = T_TIMES(64, 8) };
	bool results[TASKS];
	parallel_for(TASKS, 4, use_in_thread, results);
	bool ok = true;
	for (int i = 0; i < TASKS; i++)
		ok = ok && results[i];
	t_ok(ok, "likewise on several threads");
}

int main(void)
{
	reused_memory_is_zeroed();
	threads_keep_to_themselves();
	return t_done();
}
