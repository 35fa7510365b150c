/* Arenas and growing text. */
#include "base/arena.h"
#include "base/buf.h"
#include "tests/tap.h"

static void test_arena(void)
{
	struct arena arena;
	arena_init(&arena);
	bool aligned = true;
	bool zeroed = true;
	for (size_t bytes = 0; bytes < 3000; bytes += 7) {
		unsigned char *memory = arena_alloc(&arena, bytes);
		aligned = aligned && (uintptr_t)memory % 16 == 0;
		for (size_t i = 0; i < bytes; i++)
			zeroed = zeroed && memory[i] == 0;
		memset(memory, 0xff, bytes);
	}
	t_ok(aligned, "every piece is aligned to 16");
	t_ok(zeroed, "every piece comes zeroed, whatever was written beside it");
	char *big = arena_alloc(&arena, 1 << 20);
	big[(1 << 20) - 1] = 1;
	char *small = arena_strdup(&arena, "after");
	t_str(small, "after", "a small piece after a large one");
	t_str(arena_strndup(&arena, "abcdef", 3), "abc", "strndup ends the text");
	t_str(arena_printf(&arena, "%d-%s", 7, "x"), "7-x", "printf");
	char *empty = arena_strdup(&arena, "");
	t_str(empty, "", "an empty text");
	t_ok(arena_alloc(&arena, 0) != NULL, "no bytes are a valid pointer");
	arena_release(&arena);
	t_int(arena.bytes_used, 0, "released");
	t_str(arena_strdup(&arena, "again"), "again", "a released arena can be used again");
	arena_release(&arena);
}

static void allocate_overflow(void)
{
	struct arena arena;
	arena_init(&arena);
	/* The product wraps to 8. */
	arena_alloc_array(&arena, SIZE_MAX / 8 + 2, 8);
}

static void allocate_negative(void)
{
	struct arena arena;
	arena_init(&arena);
	arena_alloc(&arena, (size_t)-1);
}

static void test_buf(void)
{
	struct buf buf;
	buf_init(&buf);
	t_str(buf_text(&buf), "", "an empty buffer has a text");
	buf_add_bytes(&buf, NULL, 0);
	t_str(buf_text(&buf), "", "no bytes added");
	buf_add(&buf, "a");
	buf_add_char(&buf, 'b');
	buf_printf(&buf, "%03d", 7);
	buf_add_bytes(&buf, "xyz", 2);
	t_str(buf_text(&buf), "ab007xy", "pieces in their order");
	buf_clear(&buf);
	t_str(buf_text(&buf), "", "cleared");
	for (int i = 0; i < 10000; i++)
		buf_printf(&buf, "%d,", i % 10);
	t_int(buf.length, 20000, "grows");
	t_int(strlen(buf.text), 20000, "and stays terminated");
	t_has(buf_text(&buf), "8,9,0,1,", "with what was written");
	buf_release(&buf);
	t_ok(buf.text == NULL && buf.length == 0 && buf.capacity == 0, "released");
}

int main(void)
{
	test_arena();
	t_aborts(allocate_overflow, "an array whose size overflows is a bug");
	t_aborts(allocate_negative, "a size that was negative is a bug");
	test_buf();
	return t_done();
}
