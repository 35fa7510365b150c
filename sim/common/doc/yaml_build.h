/*
 * YAML trees made by the program, entry by entry. Texts are not copied and must live as long as the tree. Entries have
 * their parent's place.
 */
#ifndef LAMINA_YAML_BUILD_H
#define LAMINA_YAML_BUILD_H

#include <stdint.h>

#include "base/arena.h"
#include "doc/yaml.h"

/* An empty map, for a root. */
struct yaml_node *yaml_build_map(struct arena *arena);

/* A new last child of a map (with its key) or of a list (key NULL). */
struct yaml_node *yaml_build_add(struct yaml_node *parent, enum yaml_kind kind, const char *key, struct arena *arena);

/* The same as a scalar. Text stays text, even where it looks like a number. */
void yaml_build_text(struct yaml_node *parent, const char *key, const char *text, struct arena *arena);
void yaml_build_int(struct yaml_node *parent, const char *key, int64_t value, struct arena *arena);
void yaml_build_bool(struct yaml_node *parent, const char *key, bool value, struct arena *arena);

/* Rounded to this many significant digits. */
void yaml_build_number(struct yaml_node *parent, const char *key, double value, int digits, struct arena *arena);

#endif
