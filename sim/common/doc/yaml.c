/*
 * libyaml's events into a tree with positions. libyaml resolves no aliases at event level, so a document that would
 * unfold to gigabytes is refused at its first anchor; of a template, at the alias that unfolds to too much. The walk
 * recurses at most YAML_DEPTH_MAX deep (templates: YAML_TEMPLATE_DEPTH_MAX); everything else is linear in the text,
 * but for sorting the keys of a map to find duplicates. Source of the grammar: YAML 1.2, chapter 10.3 (core schema).
 */
#include "doc/yaml.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/file.h"
#include "base/num.h"

struct reader {
	yaml_parser_t parser;
	const char *file;
	const char *text;
	size_t length;
	struct arena *arena;
	struct diag *diag;
	size_t nodes;
	int depth;
	bool is_template;
	struct anchor *anchors; /* of a template, the last one first */
	size_t anchor_count;
	size_t unfolded;    /* nodes that aliases stand for */
	size_t sought_line; /* where the last line looked up begins; lines are looked up in ascending order */
	size_t sought_offset;
};

static struct diag_place place_of_mark(const struct reader *reader, yaml_mark_t mark)
{
	return (struct diag_place){reader->file, (int)mark.line + 1, (int)mark.column + 1};
}

/* libyaml gives no mark for bytes that are not text; a column counts characters, as in its marks. */
static struct diag_place place_of_offset(const struct reader *reader, size_t offset)
{
	struct diag_place place = {reader->file, 1, 1};
	for (size_t i = 0; i < offset && i < reader->length; i++) {
		unsigned char byte = (unsigned char)reader->text[i];
		if (byte == '\n') {
			place.line++;
			place.column = 1;
		} else if ((byte & 0xc0) != 0x80) {
			place.column++;
		}
	}
	return place;
}

static char byte_at(const struct reader *reader, size_t offset)
{
	return offset < reader->length ? reader->text[offset] : '\0';
}

static size_t offset_of_line(const struct reader *reader, size_t number)
{
	size_t offset = 0;
	for (; number > 0 && offset < reader->length; offset++)
		number -= reader->text[offset] == '\n';
	return offset;
}

/* The first column of a line that is not blank. */
static int column_of_line(struct reader *reader, size_t number)
{
	for (; reader->sought_line < number && reader->sought_offset < reader->length; reader->sought_offset++)
		reader->sought_line += reader->text[reader->sought_offset] == '\n';
	int column = 1;
	while (byte_at(reader, reader->sought_offset + (size_t)column - 1) == ' ')
		column++;
	return column;
}

/* Columns count characters. */
static size_t offset_of_column(const struct reader *reader, size_t offset, size_t column)
{
	for (; column > 0 && offset < reader->length; column--)
		do
			offset++;
		while ((byte_at(reader, offset) & 0xc0) == 0x80);
	return offset;
}

/* What libyaml has no words for that a person would understand; false where its own do. */
static bool report_usual_mistake(struct reader *reader, struct diag_place place)
{
	yaml_mark_t mark = reader->parser.problem_mark;
	size_t line = offset_of_line(reader, mark.line);
	size_t first = line;
	while (byte_at(reader, first) == ' ')
		first++;
	if (byte_at(reader, first) == '\t') {
		place.column = (int)(first - line) + 1;
		diag_error(reader->diag, place,
			   "a tab indents this line; YAML is indented by blanks: write two for it");
		return true;
	}
	char at = byte_at(reader, offset_of_column(reader, line, mark.column));
	if (!at || !strchr("@`%\t", at) || !strstr(reader->parser.problem, "cannot start any token"))
		return false;
	if (at == '\t')
		diag_error(reader->diag, place, "a tab cannot stand here: write a blank");
	else
		diag_error(reader->diag, place, "'%c' cannot begin a text: put the text in quotes", at);
	return true;
}

static void report_syntax(struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	if (parser->error == YAML_MEMORY_ERROR)
		die("out of memory while reading '%s'", reader->file);
	if (parser->error == YAML_READER_ERROR) {
		diag_error(reader->diag, place_of_offset(reader, parser->problem_offset), "%s", parser->problem);
		return;
	}
	struct diag_place place = place_of_mark(reader, parser->problem_mark);
	if (report_usual_mistake(reader, place))
		return;
	if (!parser->context)
		diag_error(reader->diag, place, "%s", parser->problem);
	else if (parser->context_mark.line == parser->problem_mark.line)
		diag_error(reader->diag, place, "%s (%s)", parser->problem, parser->context);
	else
		diag_error(reader->diag, place, "%s (%s that began on line %zu)", parser->problem, parser->context,
			   parser->context_mark.line + 1);
}

static bool next_event(struct reader *reader, yaml_event_t *event)
{
	if (yaml_parser_parse(&reader->parser, event))
		return true;
	report_syntax(reader);
	return false;
}

/* What a node's event says beside its content; each kind of event keeps it at another place. */
static void read_properties(const yaml_event_t *event, const char **name, const char **tag)
{
	const yaml_char_t *anchor = NULL;
	*tag = NULL;
	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		*tag = (const char *)event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		*tag = (const char *)event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		*tag = (const char *)event->data.mapping_start.tag;
	}
	if (event->type == YAML_ALIAS_EVENT)
		anchor = event->data.alias.anchor;
	*name = (const char *)anchor;
}

/* False where reading must stop. *anchor and *tag get the node's, which live as long as the event; NULL: none. */
static bool admit(struct reader *reader, const yaml_event_t *event, struct diag_place place, const char **anchor,
		  const char **tag)
{
	read_properties(event, anchor, tag);
	if (*anchor && !reader->is_template) {
		diag_error(reader->diag, place, "anchors and aliases are not allowed");
		return false;
	}
	if (*tag && !reader->is_template)
		diag_error(reader->diag, place, "tags are not allowed");
	size_t nodes_max = reader->is_template ? YAML_TEMPLATE_NODES_MAX : YAML_NODES_MAX;
	if (++reader->nodes > nodes_max) {
		diag_error(reader->diag, place, "more than %zu keys and values, the most that are read", nodes_max);
		return false;
	}
	return true;
}

static void read_scalar(struct reader *reader, struct yaml_node *node, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t length = event->data.scalar.length;
	node->kind = YAML_SCALAR;
	node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	if (reader->is_template && event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE)
		node->block_column = column_of_line(reader, event->start_mark.line + 1);
	node->text = arena_strndup(reader->arena, text, length);
	if (length > YAML_SCALAR_BYTES_MAX && !reader->is_template)
		diag_error(reader->diag, node->place, "a text of %zu bytes; at most %d are allowed", length,
			   YAML_SCALAR_BYTES_MAX);
	if (strlen(node->text) != length)
		diag_error(reader->diag, node->place, "a text with a zero byte");
}

static struct yaml_node *read_node(struct reader *reader, yaml_event_t *event);

/* An entry whose key is not text is read to its end for the mistakes in it and comes back without a key. */
static struct yaml_node *read_entry(struct reader *reader, yaml_event_t *event)
{
	struct yaml_node *key = read_node(reader, event);
	yaml_event_t value_event;
	if (!key || !next_event(reader, &value_event))
		return NULL;
	struct yaml_node *value = read_node(reader, &value_event);
	if (!value)
		return NULL;
	if (key->kind != YAML_SCALAR) {
		diag_error(reader->diag, key->place, "a key must be text, not %s", yaml_describe(key, reader->arena));
		return value;
	}
	if (strlen(key->text) > YAML_KEY_BYTES_MAX)
		diag_error(reader->diag, key->place, "a key of %zu bytes; at most %d are allowed", strlen(key->text),
			   YAML_KEY_BYTES_MAX);
	value->key = key->text;
	value->key_place = key->place;
	return value;
}

static int compare_keys(const void *a, const void *b)
{
	const struct yaml_node *x = *(const struct yaml_node *const *)a;
	const struct yaml_node *y = *(const struct yaml_node *const *)b;
	int by_key = strcmp(x->key, y->key);
	if (by_key != 0)
		return by_key;
	if (x->key_place.line != y->key_place.line)
		return x->key_place.line < y->key_place.line ? -1 : 1;
	return x->key_place.column < y->key_place.column ? -1 : x->key_place.column > y->key_place.column;
}

/* Templates are taken as CloudFormation takes them: the last value counts, and the first loses its key. */
static void tell_duplicate(struct reader *reader, struct yaml_node *first, const struct yaml_node *again)
{
	const char *key = diag_excerpt(first->key, reader->arena);
	if (!reader->is_template) {
		diag_error(reader->diag, again->key_place, "duplicate key '%s' (first on line %d)", key,
			   first->key_place.line);
		return;
	}
	diag_warning(reader->diag, again->key_place, "duplicate key '%s' (first on line %d); this last one counts", key,
		     first->key_place.line);
	first->key = NULL;
}

static void drop_without_key(struct yaml_node *map)
{
	struct yaml_node **link = &map->first;
	while (*link) {
		if ((*link)->key) {
			link = &(*link)->next;
			continue;
		}
		*link = (*link)->next;
		map->count--;
	}
}

/* By sorting: comparing every key with every other would let a 4 MB file take minutes. */
static void report_duplicates(struct reader *reader, struct yaml_node *map)
{
	if (map->count < 2)
		return;
	struct yaml_node **entries = mem_alloc(map->count * sizeof *entries);
	size_t count = 0;
	for (struct yaml_node *entry = map->first; entry; entry = entry->next)
		entries[count++] = entry;
	qsort(entries, count, sizeof *entries, compare_keys);
	struct yaml_node *first = entries[0];
	for (size_t i = 1; i < count; i++) {
		bool is_again = strcmp(entries[i]->key, first->key) == 0;
		if (is_again)
			tell_duplicate(reader, first, entries[i]);
		/* Of three, the second gives way to the third. */
		if (!is_again || reader->is_template)
			first = entries[i];
	}
	drop_without_key(map);
	mem_free(entries);
}

static bool read_children(struct reader *reader, struct yaml_node *node)
{
	int depth_max = reader->is_template ? YAML_TEMPLATE_DEPTH_MAX : YAML_DEPTH_MAX;
	if (++reader->depth > depth_max) {
		diag_error(reader->diag, node->place, "nested more than %d levels deep, the most that is allowed",
			   depth_max);
		return false;
	}
	yaml_event_type_t end = node->kind == YAML_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
	struct yaml_node **tail = &node->first;
	for (;;) {
		yaml_event_t event;
		if (!next_event(reader, &event))
			return false;
		if (event.type == end) {
			yaml_event_delete(&event);
			break;
		}
		struct yaml_node *child =
			node->kind == YAML_MAP ? read_entry(reader, &event) : read_node(reader, &event);
		if (!child)
			return false;
		if (node->kind == YAML_MAP && !child->key)
			continue;
		*tail = child;
		tail = &child->next;
		node->count++;
	}
	reader->depth--;
	if (node->kind == YAML_MAP)
		report_duplicates(reader, node);
	return true;
}

/* --- anchors, of templates --- */

/* A node with a name that aliases behind it stand for. */
struct anchor {
	const char *name;
	const struct yaml_node *node;
	struct anchor *earlier;
};

/* False, with a diag error, where there are too many. */
static bool add_anchor(struct reader *reader, const char *name, const struct yaml_node *node)
{
	if (++reader->anchor_count > YAML_ANCHORS_MAX) {
		diag_error(reader->diag, node->place, "more than %d anchors, the most that are read", YAML_ANCHORS_MAX);
		return false;
	}
	struct anchor *anchor = ARENA_NEW(reader->arena, struct anchor);
	*anchor = (struct anchor){name, node, reader->anchors};
	reader->anchors = anchor;
	return true;
}

/* NULL, with a diag error at place, where aliases unfold to too much. */
static struct yaml_node *unfold(struct reader *reader, const struct yaml_node *node, int depth, struct diag_place place)
{
	if (++reader->unfolded > YAML_UNFOLDED_NODES_MAX || depth > YAML_TEMPLATE_DEPTH_MAX) {
		diag_error(reader->diag, place,
			   "aliases unfold to more than %d keys and values, or %d levels, the most that are read",
			   YAML_UNFOLDED_NODES_MAX, YAML_TEMPLATE_DEPTH_MAX);
		return NULL;
	}
	struct yaml_node *copy = ARENA_NEW(reader->arena, struct yaml_node);
	*copy = *node;
	copy->next = NULL;
	struct yaml_node **tail = &copy->first;
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		*tail = unfold(reader, child, depth + 1, place);
		if (!*tail)
			return NULL;
		tail = &(*tail)->next;
	}
	return copy;
}

static struct yaml_node *read_alias(struct reader *reader, const char *name, struct diag_place place)
{
	const struct anchor *anchor = reader->anchors;
	while (anchor && strcmp(anchor->name, name) != 0)
		anchor = anchor->earlier;
	if (anchor)
		return unfold(reader, anchor->node, reader->depth, place);
	diag_error(reader->diag, place, "no anchor '&%s' stands before this alias", diag_excerpt(name, reader->arena));
	return NULL;
}

/* Entries of `<<: *other` that the map does not have itself (yaml.org, merge key). */
static void merge_entries(struct yaml_node *map, struct yaml_node *other)
{
	struct yaml_node **tail = &map->first;
	while (*tail)
		tail = &(*tail)->next;
	for (struct yaml_node *entry = other->first, *next; entry; entry = next) {
		next = entry->next;
		entry->next = NULL;
		if (yaml_get(map, entry->key))
			continue;
		*tail = entry;
		tail = &entry->next;
		map->count++;
	}
}

static const size_t MERGED_MAX = 3000; /* keys of maps that are put together, whose keys are compared with each other */

/* False, with a diag error, where there are too many. */
static bool merge_keys(struct reader *reader, struct yaml_node *map)
{
	struct yaml_node *merge = yaml_get(map, "<<");
	if (!merge || merge->kind == YAML_SCALAR)
		return true;
	size_t keys = map->count + (merge->kind == YAML_MAP ? merge->count : 0);
	for (struct yaml_node *part = merge->kind == YAML_LIST ? merge->first : NULL; part; part = part->next)
		keys += part->count;
	if (keys > MERGED_MAX) {
		diag_error(reader->diag, merge->key_place,
			   "'<<' makes a map of more than %zu keys, the most that are read", MERGED_MAX);
		return false;
	}
	struct yaml_node **link = &map->first;
	while (*link != merge)
		link = &(*link)->next;
	*link = merge->next;
	map->count--;
	if (merge->kind == YAML_MAP)
		merge_entries(map, merge);
	for (struct yaml_node *part = merge->kind == YAML_LIST ? merge->first : NULL; part; part = part->next)
		if (part->kind == YAML_MAP)
			merge_entries(map, part);
	return true;
}

/* Takes the event over. NULL where reading must stop. */
static struct yaml_node *read_node(struct reader *reader, yaml_event_t *event)
{
	struct diag_place place = place_of_mark(reader, event->start_mark);
	struct yaml_node *node = NULL;
	yaml_event_type_t type = event->type;
	const char *anchor;
	const char *tag;
	bool is_admitted = admit(reader, event, place, &anchor, &tag);
	const char *name = is_admitted && anchor ? arena_strdup(reader->arena, anchor) : NULL;
	if (is_admitted && type == YAML_ALIAS_EVENT) {
		yaml_event_delete(event);
		return read_alias(reader, name, place);
	}
	if (is_admitted) {
		node = ARENA_NEW(reader->arena, struct yaml_node);
		node->place = place;
		node->tag = tag ? arena_strdup(reader->arena, tag) : NULL;
		if (type == YAML_SCALAR_EVENT)
			read_scalar(reader, node, event);
		else
			node->kind = type == YAML_MAPPING_START_EVENT ? YAML_MAP : YAML_LIST;
	}
	yaml_event_delete(event);
	if (node && node->kind != YAML_SCALAR && !read_children(reader, node))
		return NULL;
	if (node && node->kind == YAML_MAP && reader->is_template && !merge_keys(reader, node))
		return NULL;
	return node && name && !add_anchor(reader, name, node) ? NULL : node;
}

/* Takes the next event, whose type follows from the grammar, off the stream. */
static bool skip_event(struct reader *reader)
{
	yaml_event_t event;
	if (!next_event(reader, &event))
		return false;
	yaml_event_delete(&event);
	return true;
}

/* Between documents: *found tells whether another one begins here. */
static bool begin_document(struct reader *reader, bool *found)
{
	yaml_event_t event;
	if (!next_event(reader, &event))
		return false;
	*found = event.type == YAML_DOCUMENT_START_EVENT;
	struct diag_place place = place_of_mark(reader, event.start_mark);
	yaml_event_delete(&event);
	if (*found && reader->nodes > 0)
		diag_error(reader->diag, place, "a second document; only one is allowed in a file");
	return true;
}

static struct yaml_node *read_document(struct reader *reader)
{
	bool found = false;
	if (!skip_event(reader) || !begin_document(reader, &found))
		return NULL;
	struct yaml_node *root = NULL;
	if (found) {
		yaml_event_t event;
		if (!next_event(reader, &event))
			return NULL;
		root = read_node(reader, &event);
		if (!root || !skip_event(reader) || !begin_document(reader, &found))
			return NULL;
	}
	bool is_empty = !root || (root->kind == YAML_SCALAR && !root->quoted && root->text[0] == '\0');
	if (is_empty)
		diag_error(reader->diag, (struct diag_place){.file = reader->file}, "the document is empty");
	return is_empty ? NULL : root;
}

static struct yaml_node *parse_document(const char *file, const char *text, size_t length, bool is_template,
					struct arena *arena, struct diag *diag)
{
	size_t bytes_max = is_template ? YAML_TEMPLATE_BYTES_MAX : YAML_BYTES_MAX;
	if (length > bytes_max) {
		diag_error(diag, (struct diag_place){.file = file}, "%zu bytes; at most %zu are read", length,
			   bytes_max);
		return NULL;
	}
	/* libyaml would count it as a column. */
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	if (length >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
		text += 3;
		length -= 3;
	}
	struct reader reader = {
		.file = file, .text = text, .length = length, .arena = arena, .diag = diag, .is_template = is_template};
	if (!yaml_parser_initialize(&reader.parser))
		die("out of memory while reading '%s'", file);
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)text, length);
	struct yaml_node *root = read_document(&reader);
	yaml_parser_delete(&reader.parser);
	return root;
}

struct yaml_node *yaml_parse(const char *file, const char *text, size_t length, struct arena *arena, struct diag *diag)
{
	return parse_document(file, text, length, false, arena, diag);
}

struct yaml_node *yaml_parse_template(const char *file, const char *text, size_t length, struct arena *arena,
				      struct diag *diag)
{
	return parse_document(file, text, length, true, arena, diag);
}

struct yaml_node *yaml_read(const char *path, struct arena *arena, struct diag *diag, bool *io_failed)
{
	char *text;
	size_t length;
	struct err err;
	bool ok = file_read(path, YAML_BYTES_MAX, arena, &text, &length, &err);
	if (io_failed)
		*io_failed = !ok;
	if (!ok) {
		diag_error(diag, (struct diag_place){0}, "%s", err.text);
		return NULL;
	}
	return yaml_parse(strcmp(path, "-") == 0 ? "<stdin>" : path, text, length, arena, diag);
}

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (struct yaml_node *entry = map->first; entry; entry = entry->next)
		if (strcmp(entry->key, key) == 0)
			return entry;
	return NULL;
}

static bool is_word(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

enum yaml_type yaml_type_of(const struct yaml_node *node)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
	static const char *const bools[] = {"true", "True", "TRUE", "false", "False", "FALSE", NULL};
	static const char *const floats[] = {"-.inf", "-.Inf", "-.INF", ".Inf", ".INF", ".nan", ".NaN", ".NAN", NULL};
	double number;
	if (node->kind != YAML_SCALAR)
		return node->kind == YAML_MAP ? YAML_TYPE_MAP : YAML_TYPE_LIST;
	if (node->quoted)
		return YAML_TYPE_TEXT;
	if (is_word(node->text, nulls))
		return YAML_TYPE_NULL;
	if (is_word(node->text, bools))
		return YAML_TYPE_BOOL;
	if (num_parse_double(node->text, &number) || is_word(node->text, floats))
		return YAML_TYPE_NUMBER;
	return YAML_TYPE_TEXT;
}

const char *yaml_describe(const struct yaml_node *node, struct arena *arena)
{
	static const char *const formats[] = {
		[YAML_TYPE_NULL] = "nothing",   [YAML_TYPE_BOOL] = "%s",     [YAML_TYPE_NUMBER] = "number %s",
		[YAML_TYPE_TEXT] = "text '%s'", [YAML_TYPE_LIST] = "a list", [YAML_TYPE_MAP] = "a mapping",
	};
	const char *format = formats[yaml_type_of(node)];
	const char *hole = strstr(format, "%s");
	if (!hole)
		return format;
	return arena_printf(arena, "%.*s%s%s", (int)(hole - format), format, diag_excerpt(node->text, arena), hole + 2);
}
