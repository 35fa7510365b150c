#include "deploy/for_each.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

static const char prefix[] = "Fn::ForEach::";

struct loop {
	const char *name;
	const char *value;
	struct arena *arena;
	int64_t *left;
};

bool for_each_is(const struct yaml_node *entry)
{
	return entry->key && strncmp(entry->key, prefix, strlen(prefix)) == 0;
}

/* With the loop's value for "${NAME}" and "&{NAME}". */
static const char *replaced_text(const struct loop *loop, const char *text)
{
	size_t length = strlen(loop->name);
	struct buf out;
	if (!strstr(text, "{"))
		return text;
	buf_init(&out);
	for (const char *at = text; *at; at++) {
		bool is_here = (at[0] == '$' || at[0] == '&') && at[1] == '{' &&
			       strncmp(at + 2, loop->name, length) == 0 && at[2 + length] == '}';
		if (!is_here) {
			buf_add_char(&out, *at);
			continue;
		}
		for (const char *p = loop->value; *p; p++)
			if (*at == '$' || isalnum((unsigned char)*p))
				buf_add_char(&out, *p);
		at += 2 + length;
	}
	const char *whole = arena_strdup(loop->arena, buf_text(&out));
	buf_release(&out);
	return whole;
}

/* !Ref NAME, {"Ref": NAME} */
static bool is_reference(const struct loop *loop, const struct yaml_node *node)
{
	const struct yaml_node *ref = node->kind == YAML_MAP && node->count == 1 ? yaml_get(node, "Ref") : NULL;
	ref = ref || !node->tag || strcmp(node->tag, "!Ref") != 0 ? ref : node;
	return ref && ref->kind == YAML_SCALAR && strcmp(ref->text, loop->name) == 0;
}

/* NULL where too many would be made. */
static struct yaml_node *replaced(const struct loop *loop, const struct yaml_node *node)
{
	struct yaml_node *copy = ARENA_NEW(loop->arena, struct yaml_node);
	if (--*loop->left < 0)
		return NULL;
	*copy = *node;
	copy->next = NULL;
	copy->key = node->key ? replaced_text(loop, node->key) : NULL;
	if (is_reference(loop, node)) {
		copy->kind = YAML_SCALAR;
		copy->tag = NULL;
		copy->text = loop->value;
		return copy;
	}
	if (node->kind == YAML_SCALAR) {
		copy->text = replaced_text(loop, node->text);
		return copy;
	}
	struct yaml_node **tail = &copy->first;
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		*tail = replaced(loop, child);
		if (!*tail)
			return NULL;
		tail = &(*tail)->next;
	}
	return copy;
}

/* Adds the entries for one value; false where there are too many. */
static bool add_round(const struct loop *loop, const struct yaml_node *entries, struct yaml_node *out)
{
	struct yaml_node **tail = &out->first;
	while (*tail)
		tail = &(*tail)->next;
	for (const struct yaml_node *entry = entries->first; entry; entry = entry->next) {
		*tail = replaced(loop, entry);
		if (!*tail)
			return false;
		tail = &(*tail)->next;
		out->count++;
	}
	return true;
}

const struct yaml_node *for_each_expand(const struct yaml_node *entry, const struct yaml_node *values,
					struct arena *arena, int64_t *left)
{
	const struct yaml_node *name = entry->kind == YAML_LIST && entry->count == 3 ? entry->first : NULL;
	const struct yaml_node *entries = name ? name->next->next : NULL;
	if (!name || name->kind != YAML_SCALAR || entries->kind != YAML_MAP || !values || values->kind == YAML_MAP)
		return NULL;
	struct yaml_node *out = yaml_build_map(arena);
	struct loop loop = {.name = name->text, .arena = arena, .left = left};
	for (const struct yaml_node *value = values->kind == YAML_LIST ? values->first : NULL; value;
	     value = value->next) {
		loop.value = value->kind == YAML_SCALAR && !value->tag ? value->text : NULL;
		if (!loop.value || !add_round(&loop, entries, out))
			return NULL;
	}
	const char *text = values->kind == YAML_SCALAR ? values->text : "";
	while (*text) {
		text += strspn(text, ", ");
		size_t length = strcspn(text, ",");
		loop.value = arena_strndup(arena, text, length);
		if (length > 0 && !add_round(&loop, entries, out))
			return NULL;
		text += length;
	}
	return out;
}
