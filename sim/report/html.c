#include "report/html.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"

static const char REPLACEMENT[] = "\xef\xbf\xbd";

/* Length of the UTF-8 sequence there, and its character; 0 where it is none. */
static size_t decode(const unsigned char *c, uint32_t *character)
{
	static const struct {
		unsigned char mask;
		unsigned char lead;
		uint32_t least;
	} forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	for (size_t length = 1; length <= ARRAY_LEN(forms); length++) {
		if ((c[0] & forms[length - 1].mask) != forms[length - 1].lead)
			continue;
		*character = c[0] & (unsigned char)~forms[length - 1].mask;
		for (size_t i = 1; i < length; i++) {
			if ((c[i] & 0xc0) != 0x80)
				return 0;
			*character = *character << 6 | (c[i] & 0x3f);
		}
		bool is_surrogate = *character >= 0xd800 && *character <= 0xdfff;
		return *character < forms[length - 1].least || *character > 0x10ffff || is_surrogate ? 0 : length;
	}
	return 0;
}

static const char *entity(uint32_t character)
{
	switch (character) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Controls of terminals; marks that turn the direction of all that follows. */
static bool is_control(uint32_t c)
{
	bool is_of_terminal = (c < ' ' && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0);
	return is_of_terminal || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void html_text(struct buf *out, const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c;) {
		uint32_t character = 0;
		size_t length = decode(c, &character);
		if (length == 0 || is_control(character))
			buf_add(out, REPLACEMENT);
		else if (entity(character))
			buf_add(out, entity(character));
		else
			buf_add_bytes(out, c, length);
		c += length > 0 ? length : 1;
	}
}

void html_printf(struct buf *out, const char *format, ...)
{
	struct buf text;
	va_list args;
	buf_init(&text);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	html_text(out, buf_text(&text));
	buf_release(&text);
}

void html_name(struct buf *out, const char *name)
{
	buf_add(out, "<code><bdi>");
	for (const char *dot = strchr(name, '.'); dot; dot = strchr(name, '.')) {
		html_printf(out, "%.*s", (int)(dot + 1 - name), name);
		buf_add(out, "<wbr>");
		name = dot + 1;
	}
	html_text(out, name);
	buf_add(out, "</bdi></code>");
}

enum { SIGNIFICANT = 4, DECIMALS_MAX = 12 };

static void part_thousands(const char *plain, char out[HTML_NUMBER_BYTES])
{
	const char *point = strchr(plain, '.');
	size_t whole = point ? (size_t)(point - plain) : strlen(plain);
	size_t begin = plain[0] == '-';
	size_t length = 0;
	for (size_t i = 0; plain[i]; i++) {
		if (i > begin && i < whole && (whole - i) % 3 == 0)
			out[length++] = ',';
		out[length++] = plain[i];
	}
	out[length] = '\0';
}

const char *html_number(double value, char out[HTML_NUMBER_BYTES])
{
	char plain[HTML_NUMBER_BYTES / 2 + 12];
	if (isnan(value))
		return "\xe2\x80\x93";
	if (isinf(value) || fabs(value) >= 1e15) {
		snprintf(out, HTML_NUMBER_BYTES, "%.4g", value);
		return out;
	}
	double rounded = num_rounded(value, SIGNIFICANT);
	double size = fabs(rounded);
	int decimals = size > 0 ? SIGNIFICANT - 1 - (int)floor(log10(size)) : 0;
	decimals = decimals < 0 ? 0 : decimals > DECIMALS_MAX ? DECIMALS_MAX : decimals;
	int length = snprintf(plain, sizeof plain, "%.*f", decimals, rounded);
	/*
	 * Stated numbers lose their trailing zeros; measured ones keep them, since they show how well the number is
	 * known.
	 */
	bool is_short = fabs(rounded - value) <= 1e-12 * size;
	while (is_short && decimals > 0 && (plain[length - 1] == '0' || plain[length - 1] == '.'))
		if (plain[--length] == '.')
			break;
	plain[length] = '\0';
	part_thousands(plain, out);
	return out;
}
