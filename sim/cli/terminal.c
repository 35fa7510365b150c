/* UTF-8 is decoded here, not by the C library: widths must not depend on the user's locale. */
#include "cli/terminal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool terminal_has_colour(int fd)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	return isatty(fd) && !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
}

int terminal_width(int fd, int fallback)
{
	struct winsize size;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return fallback;
}

struct code_range {
	uint32_t first;
	uint32_t last;
};

/* Blocks of combining marks and of wide characters (Unicode 15, EastAsianWidth W and F, by block). */
static const struct code_range zero_wide[] = {{0x300, 0x36f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}};
static const struct code_range two_wide[] = {
	{0x1100, 0x115f}, {0x2e80, 0x303e},   {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},
	{0xa000, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
	{0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static bool is_in(uint32_t code, const struct code_range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

/* The code point at p, and how many bytes it takes; a stray byte is taken for a character of its own. */
static uint32_t decode(const unsigned char *p, size_t *bytes)
{
	size_t length = p[0] < 0xc0 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf8 ? 4 : 1;
	static const unsigned char masks[] = {0, 0xff, 0x1f, 0x0f, 0x07};
	uint32_t code = p[0] & masks[length];
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			*bytes = 1;
			return p[0];
		}
		code = code << 6 | (p[i] & 0x3f);
	}
	*bytes = length;
	return code;
}

int terminal_text_width(const char *text)
{
	int width = 0;
	size_t bytes;
	for (const unsigned char *p = (const unsigned char *)text; *p; p += bytes) {
		uint32_t code = decode(p, &bytes);
		if (is_in(code, two_wide, sizeof two_wide / sizeof two_wide[0]))
			width += 2;
		else if (!is_in(code, zero_wide, sizeof zero_wide / sizeof zero_wide[0]))
			width += 1;
	}
	return width;
}
