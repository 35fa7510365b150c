#include "deploy/substitution.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/file.h"
#include "base/num.h"
#include "deploy/template.h"
#include "deploy/terraform_expression.h"

enum {
	DEPTH_MAX = 32,               /* references that lead to references */
	SUBSTITUTIONS_MAX = 64,       /* in one text */
	TEXT_BYTES_MAX = 1024 * 1024, /* that they may make together */
	REFERENCES_OF_FILE = 10000,   /* as many as a file counts for */
};

struct inventory_file {
	const char *path;
	const struct yaml_node *root; /* NULL: it cannot be read */
	struct inventory_file *next;
};

/* False where references together have led to too many: what they stand for is then not known. */
static bool spend(const struct substitution *substitution, int64_t count)
{
	struct inventory_references *references = substitution->inventory->references;
	references->left -= references->left >= count ? count : references->left;
	return references->left > 0;
}

static const struct yaml_node none = {.kind = YAML_SCALAR, .text = "null"};

static const struct yaml_node *resolve(const struct substitution *substitution, const struct yaml_node *node,
				       int depth);

static const struct yaml_node *scalar(const struct substitution *substitution, const char *text,
				      struct diag_place place)
{
	struct yaml_node *node = ARENA_NEW(substitution->arena, struct yaml_node);
	*node = (struct yaml_node){.place = place, .text = text};
	return node;
}

static const char *given_value(const struct substitution *substitution, const char *name)
{
	const struct inventory_parameters *given = &substitution->inventory->parameters;
	size_t length = strlen(name);
	for (size_t i = given->count; i > 0; i--) {
		const char *pair = given->pairs[i - 1];
		if (strncmp(pair, name, length) == 0 && pair[length] == '=')
			return pair + length + 1;
	}
	return NULL;
}

static const char *text_of(const struct yaml_node *node)
{
	return node && node != &none && node->kind == YAML_SCALAR ? node->text : NULL;
}

/* The resolved text of an argument: the element of a list at an index, or with -1 the node itself. */
static const char *argument(const struct substitution *substitution, const struct yaml_node *list, int index, int depth)
{
	const struct yaml_node *node = list;
	if (index >= 0) {
		node = list->kind == YAML_LIST ? list->first : NULL;
		while (node && index-- > 0)
			node = node->next;
	}
	return node ? text_of(resolve(substitution, node, depth)) : NULL;
}

static const struct yaml_node *nth(const struct yaml_node *list, int index)
{
	const struct yaml_node *node = list->kind == YAML_LIST ? list->first : NULL;
	while (node && index-- > 0)
		node = node->next;
	return node;
}

static const struct yaml_node *resolve_parameter(const struct substitution *substitution, const char *name,
						 struct diag_place place)
{
	const char *given = given_value(substitution, name);
	if (given)
		return scalar(substitution, given, place);
	if (strcmp(name, "AWS::NoValue") == 0)
		return &none;
	const struct yaml_node *parameter = yaml_get(yaml_get(substitution->inventory->root, "Parameters"), name);
	const struct yaml_node *fallback = yaml_get(parameter, "Default");
	return fallback && fallback->kind == YAML_SCALAR ? fallback : NULL;
}

enum truth { FALSE, TRUE, UNDECIDED };

static enum truth is_true(const struct substitution *substitution, const struct yaml_node *condition, int depth);

static enum truth condition_named(const struct substitution *substitution, const char *name, int depth)
{
	const struct yaml_node *condition = yaml_get(yaml_get(substitution->inventory->root, "Conditions"), name);
	return condition ? is_true(substitution, condition, depth) : UNDECIDED;
}

/* The name of an intrinsic function without "!" or "Fn::"; NULL where the node is none. *arguments are its. */
static const char *function_of(const struct yaml_node *node, const struct yaml_node **arguments)
{
	*arguments = node;
	if (node->tag && node->tag[0] == '!')
		return node->tag + 1;
	if (node->kind != YAML_MAP || node->count != 1)
		return NULL;
	*arguments = node->first;
	if (strncmp(node->first->key, "Fn::", 4) == 0)
		return node->first->key + 4;
	bool is_short = strcmp(node->first->key, "Ref") == 0 || strcmp(node->first->key, "Condition") == 0;
	return is_short ? node->first->key : NULL;
}

/* An argument that a short form's tag would make the function again. */
static const struct yaml_node *untagged(const struct substitution *substitution, const struct yaml_node *node)
{
	if (!node->tag)
		return node;
	struct yaml_node *plain = ARENA_NEW(substitution->arena, struct yaml_node);
	*plain = *node;
	plain->tag = NULL;
	return plain;
}

static enum truth is_true(const struct substitution *substitution, const struct yaml_node *condition, int depth)
{
	const struct yaml_node *arguments;
	const char *name = function_of(condition, &arguments);
	if (!name || depth >= DEPTH_MAX || !spend(substitution, 1))
		return UNDECIDED;
	if (strcmp(name, "Condition") == 0 && arguments->kind == YAML_SCALAR)
		return condition_named(substitution, arguments->text, depth + 1);
	if (strcmp(name, "Equals") == 0) {
		const char *left = argument(substitution, arguments, 0, depth + 1);
		const char *right = argument(substitution, arguments, 1, depth + 1);
		return left && right ? (enum truth)(strcmp(left, right) == 0) : UNDECIDED;
	}
	bool is_and = strcmp(name, "And") == 0;
	bool is_not = strcmp(name, "Not") == 0;
	if (!is_and && !is_not && strcmp(name, "Or") != 0)
		return UNDECIDED;
	enum truth all = is_and ? TRUE : FALSE;
	for (const struct yaml_node *part = arguments->kind == YAML_LIST ? arguments->first : NULL; part;
	     part = part->next) {
		enum truth one = is_true(substitution, part, depth + 1);
		if (is_not)
			return one == UNDECIDED ? one : (enum truth) !one;
		if (one == (is_and ? FALSE : TRUE))
			return one;
		if (one == UNDECIDED)
			all = UNDECIDED;
	}
	return all;
}

static const struct yaml_node *find_in_map(const struct substitution *substitution, const struct yaml_node *arguments,
					   int depth)
{
	const struct yaml_node *node = yaml_get(substitution->inventory->root, "Mappings");
	for (int i = 0; i < 3 && node; i++) {
		const char *key = argument(substitution, arguments, i, depth);
		node = key ? yaml_get(node, key) : NULL;
	}
	return node;
}

static const struct yaml_node *resolve_if(const struct substitution *substitution, const struct yaml_node *arguments,
					  int depth)
{
	const struct yaml_node *condition = nth(arguments, 0);
	enum truth truth = UNDECIDED;
	if (condition && condition->kind == YAML_SCALAR)
		truth = condition_named(substitution, condition->text, depth);
	const struct yaml_node *chosen = truth == UNDECIDED ? NULL : nth(arguments, truth == TRUE ? 1 : 2);
	return chosen ? resolve(substitution, chosen, depth) : NULL;
}

/* ${Name} of Fn::Sub: of its own map, or a parameter. */
static const struct yaml_node *substituted(const struct substitution *substitution, const struct yaml_node *own,
					   const char *name, struct diag_place place, int depth)
{
	const struct yaml_node *stated = yaml_get(own, name);
	return stated ? resolve(substitution, stated, depth) : resolve_parameter(substitution, name, place);
}

static const struct yaml_node *down_path(const struct substitution *substitution, const struct yaml_node *node,
					 const char *path, int depth)
{
	while (node && *path) {
		size_t length = strcspn(path, ".");
		node = resolve(substitution, node, depth);
		if (!node || node->kind == YAML_SCALAR)
			return NULL;
		char *part = arena_strndup(substitution->arena, path, length);
		int64_t index;
		if (node->kind == YAML_MAP)
			node = yaml_get(node, part);
		else
			node = num_parse_int64(part, &index) && index >= 0 && index < (int64_t)node->count
				       ? nth(node, (int)index)
				       : NULL;
		path += length + (path[length] == '.');
	}
	return node ? resolve(substitution, node, depth) : NULL;
}

static const struct yaml_node *at_path(const struct substitution *substitution, const char *path, int depth)
{
	return down_path(substitution, substitution->inventory->root, path, depth);
}

static const char *trimmed(const char *text, size_t length, struct arena *arena)
{
	while (length > 0 && text[0] == ' ') {
		text++;
		length--;
	}
	while (length > 0 && text[length - 1] == ' ')
		length--;
	return arena_strndup(arena, text, length);
}

/* The stage of a service that names none is dev. */
static const struct yaml_node *serverless_stage(const struct substitution *substitution, struct diag_place place,
						int depth)
{
	const char *given = given_value(substitution, "stage");
	const struct yaml_node *stage = given ? NULL : at_path(substitution, "provider.stage", depth);
	return stage ? stage : scalar(substitution, given ? given : "dev", place);
}

/* Of `params`: the stage's own, else the default's. */
static const struct yaml_node *serverless_parameter(const struct substitution *substitution, const char *name,
						    struct diag_place place, int depth)
{
	const char *stage = text_of(serverless_stage(substitution, place, depth));
	const char *const sides[] = {stage ? stage : "default", "default"};
	for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
		const char *path = arena_printf(substitution->arena, "params.%s.%s", sides[i], name);
		const struct yaml_node *found = at_path(substitution, path, depth);
		if (found)
			return found;
	}
	return NULL;
}

/* A file's root, read once; NULL where that cannot be. */
static const struct yaml_node *file_beside(const struct substitution *substitution, const char *path)
{
	struct inventory_references *references = substitution->inventory->references;
	for (const struct inventory_file *file = references->files; file; file = file->next)
		if (strcmp(file->path, path) == 0)
			return file->root;
	if (!spend(substitution, REFERENCES_OF_FILE))
		return NULL;
	bool io_failed;
	struct diag unheard;
	struct inventory_file *file = ARENA_NEW(substitution->arena, struct inventory_file);
	diag_init(&unheard);
	*file = (struct inventory_file){path, template_read(path, substitution->arena, &unheard, &io_failed),
					references->files};
	if (diag_has_errors(&unheard))
		file->root = NULL;
	diag_release(&unheard);
	references->files = file;
	return file->root;
}

/* "path/to/it.yml):a.b": what stands there in a file, seen from the service's own. */
static const struct yaml_node *in_file(const struct substitution *substitution, const char *source, int depth)
{
	static const char *const endings[] = {".yml", ".yaml", ".json"};
	size_t length = strcspn(source, ")");
	const char *name = trimmed(source, length, substitution->arena);
	const char *dot = strrchr(name, '.');
	bool is_text = false;
	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		is_text = is_text || (dot && strcmp(dot, endings[i]) == 0);
	if (!is_text || source[length] == '\0')
		return NULL;
	const char *path = file_resolve(substitution->inventory->file, name, substitution->arena);
	const struct yaml_node *root = file_beside(substitution, path);
	const char *rest = source + length + 1;
	return root ? down_path(substitution, root, rest[0] == ':' ? rest + 1 : "", depth) : NULL;
}

/* One of the alternatives of a variable of the Serverless Framework: self:PATH, opt:NAME, 'text', a number. */
static const struct yaml_node *serverless_source(const struct substitution *substitution, const char *source,
						 struct diag_place place, int depth)
{
	double number;
	size_t length = strlen(source);
	if (length >= 2 && (source[0] == '\'' || source[0] == '"') && source[length - 1] == source[0])
		return scalar(substitution, arena_strndup(substitution->arena, source + 1, length - 2), place);
	if (num_parse_double(source, &number) || strcmp(source, "true") == 0 || strcmp(source, "false") == 0)
		return scalar(substitution, source, place);
	if (strncmp(source, "file(", 5) == 0)
		return in_file(substitution, source + 5, depth);
	const char *colon = strchr(source, ':');
	if (!colon)
		return NULL;
	const char *given = given_value(substitution, colon + 1);
	if (given)
		return scalar(substitution, given, place);
	if (strncmp(source, "self:", 5) == 0)
		return at_path(substitution, colon + 1, depth);
	if (strcmp(source, "sls:stage") == 0)
		return serverless_stage(substitution, place, depth);
	if (strncmp(source, "param:", 6) == 0)
		return serverless_parameter(substitution, colon + 1, place, depth);
	return NULL;
}

static const struct yaml_node *serverless_variable(const struct substitution *substitution, const char *variable,
						   struct diag_place place, int depth)
{
	for (const char *source = variable; *source;) {
		size_t length = strcspn(source, ",");
		const char *text = trimmed(source, length, substitution->arena);
		const struct yaml_node *node = serverless_source(substitution, text, place, depth);
		if (node)
			return node;
		source += length + (source[length] == ',');
	}
	return NULL;
}

/* A block of Terraform's, which may be a list of maps. */
static const struct yaml_node *in_block(const struct yaml_node *block, const char *name)
{
	const struct yaml_node *found = yaml_get(block, name);
	for (const struct yaml_node *part = block && block->kind == YAML_LIST ? block->first : NULL; part && !found;
	     part = part->next)
		found = yaml_get(part, name);
	return found;
}

/* --- Terraform --- */

static const struct yaml_node *refer(const void *context, const char *root, const char *name, struct diag_place place,
				     int depth)
{
	const struct substitution *substitution = context;
	const struct inventory_instance *instance = substitution->instance;
	const struct yaml_node *blocks = substitution->inventory->root;
	if (strcmp(root, "local") == 0) {
		const struct yaml_node *local = in_block(yaml_get(blocks, "locals"), name);
		return local ? resolve(substitution, local, depth) : NULL;
	}
	if (strcmp(root, "var") == 0) {
		const char *given = given_value(substitution, name);
		if (given)
			return scalar(substitution, given, place);
		const struct yaml_node *fallback =
			template_find(in_block(yaml_get(blocks, "variable"), name), "0.default");
		return fallback ? resolve(substitution, fallback, depth) : NULL;
	}
	if (!instance || (strcmp(root, "count") == 0) != instance->is_counted)
		return NULL;
	if (strcmp(name, "value") == 0)
		return resolve(substitution, instance->value, depth);
	struct yaml_node *key = terraform_new(YAML_SCALAR, instance->key, place, substitution->arena);
	key->quoted = !instance->is_counted;
	return key;
}

static const struct yaml_node *resolve_for_terraform(const void *context, const struct yaml_node *node, int depth)
{
	return resolve(context, node, depth);
}

static const struct yaml_node *terraform_value(const struct substitution *substitution, const char *text,
					       struct diag_place place, bool is_json, int depth)
{
	const struct terraform_scope scope = {
		.refer = refer,
		.resolve = resolve_for_terraform,
		.context = substitution,
		.depth = depth,
		.is_json = is_json,
		.arena = substitution->arena,
		.left = &substitution->inventory->references->left,
	};
	const struct yaml_node *value = terraform_text(&scope, text, place);
	bool is_null = value && value->kind == YAML_SCALAR && yaml_type_of(value) == YAML_TYPE_NULL;
	return is_null ? &none : value;
}

/* What stands between "${" and "}". */
static const struct yaml_node *evaluate(const struct substitution *substitution, const struct yaml_node *own,
					const char *expression, struct diag_place place, int depth)
{
	if (substitution->inventory->tool == TOOL_SERVERLESS)
		return serverless_variable(substitution, expression, place, depth);
	return substituted(substitution, own, expression, place, depth);
}

/* The innermost of nested substitutions: its first "${" without another one before its "}". */
static char *innermost(char *text, char **end)
{
	char *close = strchr(text, '}');
	for (; close; close = strchr(close + 1, '}')) {
		for (char *open = close; open > text;) {
			open--;
			if (open[0] == '$' && open[1] == '{') {
				*end = close;
				return open;
			}
		}
	}
	return NULL;
}

static const struct yaml_node *resolve_text(const struct substitution *substitution, const struct yaml_node *own,
					    const char *text, struct diag_place place, int depth)
{
	char *now = arena_strdup(substitution->arena, text);
	for (int i = 0; strstr(now, "${"); i++) {
		char *end;
		char *begin = innermost(now, &end);
		if (!begin || i == SUBSTITUTIONS_MAX || strlen(now) > TEXT_BYTES_MAX)
			return NULL;
		const char *expression = trimmed(begin + 2, (size_t)(end - begin - 2), substitution->arena);
		const struct yaml_node *value = evaluate(substitution, own, expression, place, depth);
		if (!value || (begin == now && end[1] == '\0'))
			return value;
		if (!text_of(value))
			return NULL;
		now = arena_printf(substitution->arena, "%.*s%s%s", (int)(begin - now), now, value->text, end + 1);
	}
	return scalar(substitution, now, place);
}

static const struct yaml_node *resolve_sub(const struct substitution *substitution, const struct yaml_node *arguments,
					   int depth)
{
	const struct yaml_node *text = arguments->kind == YAML_LIST ? arguments->first : arguments;
	if (!text || text->kind != YAML_SCALAR)
		return NULL;
	return resolve_text(substitution, nth(arguments, 1), text->text, arguments->place, depth);
}

static const struct yaml_node *resolve_join(const struct substitution *substitution, const struct yaml_node *arguments,
					    int depth)
{
	const struct yaml_node *pieces = nth(arguments, 1);
	const char *delimiter = argument(substitution, arguments, 0, depth);
	if (!pieces || pieces->kind != YAML_LIST || !delimiter)
		return NULL;
	struct buf text;
	buf_init(&text);
	bool is_known = true;
	for (const struct yaml_node *piece = pieces->first; piece && is_known; piece = piece->next) {
		const char *part = text_of(resolve(substitution, piece, depth));
		is_known = part != NULL && text.length < TEXT_BYTES_MAX;
		if (is_known)
			buf_printf(&text, "%s%s", piece == pieces->first ? "" : delimiter, part);
	}
	const char *whole = arena_strdup(substitution->arena, buf_text(&text));
	buf_release(&text);
	return is_known ? scalar(substitution, whole, arguments->place) : NULL;
}

static const struct yaml_node *resolve_select(const struct substitution *substitution,
					      const struct yaml_node *arguments, int depth)
{
	int64_t index;
	const char *which = argument(substitution, arguments, 0, depth);
	const struct yaml_node *list = nth(arguments, 1);
	if (!which || !num_parse_int64(which, &index) || index < 0 || !list || list->kind != YAML_LIST ||
	    index >= (int64_t)list->count)
		return NULL;
	return resolve(substitution, nth(list, (int)index), depth);
}

static const struct yaml_node *call(const struct substitution *substitution, const char *name,
				    const struct yaml_node *arguments, int depth)
{
	static const struct {
		const char *name;
		const struct yaml_node *(*resolve)(const struct substitution *, const struct yaml_node *, int);
	} functions[] = {
		{"FindInMap", find_in_map}, {"If", resolve_if},         {"Sub", resolve_sub},
		{"Join", resolve_join},     {"Select", resolve_select},
	};
	if (strcmp(name, "Ref") == 0)
		return arguments->kind == YAML_SCALAR
			       ? resolve_parameter(substitution, arguments->text, arguments->place)
			       : NULL;
	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (strcmp(name, functions[i].name) == 0)
			return functions[i].resolve(substitution, untagged(substitution, arguments), depth);
	return NULL;
}

static const struct yaml_node *resolve(const struct substitution *substitution, const struct yaml_node *node, int depth)
{
	const struct yaml_node *arguments;
	if (depth >= DEPTH_MAX || !spend(substitution, 1))
		return NULL;
	if (!template_is_unresolved(node))
		return node->kind == YAML_SCALAR && yaml_type_of(node) == YAML_TYPE_NULL && !node->tag ? &none : node;
	const char *name = function_of(node, &arguments);
	if (substitution->inventory->tool == TOOL_CLOUDFORMATION)
		return name ? call(substitution, name, arguments, depth + 1) : node;
	if (node->kind != YAML_SCALAR)
		return NULL;
	if (substitution->inventory->tool == TOOL_SERVERLESS)
		return resolve_text(substitution, NULL, node->text, node->place, depth + 1);
	if (substitution->inventory->tool != TOOL_TERRAFORM_CONFIGURATION)
		return NULL;
	return terraform_value(substitution, node->text, node->place, false, depth + 1);
}

const struct yaml_node *substitution_resolve(const struct substitution *substitution, const struct yaml_node *node,
					     bool *is_none)
{
	const struct yaml_node *value = resolve(substitution, node, 0);
	*is_none = value == &none;
	return *is_none ? NULL : value;
}

const struct yaml_node *substitution_fill_json(const struct substitution *substitution, const struct yaml_node *node)
{
	const struct yaml_node *value = node->kind == YAML_SCALAR && strstr(node->text, "${")
						? terraform_value(substitution, node->text, node->place, true, 0)
						: NULL;
	return value && value != &none ? value : node;
}

bool substitution_may_hold(const struct substitution *substitution, const char *condition)
{
	return condition_named(substitution, condition, 0) != FALSE;
}
