/* UTF-8 is decoded here, not by the C library: widths must not depend on the user's locale. */
#include "cli/terminal.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/num.h"

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
		if (is_in(code, two_wide, ARRAY_LEN(two_wide)))
			width += 2;
		else if (!is_in(code, zero_wide, ARRAY_LEN(zero_wide)))
			width += 1;
	}
	return width;
}

/* The clock here is the wall's, for people; no result depends on it. */

enum { REDRAW_NS = 100 * NS_PER_MS, DEFAULT_COLUMNS = 80 };
static const int64_t LOG_NS = 60 * NS_PER_SECOND;

static int64_t wall_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

void progress_init(struct progress *progress, const char *label, double total, bool is_logged)
{
	int64_t now_ns = wall_ns();
	*progress = (struct progress){.label = label, .total = total, .started_ns = now_ns, .drawn_ns = now_ns};
	progress->is_shown = isatty(STDERR_FILENO);
	progress->is_logged = is_logged && !progress->is_shown;
}

double progress_remaining_seconds(double done, double total, double elapsed_seconds)
{
	if (!(done > 0) || !(total > 0))
		return -1;
	return done >= total ? 0 : elapsed_seconds * (total - done) / done;
}

void progress_update(struct progress *progress, double done, const char *note)
{
	int64_t now_ns = wall_ns();
	int64_t passed_ns = now_ns - progress->drawn_ns;
	bool is_due = progress->is_shown ? !progress->is_drawn || passed_ns >= REDRAW_NS
					 : progress->is_logged && passed_ns >= LOG_NS;
	if (!is_due)
		return;
	progress->drawn_ns = now_ns;
	progress->is_drawn = progress->is_shown;
	double remaining =
		progress_remaining_seconds(done, progress->total, seconds_from_ns(now_ns - progress->started_ns));
	char eta[32] = "";
	if (remaining >= 0)
		snprintf(eta, sizeof eta, ", %d:%02d left", (int)(remaining / 60), (int)remaining % 60);
	double percent = progress->total > 0 ? 100 * done / progress->total : 0;
	char line[256];
	snprintf(line, sizeof line, "%s: %3.0f%%%s%s%s", progress->label, percent, eta, note ? "  " : "",
		 note ? note : "");
	/* A line that wraps could not be wiped. */
	int columns = terminal_width(STDERR_FILENO, DEFAULT_COLUMNS);
	if (progress->is_shown)
		fprintf(stderr, "\r%.*s\033[K", columns - 1, line);
	else
		fprintf(stderr, "%s\n", line);
	fflush(stderr);
}

void progress_release(struct progress *progress)
{
	if (progress->is_drawn)
		fputs("\r\033[K", stderr);
	*progress = (struct progress){0};
}
