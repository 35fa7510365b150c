/*
 * Deployment files of other tools as trees: YAML with its tags, or JSON. A value that only the tool can work out (a
 * reference, a substitution) is told from one that is there.
 */
#ifndef LAMINA_TEMPLATE_H
#define LAMINA_TEMPLATE_H /* private to deploy */

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/yaml.h"

/*
 * Reads path ("-" is standard input); what begins with '{' is JSON, or else YAML in flow style. NULL with diag errors;
 * *io_failed tells a file that cannot be read. path must outlive the tree.
 */
struct yaml_node *template_read(const char *path, struct arena *arena, struct diag *diag, bool *io_failed);

/*
 * What stands as one text at a node, such as a state machine's definition; NULL where the text is no tree. Its nodes
 * have the lines of a block, else the node's place.
 */
struct yaml_node *template_parse_within(const struct yaml_node *node, struct arena *arena);

/*
 * The node at a dotted path ("EphemeralStorage.Size"; elements of lists by index) below node, or NULL. Stops at a
 * node that is not resolved and returns that.
 */
const struct yaml_node *template_find(const struct yaml_node *node, const char *path);

/* The same; *path becomes what is left of it behind the node. */
const struct yaml_node *template_find_on(const struct yaml_node *node, const char **path);

/* Whether the value is a reference: tagged, {"Ref": ...}, {"Fn::...": ...} or with ${...} in its text. */
bool template_is_unresolved(const struct yaml_node *node);

/* What a reference refers to: "Size" of !Ref Size, {"Ref": "Size"}, !GetAtt Size.Arn, "${Size}"; NULL where it does not
 * name one thing. */
const char *template_referent(const struct yaml_node *node, struct arena *arena);

/*
 * The text that a substitution (Fn::Sub) is made in, what Fn::Join makes with references as "${Name.Arn}", or a plain
 * scalar's; NULL of anything else.
 */
const char *template_text(const struct yaml_node *node, struct arena *arena);

/* A text as it is written, or a reference as it would stand in one: "${Size.Arn}". NULL of anything else. */
const char *template_written(const struct yaml_node *node, struct arena *arena);

/* The reference as it is written: "!Ref Size", "Ref Size", "${self:custom.size}". */
const char *template_describe(const struct yaml_node *node, struct arena *arena);

#endif
