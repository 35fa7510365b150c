/*
 * Changing a tree by dotted keys, copying and comparing. Everything that can be wrong with a change is found before
 * the tree is touched: a failed change leaves it as it was.
 */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "doc/yaml.h"

/* The element that holds `name: part`, else the one at that index. */
static struct yaml_node *find_element(const struct yaml_node *list, const char *part)
{
	for (struct yaml_node *element = list->first; element; element = element->next) {
		const struct yaml_node *name = yaml_get(element, "name");
		if (name && name->kind == YAML_SCALAR && strcmp(name->text, part) == 0)
			return element;
	}
	int64_t index;
	if (!num_parse_int64(part, &index) || index < 0)
		return NULL;
	struct yaml_node *element = list->first;
	while (element && index-- > 0)
		element = element->next;
	return element;
}

static struct yaml_node *find_child(const struct yaml_node *node, const char *part)
{
	return node->kind == YAML_LIST ? find_element(node, part) : yaml_get(node, part);
}

static void report_no_element(const struct dotted *key, size_t depth, const struct yaml_node *list,
			      struct diag_place place, struct arena *arena, struct diag *diag)
{
	const char **names = ARENA_ARRAY(arena, const char *, list->count);
	size_t count = 0;
	for (const struct yaml_node *element = list->first; element; element = element->next) {
		const struct yaml_node *name = yaml_get(element, "name");
		if (name && name->kind == YAML_SCALAR)
			names[count++] = name->text;
	}
	const char *meant = did_you_mean(key->parts[depth], names, count);
	const char *missing = diag_excerpt(key->parts[depth], arena);
	const char *where = depth > 0 ? dotted_prefix(key, depth, arena) : "the document";
	if (meant)
		diag_error(diag, place, "no element '%s' in the list '%s'; did you mean '%s'?", missing, where,
			   diag_excerpt(meant, arena));
	else
		diag_error(diag, place, "no element '%s' in the list '%s', which has %zu", missing, where, list->count);
}

/*
 * The deepest existing node on the key's path; *depth is the number of parts that lead there. NULL, with a diag error,
 * where the path cannot go on from it.
 */
static struct yaml_node *find_deepest(struct yaml_node *root, const struct dotted *key, size_t *depth,
				      struct diag_place place, struct arena *arena, struct diag *diag)
{
	struct yaml_node *node = root;
	for (*depth = 0; *depth < key->count; ++*depth) {
		struct yaml_node *child = find_child(node, key->parts[*depth]);
		if (child) {
			node = child;
			continue;
		}
		enum yaml_type type = yaml_type_of(node);
		if (type == YAML_TYPE_MAP || type == YAML_TYPE_NULL)
			return node;
		if (type == YAML_TYPE_LIST)
			report_no_element(key, *depth, node, place, arena, diag);
		else
			diag_error(diag, place, "'%s' cannot be set: '%s' is %s, not a mapping",
				   dotted_prefix(key, key->count, arena),
				   *depth > 0 ? dotted_prefix(key, *depth, arena) : "the document",
				   yaml_describe(node, arena));
		return NULL;
	}
	return node;
}

static struct yaml_node *add_entry(struct yaml_node *map, const char *key, struct diag_place place, struct arena *arena)
{
	struct yaml_node **tail = &map->first;
	while (*tail)
		tail = &(*tail)->next;
	struct yaml_node *entry = ARENA_NEW(arena, struct yaml_node);
	entry->kind = YAML_MAP;
	entry->place = place;
	entry->key = key;
	entry->key_place = place;
	*tail = entry;
	map->count++;
	return entry;
}

/* node keeps its key and its neighbours. */
static void replace_content(struct yaml_node *node, const struct yaml_node *value, struct diag_place place)
{
	node->kind = value->kind;
	node->place = value->place;
	node->text = value->text;
	node->quoted = value->quoted;
	node->first = value->first;
	node->count = value->count;
	node->key_place = place;
}

/* Levels of lists and maps in a tree: 0 for a scalar. */
static size_t depth_of(const struct yaml_node *node)
{
	size_t deepest = 0;
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		size_t depth = depth_of(child);
		deepest = depth > deepest ? depth : deepest;
	}
	return node->kind == YAML_SCALAR ? 0 : deepest + 1;
}

bool yaml_set_node(struct yaml_node *root, const char *dotted_key, const struct yaml_node *value,
		   struct diag_place place, struct arena *arena, struct diag *diag)
{
	struct dotted key;
	if (!dotted_split(&key, dotted_key, place, arena, diag))
		return false;
	if (key.count + depth_of(value) > YAML_DEPTH_MAX) {
		diag_error(diag, place, "'%s' would be nested more than %d levels deep, the most that is allowed",
			   dotted_prefix(&key, key.count, arena), YAML_DEPTH_MAX);
		return false;
	}
	size_t depth;
	struct yaml_node *node = find_deepest(root, &key, &depth, place, arena, diag);
	if (!node)
		return false;
	/* A copy first: value may be part of the tree that is changed. */
	struct yaml_node *copy = yaml_copy(value, arena);
	if (depth < key.count)
		node->kind = YAML_MAP;
	for (; depth < key.count; depth++)
		node = add_entry(node, key.parts[depth], place, arena);
	replace_content(node, copy, place);
	return true;
}

void yaml_merge(struct yaml_node *map, const struct yaml_node *over, struct arena *arena)
{
	CHECK(map->kind == YAML_MAP);
	CHECK(over->kind == YAML_MAP);
	for (const struct yaml_node *entry = over->first; entry; entry = entry->next) {
		struct yaml_node *below = yaml_get(map, entry->key);
		if (below && below->kind == YAML_MAP && entry->kind == YAML_MAP) {
			yaml_merge(below, entry, arena);
			continue;
		}
		if (!below)
			below = add_entry(map, arena_strdup(arena, entry->key), entry->key_place, arena);
		replace_content(below, yaml_copy(entry, arena), entry->key_place);
	}
}

static void set_places(struct yaml_node *node, struct diag_place place)
{
	node->place = place;
	node->key_place = place;
	for (struct yaml_node *child = node->first; child; child = child->next)
		set_places(child, place);
}

bool yaml_set(struct yaml_node *root, const char *dotted_key, const char *value_text, struct diag_place place,
	      struct arena *arena, struct diag *diag)
{
	const char *shown_key = diag_excerpt(dotted_key, arena);
	if (value_text[strspn(value_text, " \t\r\n")] == '\0') {
		diag_error(diag, place, "no value for '%s'; write \"\" for an empty text, null for none", shown_key);
		return false;
	}
	/* The value's own line and column mean nothing to a user who typed it on the command line. */
	struct diag mistakes;
	diag_init(&mistakes);
	struct yaml_node *value = yaml_parse(place.file, value_text, strlen(value_text), arena, &mistakes);
	for (size_t i = 0; i < mistakes.count; i++)
		diag_error(diag, place, "in the value of '%s': %s", shown_key, mistakes.entries[i].text);
	bool ok = value && !diag_has_errors(&mistakes);
	diag_release(&mistakes);
	if (!ok)
		return false;
	set_places(value, place);
	return yaml_set_node(root, dotted_key, value, place, arena, diag);
}

void yaml_remove(struct yaml_node *map, const char *key)
{
	struct yaml_node **link = &map->first;
	while (map->kind == YAML_MAP && *link && strcmp((*link)->key, key) != 0)
		link = &(*link)->next;
	if (map->kind != YAML_MAP || !*link)
		return;
	*link = (*link)->next;
	map->count--;
}

struct yaml_node *yaml_copy(const struct yaml_node *node, struct arena *arena)
{
	struct yaml_node *copy = ARENA_NEW(arena, struct yaml_node);
	*copy = *node;
	copy->text = node->text ? arena_strdup(arena, node->text) : NULL;
	copy->key = node->key ? arena_strdup(arena, node->key) : NULL;
	copy->next = NULL;
	struct yaml_node **tail = &copy->first;
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		*tail = yaml_copy(child, arena);
		tail = &(*tail)->next;
	}
	return copy;
}

bool yaml_equal(const struct yaml_node *a, const struct yaml_node *b)
{
	enum yaml_type type = yaml_type_of(a);
	if (type != yaml_type_of(b) || a->count != b->count)
		return false;
	if (a->kind == YAML_SCALAR)
		return type == YAML_TYPE_NULL || strcmp(a->text, b->text) == 0;
	const struct yaml_node *y = b->first;
	for (const struct yaml_node *x = a->first; x; x = x->next, y = y->next) {
		if (a->kind == YAML_MAP && strcmp(x->key, y->key) != 0)
			return false;
		if (!yaml_equal(x, y))
			return false;
	}
	return true;
}

bool dotted_split(struct dotted *dotted, const char *key, struct diag_place place, struct arena *arena,
		  struct diag *diag)
{
	*dotted = (struct dotted){0};
	const char *part = key;
	for (;;) {
		size_t length = strcspn(part, ".");
		if (length == 0) {
			diag_error(diag, place, "'%s' has an empty part; keys are joined by single dots",
				   diag_excerpt(key, arena));
			return false;
		}
		if (dotted->count == YAML_DEPTH_MAX) {
			diag_error(diag, place, "'%s' has more than %d parts", diag_excerpt(key, arena),
				   YAML_DEPTH_MAX);
			return false;
		}
		dotted->parts[dotted->count++] = arena_strndup(arena, part, length);
		if (part[length] == '\0')
			return true;
		part += length + 1;
	}
}

const char *dotted_prefix(const struct dotted *dotted, size_t count, struct arena *arena)
{
	CHECK(count >= 1);
	CHECK(count <= dotted->count);
	struct buf text;
	buf_init(&text);
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s%s", i > 0 ? "." : "", dotted->parts[i]);
	const char *prefix = diag_excerpt(buf_text(&text), arena);
	buf_release(&text);
	return prefix;
}

struct yaml_node *yaml_build_map(struct arena *arena)
{
	struct yaml_node *map = ARENA_NEW(arena, struct yaml_node);
	map->kind = YAML_MAP;
	return map;
}

struct yaml_node *yaml_build_add(struct yaml_node *parent, enum yaml_kind kind, const char *key, struct arena *arena)
{
	CHECK(parent->kind == (key ? YAML_MAP : YAML_LIST));
	struct yaml_node *node = ARENA_NEW(arena, struct yaml_node);
	node->kind = kind;
	node->key = key;
	node->place = parent->place;
	node->key_place = parent->place;
	struct yaml_node **tail = &parent->first;
	while (*tail)
		tail = &(*tail)->next;
	*tail = node;
	parent->count++;
	return node;
}

void yaml_build_text(struct yaml_node *parent, const char *key, const char *text, struct arena *arena)
{
	struct yaml_node *node = yaml_build_add(parent, YAML_SCALAR, key, arena);
	node->text = text;
	node->quoted = true;
}

void yaml_build_int(struct yaml_node *parent, const char *key, int64_t value, struct arena *arena)
{
	yaml_build_add(parent, YAML_SCALAR, key, arena)->text = arena_printf(arena, "%lld", (long long)value);
}

void yaml_build_bool(struct yaml_node *parent, const char *key, bool value, struct arena *arena)
{
	yaml_build_add(parent, YAML_SCALAR, key, arena)->text = value ? "true" : "false";
}

void yaml_build_number(struct yaml_node *parent, const char *key, double value, int digits, struct arena *arena)
{
	yaml_build_add(parent, YAML_SCALAR, key, arena)->text = arena_printf(arena, "%.*g", digits, value);
}
