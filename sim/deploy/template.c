#include "deploy/template.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/file.h"
#include "base/num.h"
#include "doc/yaml.h"

static struct yaml_node *from_json(const json_t *value, struct diag_place place, int depth, struct arena *arena);

static bool add_children(struct yaml_node *node, const json_t *value, int depth, struct arena *arena)
{
	struct yaml_node **tail = &node->first;
	const char *key;
	json_t *child;
	size_t index;
	if (depth == YAML_TEMPLATE_DEPTH_MAX)
		return false;
	json_object_foreach((json_t *)(uintptr_t)value, key, child)
	{
		*tail = from_json(child, node->place, depth + 1, arena);
		if (!*tail)
			return false;
		(*tail)->key = arena_strdup(arena, key);
		(*tail)->key_place = node->place;
		tail = &(*tail)->next;
		node->count++;
	}
	json_array_foreach((json_t *)(uintptr_t)value, index, child)
	{
		*tail = from_json(child, node->place, depth + 1, arena);
		if (!*tail)
			return false;
		tail = &(*tail)->next;
		node->count++;
	}
	return true;
}

/* NULL where it is nested too deep. */
static struct yaml_node *from_json(const json_t *value, struct diag_place place, int depth, struct arena *arena)
{
	struct yaml_node *node = ARENA_NEW(arena, struct yaml_node);
	char number[NUM_TEXT_BYTES];
	node->place = place;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		node->kind = json_is_object(value) ? YAML_MAP : YAML_LIST;
		return add_children(node, value, depth, arena) ? node : NULL;
	case JSON_STRING:
		node->text = arena_strdup(arena, json_string_value(value));
		node->quoted = true;
		return node;
	case JSON_INTEGER:
	case JSON_REAL:
		node->text = arena_strdup(arena, num_format_double(json_number_value(value), number));
		return node;
	case JSON_TRUE:
	case JSON_FALSE:
		node->text = json_is_true(value) ? "true" : "false";
		return node;
	case JSON_NULL:
		break;
	}
	node->text = "null";
	return node;
}

/* NULL without a word where it is only nested too deep. */
static struct yaml_node *parse_json(const char *file, const char *text, size_t length, struct arena *arena,
				    struct diag *diag)
{
	json_error_t error;
	json_t *value = json_loadb(text, length, 0, &error);
	struct diag_place place = {.file = file};
	if (!value) {
		diag_error(diag, (struct diag_place){file, error.line, error.column}, "%s", error.text);
		return NULL;
	}
	struct yaml_node *root = from_json(value, place, 0, arena);
	json_decref(value);
	return root;
}

/* Copies what another diag holds. */
static void pass_on(const struct diag *from, struct diag *to)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct diag_entry *entry = &from->entries[i];
		if (entry->is_warning)
			diag_warning(to, entry->place, "%s", entry->text);
		else
			diag_error(to, entry->place, "%s", entry->text);
	}
}

/*
 * JSON is YAML, whose reader knows the lines; what only a reader of JSON understands (pairs of \u escapes) comes
 * without. What is neither is called broken JSON.
 */
static struct yaml_node *parse_braced(const char *file, const char *text, size_t length, struct arena *arena,
				      struct diag *diag)
{
	struct diag as_yaml;
	struct diag as_json;
	diag_init(&as_yaml);
	diag_init(&as_json);
	struct yaml_node *root = yaml_parse_template(file, text, length, arena, &as_yaml);
	if (root && !diag_has_errors(&as_yaml))
		pass_on(&as_yaml, diag);
	else
		root = parse_json(file, text, length, arena, &as_json);
	if (!root)
		pass_on(diag_has_errors(&as_json) ? &as_json : &as_yaml, diag);
	diag_release(&as_json);
	diag_release(&as_yaml);
	return root;
}

struct yaml_node *template_read(const char *path, struct arena *arena, struct diag *diag, bool *io_failed)
{
	char *text;
	size_t length;
	struct err err;
	*io_failed = !file_read(path, YAML_TEMPLATE_BYTES_MAX, arena, &text, &length, &err);
	if (*io_failed) {
		diag_error(diag, (struct diag_place){0}, "%s", err.text);
		return NULL;
	}
	const char *file = strcmp(path, "-") == 0 ? "<stdin>" : path;
	if (text[strspn(text, " \t\r\n")] == '{')
		return parse_braced(file, text, length, arena, diag);
	return yaml_parse_template(file, text, length, arena, diag);
}

static const struct yaml_node *child_at(const struct yaml_node *node, const char *part, size_t length)
{
	size_t index = strtoul(part, NULL, 10);
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		if (node->kind == YAML_LIST ? index-- == 0
					    : strlen(child->key) == length && strncmp(child->key, part, length) == 0)
			return child;
	}
	/* A block of Terraform is a list of one, or what would be in it. */
	return node->kind == YAML_MAP && length == 1 && part[0] == '0' ? node : NULL;
}

const struct yaml_node *template_find_on(const struct yaml_node *node, const char **path)
{
	while (node && **path && !template_is_unresolved(node)) {
		size_t length = strcspn(*path, ".");
		node = child_at(node, *path, length);
		*path += length + ((*path)[length] == '.');
	}
	return node;
}

const struct yaml_node *template_find(const struct yaml_node *node, const char *path)
{
	return template_find_on(node, &path);
}

bool template_is_unresolved(const struct yaml_node *node)
{
	/* Tags of YAML's own, such as !!str, have this prefix once they are read. */
	static const char own_tags[] = "tag:yaml.org";
	if (node->tag && node->tag[0] && strncmp(node->tag, own_tags, strlen(own_tags)) != 0)
		return true;
	if (node->kind == YAML_SCALAR)
		return strstr(node->text, "${") != NULL;
	return node->kind == YAML_MAP && node->count == 1 &&
	       (strcmp(node->first->key, "Ref") == 0 || strncmp(node->first->key, "Fn::", 4) == 0);
}

/* Without the attribute of a !GetAtt, or the braces of a substitution. */
static const char *name_in(const char *text, struct arena *arena)
{
	bool is_braced = strncmp(text, "${", 2) == 0;
	text += is_braced ? 2 : 0;
	size_t length = strcspn(text, ".}");
	if (is_braced && (text[length] == '\0' || text[strcspn(text, "}") + 1] != '\0'))
		return NULL;
	return arena_printf(arena, "%.*s", (int)length, text);
}

const char *template_referent(const struct yaml_node *node, struct arena *arena)
{
	/* {"Fn::GetAtt": ["Size", "Arn"]} and !GetAtt [Size, Arn] */
	if (node->kind == YAML_MAP && node->count == 1)
		node = node->first;
	if (node->kind == YAML_LIST && node->first)
		node = node->first;
	return node->kind == YAML_SCALAR ? name_in(node->text, arena) : NULL;
}

/* A reference as it stands within a text: "${Size}", "${Size.Arn}". */
static void add_reference(const struct yaml_node *node, struct arena *arena, struct buf *out)
{
	const struct yaml_node *value = node->kind == YAML_MAP && node->count == 1 ? node->first : node;
	if (value->kind == YAML_SCALAR) {
		buf_printf(out, "${%s}", value->text);
		return;
	}
	buf_add(out, "${");
	for (const struct yaml_node *part = value->first; part; part = part->next)
		buf_printf(out, "%s%s", part == value->first ? "" : ".", part->kind == YAML_SCALAR ? part->text : "?");
	buf_add_char(out, '}');
}

/* [DELIMITER, [PIECES]]; NULL where it is nothing of the kind. */
static const char *joined_text(const struct yaml_node *join, struct arena *arena)
{
	const struct yaml_node *delimiter = join->kind == YAML_LIST ? join->first : NULL;
	const struct yaml_node *pieces = delimiter ? delimiter->next : NULL;
	if (!pieces || delimiter->kind != YAML_SCALAR || pieces->kind != YAML_LIST)
		return NULL;
	struct buf text;
	buf_init(&text);
	for (const struct yaml_node *piece = pieces->first; piece; piece = piece->next) {
		buf_add(&text, piece == pieces->first ? "" : delimiter->text);
		if (piece->kind == YAML_SCALAR && !piece->tag)
			buf_add(&text, piece->text);
		else
			add_reference(piece, arena, &text);
	}
	const char *whole = arena_strdup(arena, buf_text(&text));
	buf_release(&text);
	return whole;
}

/* The text of a scalar, of a substitution or of its long form, [TEXT, {NAME: VALUE}]; NULL of anything else. */
static const struct yaml_node *scalar_of(const struct yaml_node *node)
{
	if (node->kind == YAML_MAP && node->count == 1 && strcmp(node->first->key, "Fn::Sub") == 0)
		node = node->first;
	if (node->kind == YAML_LIST && node->first)
		node = node->first;
	return node->kind == YAML_SCALAR ? node : NULL;
}

const char *template_text(const struct yaml_node *node, struct arena *arena)
{
	if (node->kind == YAML_MAP && node->count == 1 && strcmp(node->first->key, "Fn::Join") == 0)
		return joined_text(node->first, arena);
	if (node->tag && strcmp(node->tag, "!Join") == 0)
		return joined_text(node, arena);
	const struct yaml_node *scalar = scalar_of(node);
	return scalar ? scalar->text : NULL;
}

/* Where a place inside a text stands in the file. */
static struct diag_place outer_place(struct diag_place inner, const struct yaml_node *text)
{
	if (text->block_column == 0 || inner.line == 0)
		return text->place;
	return (struct diag_place){
		.file = text->place.file,
		.line = text->place.line + inner.line,
		.column = text->block_column + inner.column - 1,
	};
}

static void move_out(struct yaml_node *node, const struct yaml_node *text)
{
	node->place = outer_place(node->place, text);
	node->key_place = outer_place(node->key_place, text);
	for (struct yaml_node *child = node->first; child; child = child->next)
		move_out(child, text);
}

struct yaml_node *template_parse_within(const struct yaml_node *node, struct arena *arena)
{
	const char *text = template_text(node, arena);
	if (!text)
		return NULL;
	const struct yaml_node *written = scalar_of(node);
	struct diag unheard;
	diag_init(&unheard);
	struct yaml_node *root = parse_braced(node->place.file, text, strlen(text), arena, &unheard);
	if (diag_has_errors(&unheard) || (root && root->kind != YAML_MAP))
		root = NULL;
	if (root)
		move_out(root, written ? written : node);
	diag_release(&unheard);
	return root;
}

const char *template_written(const struct yaml_node *node, struct arena *arena)
{
	static const char *const of_text[] = {"!Sub", "!Join", "Fn::Sub", "Fn::Join"};
	const char *function = node->tag                                    ? node->tag
			       : node->kind == YAML_MAP && node->count == 1 ? node->first->key
									    : NULL;
	for (size_t i = 0; function && i < ARRAY_LEN(of_text); i++)
		if (strcmp(function, of_text[i]) == 0)
			return template_text(node, arena);
	if (!function || !template_is_unresolved(node))
		return node->kind == YAML_SCALAR ? node->text : NULL;
	struct buf text;
	buf_init(&text);
	add_reference(node, arena, &text);
	const char *reference = arena_strdup(arena, buf_text(&text));
	buf_release(&text);
	return reference;
}

const char *template_describe(const struct yaml_node *node, struct arena *arena)
{
	const struct yaml_node *value = node->kind == YAML_MAP && !node->tag && node->first ? node->first : node;
	const char *word = node->tag ? node->tag : value->key && value != node ? value->key : "";
	const char *text = value->kind == YAML_SCALAR ? value->text : "...";
	return diag_excerpt(arena_printf(arena, "%s%s%s", word, *word ? " " : "", text), arena);
}
