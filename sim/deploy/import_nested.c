#include "deploy/import_nested.h"

#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "deploy/template.h"

enum {
	PARAMETERS_MAX = 200, /* that CloudFormation takes */
};

static const struct {
	const char *type;
	const char *key;
} stacks[] = {
	{"AWS::Serverless::Application", "Location"},
	{"AWS::CloudFormation::Stack", "TemplateURL"},
};

/* The file of a stack, as it is written; NULL where it is not beside the template. */
static const char *file_of(const struct inventory_item *item)
{
	const char *name = NULL;
	for (size_t i = 0; i < ARRAY_LEN(stacks) && item->kind == INVENTORY_RESOURCE; i++)
		if (strcmp(item->type, stacks[i].type) == 0)
			name = inventory_plain_text(item->node, stacks[i].key);
	if (!name && item->kind == INVENTORY_RESOURCE && strcmp(item->type, stacks[1].type) == 0) {
		const struct yaml_node *asset = yaml_get(yaml_get(item->resource, "Metadata"), "aws:asset:path");
		name = asset && asset->kind == YAML_SCALAR ? asset->text : NULL;
	}
	return name && !strstr(name, "://") && strcmp(name, "-") != 0 ? name : NULL;
}

/* What the resource gives to the stack, as far as the file says. */
static struct inventory_parameters parameters_of(const struct importing *importing, const struct inventory_item *item)
{
	struct arena *arena = importing->arena;
	const struct substitution substitution = {.inventory = item->from, .arena = arena};
	const char **pairs = ARENA_ARRAY(arena, const char *, PARAMETERS_MAX);
	struct inventory_parameters out = {.pairs = pairs};
	const struct yaml_node *given = yaml_get(item->node, "Parameters");
	for (const struct yaml_node *entry = given && given->kind == YAML_MAP ? given->first : NULL;
	     entry && out.count < PARAMETERS_MAX; entry = entry->next) {
		bool is_none;
		const struct yaml_node *value = substitution_resolve(&substitution, entry, &is_none);
		if (value && value->kind == YAML_SCALAR)
			pairs[out.count++] = arena_printf(arena, "%s=%s", entry->key, value->text);
	}
	return out;
}

static bool is_new(const struct importing *importing, const char *path)
{
	for (size_t i = 0; i < importing->nested_count; i++)
		if (strcmp(importing->nested[i].path, path) == 0)
			return false;
	return importing->nested_count < NESTED_MAX && strcmp(path, importing->inventory.file) != 0;
}

static void read_stack(struct importing *importing, const struct inventory_item *item, const char *path)
{
	struct inventory *inventory = ARENA_NEW(importing->arena, struct inventory);
	struct diag reading;
	bool io_failed;
	diag_init(&reading);
	bool is_read =
		inventory_read(path, parameters_of(importing, item), importing->arena, &reading, inventory, &io_failed);
	importing->nested[importing->nested_count++] = (struct nested_stack){path, item, is_read ? inventory : NULL};
	if (is_read)
		import_list_functions(importing, inventory);
	for (size_t i = 0; i < reading.count; i++)
		diag_warning(importing->diag, is_read ? reading.entries[i].place : item->place, "%s%s%s%s",
			     is_read ? "" : "the stack '", is_read ? "" : diag_excerpt(item->id, importing->arena),
			     is_read ? "" : "' is left out: ", reading.entries[i].text);
	diag_release(&reading);
}

static void list_stacks_of(struct importing *importing, const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->count; i++) {
		const struct inventory_item *item = &inventory->items[i];
		const char *name = file_of(item);
		const char *path = name ? file_resolve(inventory->file, name, importing->arena) : NULL;
		if (path && is_new(importing, path))
			read_stack(importing, item, path);
	}
}

void import_list_nested(struct importing *importing)
{
	if (importing->inventory.tool != TOOL_CLOUDFORMATION)
		return;
	list_stacks_of(importing, &importing->inventory);
	for (size_t i = 0; i < importing->nested_count; i++)
		if (importing->nested[i].inventory)
			list_stacks_of(importing, importing->nested[i].inventory);
}

const char *import_output(const struct importing *importing, const char *text)
{
	for (size_t i = 0; i < importing->nested_count; i++) {
		const struct nested_stack *stack = &importing->nested[i];
		const char *prefix = arena_printf(importing->arena, "${%s.Outputs.", stack->item->id);
		if (!stack->inventory || strncmp(text, prefix, strlen(prefix)) != 0)
			continue;
		const char *name = text + strlen(prefix);
		name = arena_strndup(importing->arena, name, strcspn(name, "}"));
		const struct yaml_node *output = yaml_get(yaml_get(stack->inventory->root, "Outputs"), name);
		const struct yaml_node *value = yaml_get(output, "Value");
		return value ? template_referent(value, importing->arena) : NULL;
	}
	return NULL;
}
