/*
 * A tree as YAML that any reader understands as this one does: text that YAML 1.1 or 1.2 could take for a number, a
 * boolean, null or a date is put in double quotes.
 */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/num.h"
#include "doc/yaml.h"

enum { INDENT_COLUMNS = 2 };

/* Words that one YAML version or another reads as something else than text. */
static bool is_reserved_word(const char *text)
{
	static const char *const words[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcasecmp(text, words[i]) == 0)
			return true;
	return false;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A narrow subset of what may be plain; the rest is quoted. */
static bool is_plain_text(const char *text)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+- ";
	size_t length = strlen(text);
	return is_letter(text[0]) && strspn(text, safe) == length && text[length - 1] != ' ' && !is_reserved_word(text);
}

/* Decodes the UTF-8 sequence at p, which libyaml has validated; *bytes is its length. */
static uint32_t decode_character(const unsigned char *p, size_t *bytes)
{
	*bytes = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t character = *bytes == 1 ? p[0] : p[0] & (0xffu >> (*bytes + 1));
	for (size_t i = 1; i < *bytes; i++) {
		CHECK((p[i] & 0xc0) == 0x80);
		character = character << 6 | (p[i] & 0x3fu);
	}
	return character;
}

/* Printable by YAML 1.2 production 1, without the byte order mark and what YAML 1.1 takes for line ends. */
static bool is_printable(uint32_t c)
{
	if (c < 0xa0)
		return c >= 0x20 && c < 0x7f;
	if (c == 0x2028 || c == 0x2029 || c == 0xfeff)
		return false;
	return c <= 0xd7ff || (c >= 0xe000 && c <= 0xfffd) || c >= 0x10000;
}

static void write_quoted(const char *text, struct buf *out)
{
	buf_add_char(out, '"');
	for (const char *p = text; *p;) {
		size_t bytes;
		uint32_t character = decode_character((const unsigned char *)p, &bytes);
		if (character == '"' || character == '\\')
			buf_printf(out, "\\%c", (char)character);
		else if (character == '\n')
			buf_add(out, "\\n");
		else if (character == '\t')
			buf_add(out, "\\t");
		else if (is_printable(character))
			buf_add_bytes(out, p, bytes);
		else if (character <= 0xff)
			buf_printf(out, "\\x%02x", character);
		else if (character <= 0xffff)
			buf_printf(out, "\\u%04x", character);
		else
			buf_printf(out, "\\U%08x", character);
		p += bytes;
	}
	buf_add_char(out, '"');
}

static void write_text(const char *text, struct buf *out)
{
	if (is_plain_text(text))
		buf_add(out, text);
	else
		write_quoted(text, out);
}

static void write_key(const char *key, struct buf *out)
{
	double number;
	if (num_parse_double(key, &number))
		buf_add(out, key);
	else
		write_text(key, out);
}

static void write_scalar(const struct yaml_node *node, struct buf *out)
{
	enum yaml_type type = yaml_type_of(node);
	if (type == YAML_TYPE_TEXT)
		write_text(node->text, out);
	else
		buf_add(out, type == YAML_TYPE_NULL ? "null" : node->text);
}

static bool has_only_scalars(const struct yaml_node *list)
{
	for (const struct yaml_node *child = list->first; child; child = child->next)
		if (child->kind != YAML_SCALAR)
			return false;
	return true;
}

static bool fits_on_line(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR || node->count == 0 || (node->kind == YAML_LIST && has_only_scalars(node));
}

static void write_on_line(const struct yaml_node *node, struct buf *out)
{
	if (node->kind == YAML_SCALAR) {
		write_scalar(node, out);
		return;
	}
	buf_add_char(out, node->kind == YAML_MAP ? '{' : '[');
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		write_scalar(child, out);
		if (child->next)
			buf_add(out, ", ");
	}
	buf_add_char(out, node->kind == YAML_MAP ? '}' : ']');
}

/* Of a text that may be any bytes, such as a file's name. */
static void write_comment(const char *comment, struct buf *out)
{
	if (!comment)
		return;
	buf_add(out, "  # ");
	for (const char *p = comment; *p; p++)
		buf_add_char(out, *p >= 0x20 && *p < 0x7f ? *p : '?');
}

/* The first child goes where the line already is: at its start, or after the "- " of a list around it. */
static void write_block(const struct yaml_node *node, int column, struct buf *out)
{
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		if (child != node->first)
			buf_printf(out, "%*s", column, "");
		if (node->kind == YAML_MAP) {
			write_key(child->key, out);
			buf_add_char(out, ':');
		} else {
			buf_add_char(out, '-');
		}
		if (fits_on_line(child)) {
			buf_add_char(out, ' ');
			write_on_line(child, out);
			write_comment(child->comment, out);
			buf_add_char(out, '\n');
			continue;
		}
		if (node->kind == YAML_MAP) {
			write_comment(child->comment, out);
			buf_printf(out, "\n%*s", column + INDENT_COLUMNS, "");
		} else {
			buf_add_char(out, ' ');
		}
		write_block(child, column + INDENT_COLUMNS, out);
	}
}

void yaml_write(const struct yaml_node *node, struct buf *out)
{
	if (!fits_on_line(node)) {
		write_block(node, 0, out);
		return;
	}
	write_on_line(node, out);
	buf_add_char(out, '\n');
}
