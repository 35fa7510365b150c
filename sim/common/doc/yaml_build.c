#include "doc/yaml_build.h"

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
