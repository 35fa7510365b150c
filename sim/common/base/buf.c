#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"

void buf_init(struct buf *buf)
{
	*buf = (struct buf){0};
}

void buf_release(struct buf *buf)
{
	mem_free(buf->text);
	buf_init(buf);
}

void buf_clear(struct buf *buf)
{
	buf->length = 0;
	if (buf->text)
		buf->text[0] = '\0';
}

static void reserve(struct buf *buf, size_t more)
{
	size_t needed = buf->length + more + 1;
	if (needed <= buf->capacity)
		return;
	size_t capacity = buf->capacity ? buf->capacity : 256;
	while (capacity < needed)
		capacity *= 2;
	buf->text = mem_realloc(buf->text, capacity);
	buf->capacity = capacity;
}

void buf_add_bytes(struct buf *buf, const void *bytes, size_t count)
{
	reserve(buf, count);
	if (count > 0)
		memcpy(buf->text + buf->length, bytes, count);
	buf->length += count;
	buf->text[buf->length] = '\0';
}

void buf_add(struct buf *buf, const char *text)
{
	buf_add_bytes(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c)
{
	buf_add_bytes(buf, &c, 1);
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	CHECK(length >= 0);
	reserve(buf, (size_t)length);
	vsnprintf(buf->text + buf->length, (size_t)length + 1, format, again);
	va_end(again);
	buf->length += (size_t)length;
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	buf_vprintf(buf, format, args);
	va_end(args);
}

void buf_add_shell_word(struct buf *buf, const char *text)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%";
	if (text[0] && text[0] != '-' && text[strspn(text, safe)] == '\0') {
		buf_add(buf, text);
		return;
	}
	buf_add_char(buf, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_add(buf, "'\\'");
		buf_add_char(buf, *text);
	}
	buf_add_char(buf, '\'');
}

const char *buf_text(const struct buf *buf)
{
	return buf->text ? buf->text : "";
}

void printable_make(char *text, const char *kept)
{
	for (unsigned char *p = (unsigned char *)text; *p; p++) {
		if ((*p < ' ' || *p == 0x7f) && !strchr(kept, *p))
			*p = '?';
		if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			p[0] = p[1] = '?';
	}
}
