#include "deploy/terraform_plan.h"

#include <string.h>

#include "deploy/template.h"

/* A module's configuration, and what it is given; of the root, none. */
struct module {
	const struct yaml_node *node;
	const struct yaml_node *given;
	const struct module *outer;
};

enum { MODULES_MAX = 32, NESTED_MAX = 8 };

/* Behind "module.api[0]." or `module.api["x.y"].`; the text itself where it is no module's address. */
static const char *behind_module(const char *address, const char **name, size_t *length)
{
	static const char word[] = "module.";
	if (strncmp(address, word, strlen(word)) != 0)
		return address;
	*name = address + strlen(word);
	*length = strcspn(*name, ".[");
	const char *at = *name + *length;
	if (at[0] == '[' && at[1] == '"')
		at += strcspn(at + 2, "\"") + 2;
	at += strcspn(at, ".");
	return at + (at[0] == '.');
}

/* False where there is no configuration of it. */
static bool find_module(const struct yaml_node *root, const char *address, struct module *modules, size_t *count,
			struct arena *arena)
{
	modules[0] = (struct module){.node = template_find(root, "configuration.root_module")};
	*count = 1;
	while (address[0] && modules[*count - 1].node && *count < MODULES_MAX) {
		const char *name;
		size_t length;
		const char *rest = behind_module(address, &name, &length);
		if (rest == address)
			return false;
		const struct yaml_node *calls = yaml_get(modules[*count - 1].node, "module_calls");
		const struct yaml_node *call = yaml_get(calls, arena_strndup(arena, name, length));
		modules[*count] = (struct module){
			.node = yaml_get(call, "module"),
			.given = yaml_get(call, "expressions"),
			.outer = &modules[*count - 1],
		};
		++*count;
		address = rest;
	}
	return modules[*count - 1].node != NULL;
}

/* What an expression first refers to; NULL where it refers to nothing. */
static const struct yaml_node *reference_of(const struct yaml_node *expression, const struct module *module)
{
	static const char variable[] = "var.";
	const struct yaml_node *references = yaml_get(expression, "references");
	const struct yaml_node *first = references && references->kind == YAML_LIST ? references->first : NULL;
	if (!first || first->kind != YAML_SCALAR)
		return NULL;
	if (strncmp(first->text, variable, strlen(variable)) != 0 || !module->outer)
		return first;
	const struct yaml_node *given = yaml_get(module->given, first->text + strlen(variable));
	const struct yaml_node *outer = given ? reference_of(given, module->outer) : NULL;
	return outer ? outer : first;
}

static bool is_missing(const struct yaml_node *value)
{
	return !value || (value->kind == YAML_SCALAR && yaml_type_of(value) == YAML_TYPE_NULL);
}

static const struct yaml_node *merged(const struct yaml_node *value, const struct yaml_node *expression,
				      const struct module *module, int depth, struct arena *arena);

static struct yaml_node *copy_empty(const struct yaml_node *of, enum yaml_kind kind, struct arena *arena)
{
	struct yaml_node *copy = ARENA_NEW(arena, struct yaml_node);
	*copy = (struct yaml_node){.kind = kind, .place = of->place};
	return copy;
}

static void adopt(struct yaml_node *parent, const struct yaml_node *child, const char *key, struct yaml_node ***tail,
		  struct arena *arena)
{
	struct yaml_node *copy = ARENA_NEW(arena, struct yaml_node);
	*copy = *child;
	copy->key = key;
	copy->key_place = child->key ? child->key_place : child->place;
	copy->next = NULL;
	**tail = copy;
	*tail = &copy->next;
	parent->count++;
}

/* Entries of a map, or elements of a list, with what the configuration adds. */
static struct yaml_node *merged_children(const struct yaml_node *value, const struct yaml_node *expression,
					 const struct module *module, int depth, struct arena *arena)
{
	struct yaml_node *out = copy_empty(is_missing(value) ? expression : value, expression->kind, arena);
	struct yaml_node **tail = &out->first;
	out->key = expression->key;
	bool is_map = expression->kind == YAML_MAP;
	const struct yaml_node *own = !is_missing(value) && value->kind == expression->kind ? value->first : NULL;
	for (const struct yaml_node *child = own; is_map && child; child = child->next)
		if (!yaml_get(expression, child->key))
			adopt(out, child, child->key, &tail, arena);
	for (const struct yaml_node *child = expression->first; child; child = child->next) {
		const struct yaml_node *beside = is_map ? own ? yaml_get(value, child->key) : NULL : own;
		const struct yaml_node *one = merged(beside, child, module, depth + 1, arena);
		if (one)
			adopt(out, one, child->key, &tail, arena);
		own = is_map || !own ? own : own->next;
	}
	for (const struct yaml_node *child = own; !is_map && child; child = child->next)
		adopt(out, child, NULL, &tail, arena);
	return out;
}

/* The value where it is known, else what stands for it; NULL where nothing does. */
static const struct yaml_node *merged(const struct yaml_node *value, const struct yaml_node *expression,
				      const struct module *module, int depth, struct arena *arena)
{
	if (expression->kind == YAML_SCALAR || depth == NESTED_MAX)
		return value;
	if (expression->kind == YAML_MAP && yaml_get(expression, "constant_value"))
		return is_missing(value) ? yaml_get(expression, "constant_value") : value;
	const struct yaml_node *reference = reference_of(expression, module);
	if (!reference)
		return expression->first ? merged_children(value, expression, module, depth, arena) : value;
	if (!is_missing(value))
		return value;
	struct yaml_node *text = copy_empty(reference, YAML_SCALAR, arena);
	text->text = arena_printf(arena, "${%s}", reference->text);
	return text;
}

static bool says(const struct yaml_node *map, const char *key, const char *text)
{
	const struct yaml_node *node = yaml_get(map, key);
	return node && node->kind == YAML_SCALAR && strcmp(node->text, text) == 0;
}

const struct yaml_node *terraform_plan_values(const struct yaml_node *root, const char *address,
					      const struct yaml_node *resource, struct arena *arena)
{
	struct module modules[MODULES_MAX];
	size_t count;
	const struct yaml_node *values = yaml_get(resource, "values");
	const struct yaml_node *type = yaml_get(resource, "type");
	const struct yaml_node *name = yaml_get(resource, "name");
	if (!values || values->kind != YAML_MAP || !type || type->kind != YAML_SCALAR || !name ||
	    name->kind != YAML_SCALAR)
		return values;
	if (!find_module(root, address, modules, &count, arena))
		return values;
	const struct yaml_node *list = yaml_get(modules[count - 1].node, "resources");
	for (const struct yaml_node *one = list && list->kind == YAML_LIST ? list->first : NULL; one; one = one->next) {
		const struct yaml_node *expressions = yaml_get(one, "expressions");
		if (says(one, "type", type->text) && says(one, "name", name->text) && expressions &&
		    expressions->kind == YAML_MAP) {
			struct yaml_node *all = merged_children(values, expressions, &modules[count - 1], 0, arena);
			all->key = values->key;
			all->key_place = values->key_place;
			return all;
		}
	}
	return values;
}
