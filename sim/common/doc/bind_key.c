/* Whether a dotted key can exist, from the table alone: --set and sweep keys are checked before any point is run. */
#include "base/num.h"
#include "doc/bind_row.h"
#include "doc/yaml.h"

/* How many parts of a key a row takes below its own: names and indices that the table does not know. */
enum row_shape { ROW_LEAF, ROW_NESTED, ROW_NESTED_IN_COLLECTION, ROW_COLLECTION, ROW_FREE };

static const enum row_shape shapes[] = {
	[BIND_BOOL] = ROW_LEAF,
	[BIND_INT] = ROW_LEAF,
	[BIND_DOUBLE] = ROW_LEAF,
	[BIND_TEXT] = ROW_LEAF,
	[BIND_CHOICE] = ROW_LEAF,
	[BIND_STRUCT] = ROW_NESTED,
	[BIND_DOUBLE_LIST] = ROW_COLLECTION,
	[BIND_INT_LIST] = ROW_COLLECTION,
	[BIND_TEXT_LIST] = ROW_COLLECTION,
	[BIND_STRUCT_LIST] = ROW_NESTED_IN_COLLECTION,
	[BIND_STRUCT_MAP] = ROW_NESTED_IN_COLLECTION,
	[BIND_NODE] = ROW_FREE,
};

static bool report_no_keys_below(const struct dotted *key, size_t depth, struct diag_place place, struct diag *diag)
{
	diag_error(diag, place, "unknown key '%s': '%s' has no keys below it",
		   dotted_prefix(key, key->count, &diag->arena), dotted_prefix(key, depth, &diag->arena));
	return false;
}

bool bind_check_key(const struct bind_schema *schema, const char *dotted_key, struct diag_place place,
		    struct diag *diag)
{
	struct arena *arena = &diag->arena;
	struct dotted key;
	if (!dotted_split(&key, dotted_key, place, arena, diag))
		return false;
	for (size_t depth = 0; depth < key.count;) {
		const char *prefix = depth > 0 ? arena_printf(arena, "%s.", dotted_prefix(&key, depth, arena)) : "";
		const struct bind_field *field = bind_find_field(schema, key.parts[depth]);
		if (!field) {
			bind_refuse_unknown(schema, key.parts[depth], prefix, place, diag);
			return false;
		}
		depth++;
		enum row_shape shape = shapes[field->type];
		if (shape == ROW_FREE)
			return true;
		if (shape == ROW_NESTED_IN_COLLECTION || (shape == ROW_COLLECTION && depth < key.count))
			depth++;
		if (depth < key.count && (shape == ROW_LEAF || shape == ROW_COLLECTION))
			return report_no_keys_below(&key, depth, place, diag);
		schema = field->schema;
	}
	return true;
}
