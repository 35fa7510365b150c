#include "deploy/import.h"

#include <string.h>

#include "deploy/import_nested.h"
#include "deploy/import_parts.h"
#include "deploy/import_workflow.h"
#include "deploy/template.h"
#include "scenario/function_name.h"
#include "serving/setting.h"

enum { NAME_BYTES_MAX = 60 };

static const char *const tool_names[] = {
	[TOOL_CLOUDFORMATION] = "a CloudFormation or AWS SAM template",
	[TOOL_SERVERLESS] = "a serverless.yml",
	[TOOL_TERRAFORM_STATE] = "`terraform show -json`",
	[TOOL_TERRAFORM_CONFIGURATION] = "Terraform's JSON configuration",
	[TOOL_TERRAFORM_VARIABLES] = "Terraform variables",
	[TOOL_API] = "the AWS command line's answer",
	[TOOL_STATES_LANGUAGE] = "a state machine",
};

/* The format that emits fragments for the same resources. */
static const char *const tool_formats[] = {
	[TOOL_CLOUDFORMATION] = "sam",
	[TOOL_SERVERLESS] = "serverless",
	[TOOL_TERRAFORM_STATE] = "terraform-json",
	[TOOL_TERRAFORM_CONFIGURATION] = "terraform-json",
	[TOOL_TERRAFORM_VARIABLES] = "terraform",
	[TOOL_API] = "cli",
	[TOOL_STATES_LANGUAGE] = "stepfunctions",
};

/* Letters, digits and '-' of "shop/template.yaml": "template". */
static const char *word_of(const char *text, struct arena *arena)
{
	const char *slash = strrchr(text, '/');
	const char *base = slash ? slash + 1 : text;
	static const char kept[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	size_t length = strcspn(base, ".");
	char *word = arena_strndup(arena, base, length < NAME_BYTES_MAX ? length : NAME_BYTES_MAX);
	for (char *p = word; *p; p++)
		if (!strchr(kept, *p))
			*p = '-';
	return word[0] && word[0] != '-' ? word : "imported";
}

static const char *experiment_name(const struct importing *importing)
{
	const struct import_request *request = importing->request;
	const char *service = inventory_plain_text(importing->inventory.root, "service");
	if (request->name)
		return request->name;
	if (importing->inventory.tool == TOOL_SERVERLESS && service)
		return word_of(service, importing->arena);
	return word_of(strcmp(request->path, "-") == 0 ? "" : request->path, importing->arena);
}

static const char **function_ids(const struct importing *importing)
{
	const char **ids = ARENA_ARRAY(importing->arena, const char *, importing->function_count);
	for (size_t i = 0; i < importing->function_count; i++)
		ids[i] = importing->functions[i].id;
	return ids;
}

/* The state machine that is asked for, or the only one; NULL where there is none, or with a diag error. */
static const struct inventory_item *choose_machine(struct importing *importing)
{
	const struct import_request *request = importing->request;
	const struct inventory_item *chosen = NULL;
	const char **ids = ARENA_ARRAY(importing->arena, const char *, importing->inventory.count);
	size_t count = 0;
	for (size_t i = 0; i < importing->inventory.count; i++) {
		const struct inventory_item *item = &importing->inventory.items[i];
		if (item->kind != INVENTORY_MACHINE)
			continue;
		ids[count++] = item->id;
		if (request->machine ? strcmp(item->id, request->machine) == 0 : request->function_count == 0)
			chosen = item;
	}
	if (request->machine && !chosen)
		diag_error(importing->diag, (struct diag_place){.file = "--machine"}, "%s has no state machine '%s'%s",
			   importing->inventory.file, diag_excerpt(request->machine, importing->arena),
			   function_name_advice(request->machine, ids, count, importing->arena));
	else if (!request->machine && chosen && count > 1)
		diag_error(importing->diag, (struct diag_place){.file = importing->inventory.file},
			   "it has %zu state machines; choose one with --machine NAME%s", count,
			   function_name_advice("", ids, count, importing->arena));
	else
		return chosen;
	return NULL;
}

/* Those that --function names, else all. */
static void choose_functions(struct importing *importing)
{
	const struct import_request *request = importing->request;
	const char **ids = function_ids(importing);
	for (size_t i = 0; i < importing->function_count; i++)
		importing->functions[i].is_used = request->function_count == 0;
	for (size_t k = 0; k < request->function_count; k++) {
		const char *asked = request->functions[k];
		size_t found = 0;
		while (found < importing->function_count && strcmp(ids[found], asked) != 0)
			found++;
		if (found < importing->function_count)
			importing->functions[found].is_used = true;
		else
			diag_error(importing->diag, (struct diag_place){.file = "--function"},
				   "%s has no function '%s'%s", importing->inventory.file,
				   diag_excerpt(asked, importing->arena),
				   function_name_advice(asked, ids, importing->function_count, importing->arena));
	}
}

static size_t used_count(const struct importing *importing)
{
	size_t count = 0;
	for (size_t i = 0; i < importing->function_count; i++)
		count += importing->functions[i].is_used;
	return count;
}

/* Functions beside the workflow are no part of the experiment. */
static void tell_uncalled(struct importing *importing, const struct inventory_item *machine)
{
	for (size_t i = 0; i < importing->function_count; i++) {
		const struct imported_function *function = &importing->functions[i];
		if (function->item && !function->is_used)
			diag_warning(
				importing->diag, function->item->place,
				"'%s' is not called by the state machine%s%s and is left out (--function NAME takes "
				"functions instead)",
				diag_excerpt(function->id, importing->arena), machine->id[0] ? " " : "", machine->id);
	}
}

static void append_entry(struct yaml_node *map, struct yaml_node *entry)
{
	struct yaml_node **tail = &map->first;
	while (*tail)
		tail = &(*tail)->next;
	*tail = entry;
	map->count++;
}

static void check_count(struct importing *importing, bool has_workflow)
{
	struct diag_place place = {.file = importing->inventory.file};
	size_t count = used_count(importing);
	if (count == 0 && has_workflow)
		diag_error(importing->diag, place,
			   "no state of the machine calls a function: there is nothing to tell");
	else if (count == 0)
		diag_error(importing->diag, place, "there is no Lambda function in it");
	else if (count > SETTING_FUNCTIONS_MAX)
		diag_error(importing->diag, place,
			   "%zu functions, and an experiment has at most %d; choose some with --function NAME", count,
			   SETTING_FUNCTIONS_MAX);
	else if (count > 1 && !has_workflow)
		diag_warning(importing->diag, place,
			     "it does not say which of its %zu functions follows which; the experiment has them one "
			     "after the other, in the file's order (choose some with --function NAME)",
			     count);
}

/* The format for the file that the functions are of, which a state machine's own is not. */
static const char *emit_format_of(const struct importing *importing)
{
	for (size_t i = 0; i < importing->function_count; i++) {
		const struct imported_function *function = &importing->functions[i];
		if (!function->is_used || !function->item)
			continue;
		bool is_plain = function->item->dialect == &dialect_cloudformation;
		return is_plain && function->item->from->tool == TOOL_CLOUDFORMATION
			       ? "cloudformation"
			       : tool_formats[function->item->from->tool];
	}
	return tool_formats[importing->inventory.tool];
}

static void write_head(const struct importing *importing, struct buf *out)
{
	const struct import_request *request = importing->request;
	struct buf head;
	const char *file = request->output ? request->output : "FILE";
	buf_init(&head);
	buf_printf(&head, "# From %s, %s, by lamina %s; comments say where each value stands there.\n",
		   importing->inventory.file, tool_names[importing->inventory.tool], request->version);
	buf_add(&head, "# What it cannot say is 'blank', until it is stated here or by what goes over this file:\n");
	buf_printf(&head, "#   lamina check %s (what is blank, and how it is filled)\n", file);
	buf_printf(&head, "#   lamina calibrate LOGS... -e %s -o work.yaml (functions' work, from their logs)\n", file);
	buf_printf(&head, "#   lamina plan %s --with work.yaml --emit %s (sizes, for the same resources)\n", file,
		   emit_format_of(importing));
	/* A file's name may have any bytes. */
	for (size_t i = 0; i < head.length; i++)
		if ((unsigned char)head.text[i] >= 0x7f || (head.text[i] < 0x20 && head.text[i] != '\n'))
			head.text[i] = '?';
	buf_add(out, buf_text(&head));
	buf_release(&head);
}

/* What a plan must not change. */
static void write_plan(const struct importing *importing)
{
	struct arena *arena = importing->arena;
	if (!importing->standard)
		return;
	struct yaml_node *plan = import_add(importing->root, YAML_MAP, "plan", NULL, arena);
	const char *place = import_place(importing->standard->place, arena);
	struct yaml_node *keep = import_add(plan, YAML_LIST, "keep",
					    arena_printf(arena, "%s: no express machine has that", place), arena);
	import_add(keep, YAML_SCALAR, NULL, NULL, arena)->text = "kind";
}

static bool list_more_functions(struct importing *importing, bool *io_failed)
{
	const struct import_request *request = importing->request;
	const struct inventory_parameters parameters = {request->parameters, request->parameter_count};
	bool ok = true;
	for (size_t i = 0; i < request->more_count; i++) {
		struct inventory *more = ARENA_NEW(importing->arena, struct inventory);
		bool is_unreadable = false;
		if (inventory_read(request->more_paths[i], parameters, importing->arena, importing->diag, more,
				   &is_unreadable))
			import_list_functions(importing, more);
		else
			ok = false;
		*io_failed = *io_failed || is_unreadable;
	}
	return ok;
}

bool import_template(const struct import_request *request, struct arena *arena, struct diag *diag, struct buf *out,
		     bool *io_failed)
{
	size_t errors_before = diag->error_count;
	struct importing importing = {.request = request, .arena = arena, .diag = diag};
	const struct inventory_parameters parameters = {request->parameters, request->parameter_count};
	if (!inventory_read(request->path, parameters, arena, diag, &importing.inventory, io_failed))
		return false;
	importing.substitution = (struct substitution){.inventory = &importing.inventory, .arena = arena};
	if (yaml_get(importing.inventory.root, "apiVersion")) {
		diag_error(diag, bind_place(importing.inventory.root, "apiVersion"),
			   "this is an experiment already, no deployment's file");
		return false;
	}
	import_list_functions(&importing, &importing.inventory);
	import_list_nested(&importing);
	if (!list_more_functions(&importing, io_failed))
		return false;
	const struct inventory_item *machine = choose_machine(&importing);
	importing.starts_by_batch = machine && import_starts_by_batch(&importing, machine);
	struct yaml_node *workflow = machine ? import_workflow(&importing, machine) : NULL;
	if (request->more_count > 0 && !machine && diag->error_count == errors_before)
		diag_error(diag, (struct diag_place){.file = importing.inventory.file},
			   "it has no state machine, so that no other file has functions for it");
	if (machine)
		tell_uncalled(&importing, machine);
	else
		choose_functions(&importing);
	if (diag->error_count == errors_before)
		check_count(&importing, machine != NULL);
	/* What is wrong with so many is not looked for. */
	if (used_count(&importing) > SETTING_FUNCTIONS_MAX)
		return false;
	importing.root = yaml_build_map(arena);
	import_add_text(importing.root, "apiVersion", "lamina/v1", NULL, arena);
	import_add_text(importing.root, "name", experiment_name(&importing), NULL, arena);
	import_add_text(importing.root, "platform", request->platform_name, NULL, arena);
	import_write_source(&importing, machine);
	import_write_functions(&importing);
	if (workflow) {
		workflow->key = "workflow";
		append_entry(importing.root, workflow);
		write_plan(&importing);
	}
	if (diag->error_count != errors_before)
		return false;
	write_head(&importing, out);
	yaml_write(importing.root, out);
	return true;
}
