#include "deploy/inventory.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/file.h"
#include "base/num.h"
#include "deploy/for_each.h"
#include "deploy/substitution.h"
#include "deploy/template.h"
#include "deploy/terraform_plan.h"

enum { REFERENCES_MAX = 1000000 };

struct walk {
	struct inventory *out;
	struct arena *arena;
	struct diag *diag;
};

static const struct {
	const char *type;
	const char *key;
} aliases[] = {
	{"AWS::Lambda::Alias", "FunctionName"},
	{"AWS::Lambda::Version", "FunctionName"},
	{"aws_lambda_alias", "function_name"},
};

/* What an alias is of; NULL of anything else. */
static const struct yaml_node *aliased(const struct inventory_item *item)
{
	for (size_t k = 0; k < ARRAY_LEN(aliases) && item->kind == INVENTORY_RESOURCE; k++)
		if (strcmp(item->type, aliases[k].type) == 0)
			return yaml_get(item->node, aliases[k].key);
	return NULL;
}

static void add_item(struct walk *walk, struct inventory_item item)
{
	struct inventory *out = walk->out;
	if (out->count == out->capacity) {
		size_t capacity = out->capacity > 0 ? 2 * out->capacity : 16;
		struct inventory_item *items = ARENA_ARRAY(walk->arena, struct inventory_item, capacity);
		if (out->count > 0)
			memcpy(items, out->items, out->count * sizeof *items);
		out->items = items;
		out->capacity = capacity;
	}
	item.from = out;
	out->has_aliases = out->has_aliases || aliased(&item);
	out->items[out->count++] = item;
}

const char *inventory_plain_text(const struct yaml_node *map, const char *path)
{
	const struct yaml_node *node = template_find(map, path);
	return node && node->kind == YAML_SCALAR && !template_is_unresolved(node) ? node->text : NULL;
}

bool inventory_refers(const char *text, const struct inventory_item *item, struct arena *arena)
{
	const char *forms[] = {
		arena_printf(arena, "${%s}", item->id),
		arena_printf(arena, "${%s.", item->id),
		item->address ? arena_printf(arena, "${%s.", item->address) : arena_printf(arena, ".%s.", item->id),
		item->module ? arena_printf(arena, "${%s.", item->module) : NULL,
	};
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i] && strstr(text, forms[i]))
			return true;
	if (!item->deployed_name || !item->deployed_name[0])
		return strcmp(text, item->id) == 0;
	/* An address has the name at its end, or before a version or a part. */
	for (const char *name = strstr(text, item->deployed_name); name; name = strstr(name + 1, item->deployed_name)) {
		char behind = name[strlen(item->deployed_name)];
		if ((name == text || name[-1] == ':' || name[-1] == '/') &&
		    (behind == '\0' || behind == ':' || behind == '/'))
			return true;
	}
	return strcmp(text, item->id) == 0;
}

enum { ALIASES_MAX = 4 }; /* of each other */

const char *inventory_behind_alias(const struct inventory *inventory, const char *text, struct arena *arena)
{
	for (int depth = 0; depth < ALIASES_MAX && inventory->has_aliases; depth++) {
		const struct yaml_node *of = NULL;
		for (size_t i = 0; i < inventory->count && !of && inventory->references->left > 0; i++) {
			const struct yaml_node *function = aliased(&inventory->items[i]);
			inventory->references->left--;
			if (function && inventory_refers(text, &inventory->items[i], arena))
				of = function;
		}
		const char *written = of ? template_written(of, arena) : NULL;
		if (!written)
			return text;
		text = written;
	}
	return text;
}

static const struct yaml_node *first_of(const struct yaml_node *node)
{
	return node && node->kind != YAML_SCALAR ? node->first : NULL;
}

static void add_machine(struct walk *walk, const struct yaml_node *machine, const char *id,
			const struct yaml_node *resource, const struct yaml_node *substitutions)
{
	const struct yaml_node *states = yaml_get(machine, "States");
	if (states && states->kind == YAML_MAP)
		add_item(walk, (struct inventory_item){
				       .kind = INVENTORY_MACHINE,
				       .id = id,
				       .node = machine,
				       .place = resource->key ? resource->key_place : resource->place,
				       .resource = resource,
				       .substitutions = substitutions,
			       });
}

/* A state machine as a tree, or written as one text. */
static void add_definition(struct walk *walk, const struct yaml_node *node, const char *key, const char *owner,
			   const struct yaml_node *resource, const struct yaml_node *substitutions)
{
	/* [TEXT, {NAME: VALUE}] */
	const struct yaml_node *sub = node->kind == YAML_MAP && node->count == 1 ? node->first : node;
	if (!substitutions && sub->kind == YAML_LIST && sub->count == 2 && sub->first->next->kind == YAML_MAP)
		substitutions = sub->first->next;
	const struct yaml_node *machine = node;
	const struct substitution substitution = {.inventory = walk->out, .arena = walk->arena};
	if (walk->out->tool == TOOL_TERRAFORM_CONFIGURATION)
		machine = substitution_fill_json(&substitution, node);
	if (!yaml_get(machine, "States"))
		machine = template_parse_within(machine, walk->arena);
	if (machine && yaml_get(machine, "States"))
		add_machine(walk, machine, owner, resource, substitutions);
	else
		diag_warning(walk->diag, node->place, "'%s' of '%s' is %s; skipped", key,
			     diag_excerpt(owner, walk->arena),
			     template_is_unresolved(node) ? "put together by deployment, so that its machine is not "
							    "known here (import the machine's own file, and this one "
							    "behind it)"
							  : "no state machine");
}

/* A definition in a file of its own, beside the template. */
static void add_definition_file(struct walk *walk, const struct yaml_node *uri, const char *owner,
				const struct yaml_node *resource, const struct yaml_node *substitutions)
{
	if (uri->kind != YAML_SCALAR || template_is_unresolved(uri) || strstr(uri->text, "://")) {
		diag_warning(walk->diag, uri->place, "the definition of '%s' is not in a file beside this one; skipped",
			     diag_excerpt(owner, walk->arena));
		return;
	}
	bool io_failed;
	const char *path = file_resolve(walk->out->file, uri->text, walk->arena);
	struct diag reading;
	diag_init(&reading);
	const struct yaml_node *machine = template_read(path, walk->arena, &reading, &io_failed);
	if (machine)
		add_machine(walk, machine, owner, resource, substitutions);
	for (size_t i = 0; i < reading.count; i++)
		diag_warning(walk->diag, io_failed ? uri->place : reading.entries[i].place, "%s%s",
			     reading.entries[i].text, machine ? "" : "; skipped");
	diag_release(&reading);
}

/* What stands on a version or an alias belongs to the function that these are of. */
static void add_version(struct walk *walk, const struct yaml_node *resources, const struct yaml_node *version)
{
	static const char path[] = "ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions";
	const struct yaml_node *properties = yaml_get(version, "Properties");
	const struct yaml_node *number = template_find(properties, path);
	const struct yaml_node *function = yaml_get(properties, "FunctionName");
	const char *id = number && function ? template_referent(function, walk->arena) : NULL;
	if (!id)
		return;
	const struct yaml_node *resource = yaml_get(resources, id);
	add_item(walk, (struct inventory_item){
			       .kind = INVENTORY_PROVISIONED,
			       .id = id,
			       .deployed_name = inventory_plain_text(resource ? yaml_get(resource, "Properties") : NULL,
								     "FunctionName"),
			       .node = number,
			       .place = version->place,
			       .key = path,
			       .owner = version->key,
		       });
}

static const struct yaml_node *followed_by(const struct substitution *substitution, const struct yaml_node *node)
{
	bool is_none;
	const struct yaml_node *value = substitution_resolve(substitution, node, &is_none);
	return value ? value : node;
}

/* What a reference stands for as far as the file says; the node itself where it does not. */
static const struct yaml_node *followed(const struct walk *walk, const struct yaml_node *node)
{
	const struct substitution substitution = {.inventory = walk->out, .arena = walk->arena};
	return node ? followed_by(&substitution, node) : NULL;
}

/* What queues, streams and tables are deployed as. */
static const char *resource_name(const struct walk *walk, const struct yaml_node *properties)
{
	static const char *const keys[] = {"QueueName", "TableName", "Name"};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct yaml_node *name = followed(walk, yaml_get(properties, keys[i]));
		if (name && name->kind == YAML_SCALAR && !template_is_unresolved(name))
			return name->text;
	}
	return NULL;
}

static void add_resource(struct walk *walk, const struct yaml_node *root, const struct yaml_node *resource)
{
	const char *type = inventory_plain_text(resource, "Type");
	const struct yaml_node *properties = yaml_get(resource, "Properties");
	if (!type)
		return;
	bool is_serverless = strcmp(type, "AWS::Serverless::Function") == 0;
	if (is_serverless || strcmp(type, "AWS::Lambda::Function") == 0)
		add_item(walk, (struct inventory_item){
				       .kind = INVENTORY_FUNCTION,
				       .id = resource->key,
				       .deployed_name = inventory_plain_text(properties, "FunctionName"),
				       .node = properties ? properties : resource,
				       .place = resource->key_place,
				       .dialect = is_serverless ? &dialect_sam : &dialect_cloudformation,
				       .defaults = is_serverless ? template_find(root, "Globals.Function") : NULL,
				       .resource = resource,
			       });
	else
		add_item(walk, (struct inventory_item){
				       .kind = INVENTORY_RESOURCE,
				       .id = resource->key,
				       .deployed_name = resource_name(walk, properties),
				       .type = type,
				       .node = properties ? properties : yaml_build_map(walk->arena),
				       .place = resource->key_place,
				       .resource = resource,
			       });
	const struct yaml_node *substitutions = yaml_get(properties, "DefinitionSubstitutions");
	static const char *const keys[] = {"Definition", "DefinitionString"};
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct yaml_node *definition = yaml_get(properties, keys[i]);
		if (definition)
			add_definition(walk, definition, keys[i], resource->key, resource, substitutions);
	}
	const struct yaml_node *uri = yaml_get(properties, "DefinitionUri");
	if (uri && strstr(type, "StateMachine"))
		add_definition_file(walk, uri, resource->key, resource, substitutions);
}

/* Not where its condition is known not to hold. */
static bool is_deployed(const struct walk *walk, const struct yaml_node *resource)
{
	const char *condition = inventory_plain_text(resource, "Condition");
	const struct substitution substitution = {.inventory = walk->out, .arena = walk->arena};
	if (!condition || substitution_may_hold(&substitution, condition))
		return true;
	diag_warning(walk->diag, resource->key_place,
		     "'%s' is not deployed: its condition '%s' does not hold; left out",
		     diag_excerpt(resource->key, walk->arena), diag_excerpt(condition, walk->arena));
	return false;
}

static void add_resources(struct walk *walk, const struct yaml_node *root, const struct yaml_node *resources)
{
	for (const struct yaml_node *resource = resources->first; resource; resource = resource->next) {
		const struct yaml_node *several = NULL;
		if (for_each_is(resource) && resource->kind == YAML_LIST && resource->count > 1)
			several = for_each_expand(resource, followed(walk, resource->first->next), walk->arena,
						  &walk->out->references->left);
		if (several)
			add_resources(walk, root, several);
		else if (resource->kind == YAML_MAP && is_deployed(walk, resource))
			add_resource(walk, root, resource);
		else if (resource->kind == YAML_MAP)
			continue;
		else
			diag_warning(walk->diag, resource->key_place,
				     "'%s' is no resource; what deployment makes of it is skipped",
				     diag_excerpt(resource->key, walk->arena));
	}
	for (const struct yaml_node *resource = resources->first; resource; resource = resource->next) {
		const char *type = inventory_plain_text(resource, "Type");
		if (type && (strcmp(type, "AWS::Lambda::Version") == 0 || strcmp(type, "AWS::Lambda::Alias") == 0))
			add_version(walk, resources, resource);
	}
}

static bool walk_cloudformation(struct walk *walk, const struct yaml_node *root)
{
	const struct yaml_node *resources = yaml_get(root, "Resources");
	if (!resources || resources->kind != YAML_MAP)
		return false;
	add_resources(walk, root, resources);
	return true;
}

static void add_serverless_map(struct walk *walk, const struct yaml_node *functions, const struct yaml_node *provider)
{
	for (const struct yaml_node *function = functions->first; function; function = function->next)
		add_item(walk, (struct inventory_item){
				       .kind = INVENTORY_FUNCTION,
				       .id = function->key,
				       .deployed_name = inventory_plain_text(function, "name"),
				       .node = function,
				       .place = function->key_place,
				       .dialect = &dialect_serverless,
				       .defaults = provider,
				       .resource = function,
			       });
}

/* Of the plugin serverless-step-functions. */
static void add_serverless_machines(struct walk *walk, const struct yaml_node *root)
{
	const struct yaml_node *machines = followed(walk, template_find(root, "stepFunctions.stateMachines"));
	for (const struct yaml_node *machine = machines && machines->kind == YAML_MAP ? machines->first : NULL; machine;
	     machine = machine->next) {
		const struct yaml_node *definition = followed(walk, yaml_get(machine, "definition"));
		if (definition)
			add_definition(walk, definition, "definition", machine->key, machine, NULL);
	}
}

/* Under `resources` stands a CloudFormation template, or a list of them, each often a file of its own. */
static void add_serverless_resources(struct walk *walk, const struct yaml_node *node)
{
	const struct yaml_node *template = node ? followed(walk, node) : NULL;
	for (const struct yaml_node *part = template && template->kind == YAML_LIST ? template->first : NULL; part;
	     part = part->next)
		add_serverless_resources(walk, part);
	const struct yaml_node *resources = followed(walk, yaml_get(template, "Resources"));
	if (resources && resources->kind == YAML_MAP)
		add_resources(walk, template, resources);
	else if (template && template->kind != YAML_LIST && template_is_unresolved(template))
		diag_warning(walk->diag, template->place,
			     "'resources' holds '%s', which only deployment resolves; skipped",
			     template_describe(template, walk->arena));
}

static bool walk_serverless(struct walk *walk, const struct yaml_node *root)
{
	const struct yaml_node *functions = followed(walk, yaml_get(root, "functions"));
	const struct yaml_node *provider = yaml_get(root, "provider");
	if (!functions || (functions->kind == YAML_SCALAR && !provider))
		return false;
	if (functions->kind == YAML_SCALAR)
		diag_warning(walk->diag, functions->place,
			     "'functions' is '%s', which only deployment resolves; skipped",
			     template_describe(functions, walk->arena));
	if (functions->kind == YAML_MAP)
		add_serverless_map(walk, functions, provider);
	/* Or a list of such maps, each often a file of its own. */
	for (const struct yaml_node *item = functions->kind == YAML_LIST ? functions->first : NULL; item;
	     item = item->next) {
		const struct yaml_node *part = followed(walk, item);
		if (part->kind == YAML_MAP)
			add_serverless_map(walk, part, provider);
		else
			diag_warning(walk->diag, part->place,
				     "'functions' holds '%s', which only deployment resolves; skipped",
				     template_describe(part, walk->arena));
	}
	add_serverless_resources(walk, yaml_get(root, "resources"));
	add_serverless_machines(walk, root);
	return true;
}

/* "module.resize[0].module.it" of an address in it; NULL in the root. */
static const char *module_of(const char *address, const char *type, struct arena *arena)
{
	const char *own = address ? strstr(address, arena_printf(arena, "%s.", type)) : NULL;
	return own && own > address ? arena_strndup(arena, address, (size_t)(own - address - 1)) : NULL;
}

/* The last name of a module's address. */
static const char *module_name(const char *module, struct arena *arena)
{
	static const char word[] = "module.";
	const char *name = module;
	for (const char *at = strstr(module, word); at; at = strstr(name, word))
		name = at + strlen(word);
	return arena_strndup(arena, name, strcspn(name, "[."));
}

/* What people call it: its index of for_each, its module where the module has one resource, its name. */
static const char *terraform_id(const char *name, const struct yaml_node *index, const char *module,
				struct arena *arena)
{
	bool is_only = module && (strcmp(name, "this") == 0 || strcmp(name, "main") == 0);
	const char *own = is_only  ? module_name(module, arena)
			  : module ? arena_printf(arena, "%s-%s", module_name(module, arena), name)
				   : name;
	if (!index || index->kind != YAML_SCALAR)
		return own;
	if (index->quoted)
		return index->text;
	return is_only ? own : arena_printf(arena, "%s-%s", own, index->text);
}

/* The address of an instance: "TYPE.NAME["KEY"]", "TYPE.NAME[0]". */
static const char *instance_address(const char *type, const char *name, const struct inventory_instance *instance,
				    struct arena *arena)
{
	return arena_printf(arena, instance->is_counted ? "%s.%s[%s]" : "%s.%s[\"%s\"]", type, name, instance->key);
}

/* A resource of Terraform; deployed names, addresses and indices are known of what is planned or deployed only. */
static void add_terraform(struct walk *walk, const char *type, const char *name, const struct yaml_node *values,
			  const struct yaml_node *resource, const struct inventory_instance *instance)
{
	const char *address = instance ? instance_address(type, name, instance, walk->arena)
				       : inventory_plain_text(resource, "address");
	const char *module = module_of(address, type, walk->arena);
	const struct yaml_node *index = resource == values ? NULL : yaml_get(resource, "index");
	const struct yaml_node of_instance = {
		.text = instance ? instance->key : "",
		.quoted = instance && !instance->is_counted,
	};
	index = instance ? &of_instance : index;
	bool is_plain = !address || strcmp(address, arena_printf(walk->arena, "%s.%s", type, name)) == 0;
	const struct yaml_node *number = yaml_get(values, "provisioned_concurrent_executions");
	bool is_function = strcmp(type, "aws_lambda_function") == 0;
	struct inventory_item item = {
		.kind = is_function ? INVENTORY_FUNCTION : INVENTORY_RESOURCE,
		.id = terraform_id(name, index, module, walk->arena),
		.deployed_name = inventory_plain_text(values, is_function ? "function_name" : "name"),
		.address = is_plain ? NULL : address,
		.module = module,
		.type = type,
		.node = values,
		.place = values->key ? values->key_place : values->place,
		.resource = resource,
		.instance = instance,
	};
	if (is_function) {
		item.dialect = &dialect_terraform;
	} else if (strcmp(type, "aws_lambda_provisioned_concurrency_config") == 0 && number) {
		item.kind = INVENTORY_PROVISIONED;
		item.node = number;
		item.key = "provisioned_concurrent_executions";
		item.deployed_name = inventory_plain_text(values, "function_name");
		item.owner = name;
		const struct substitution substitution = {walk->out, instance, walk->arena};
		const struct yaml_node *function = yaml_get(values, "function_name");
		const struct yaml_node *of = function ? followed_by(&substitution, function) : NULL;
		item.written_function = of && of->kind == YAML_SCALAR ? of->text : "";
	}
	add_item(walk, item);
	const struct yaml_node *definition = yaml_get(values, "definition");
	if (strcmp(type, "aws_sfn_state_machine") == 0 && definition)
		add_definition(walk, definition, "definition", name, resource, NULL);
}

static void walk_module(struct walk *walk, const struct yaml_node *root, const struct yaml_node *module)
{
	const char *module_address = inventory_plain_text(module, "address");
	for (const struct yaml_node *resource = first_of(yaml_get(module, "resources")); resource;
	     resource = resource->next) {
		const char *type = inventory_plain_text(resource, "type");
		const char *name = inventory_plain_text(resource, "name");
		const struct yaml_node *values =
			terraform_plan_values(root, module_address ? module_address : "", resource, walk->arena);
		if (type && name && values)
			add_terraform(walk, type, name, values, resource, NULL);
	}
	for (const struct yaml_node *child = first_of(yaml_get(module, "child_modules")); child; child = child->next)
		walk_module(walk, root, child);
}

/* What a provisioned number is of, where that is written as a reference: the function's own names are put in. */
static void find_provisioned(struct walk *walk)
{
	struct inventory *out = walk->out;
	for (size_t i = 0; i < out->count; i++) {
		struct inventory_item *item = &out->items[i];
		if (item->kind != INVENTORY_PROVISIONED || !item->type)
			continue;
		const char *text = inventory_behind_alias(out, item->written_function, walk->arena);
		for (size_t k = 0; k < out->count; k++) {
			const struct inventory_item *function = &out->items[k];
			if (function->kind != INVENTORY_FUNCTION || !inventory_refers(text, function, walk->arena))
				continue;
			item->id = function->id;
			item->deployed_name = function->deployed_name;
			break;
		}
	}
}

static bool walk_terraform(struct walk *walk, const struct yaml_node *root)
{
	const struct yaml_node *module = template_find(root, "values.root_module");
	/* `terraform show -json PLAN` */
	module = module ? module : template_find(root, "planned_values.root_module");
	if (!module)
		return false;
	walk_module(walk, root, module);
	find_provisioned(walk);
	return true;
}

enum { INSTANCES_MAX = 1000 }; /* of one resource */

static const struct inventory_instance *new_instance(const struct walk *walk, const char *key, bool is_counted,
						     const struct yaml_node *value)
{
	struct inventory_instance *instance = ARENA_NEW(walk->arena, struct inventory_instance);
	*instance = (struct inventory_instance){key, is_counted, value};
	return instance;
}

/* As many as `count` says, or one for each of `for_each`; one where nobody knows. */
static void add_instances(struct walk *walk, const char *type, const char *name, const struct yaml_node *block)
{
	const struct yaml_node *count = yaml_get(block, "count");
	const struct yaml_node *each = yaml_get(block, "for_each");
	const struct yaml_node *of = count || each ? followed(walk, count ? count : each) : NULL;
	double number;
	bool is_number = count && of->kind == YAML_SCALAR && num_parse_double(of->text, &number) && number >= 0 &&
			 number <= INSTANCES_MAX;
	bool is_list = each && of->kind != YAML_SCALAR && of->count <= INSTANCES_MAX;
	if (of && !is_number && !is_list)
		diag_warning(walk->diag, of->place, "how many '%s' there are is not known; taken as one",
			     diag_excerpt(name, walk->arena));
	if (!is_number && !is_list)
		add_terraform(walk, type, name, block, block, NULL);
	for (int i = 0; is_number && i < (int)number; i++)
		add_terraform(walk, type, name, block, block,
			      new_instance(walk, arena_printf(walk->arena, "%d", i), true, NULL));
	for (const struct yaml_node *entry = is_list ? of->first : NULL; entry; entry = entry->next) {
		const char *key = of->kind == YAML_MAP ? entry->key : entry->kind == YAML_SCALAR ? entry->text : NULL;
		if (key)
			add_terraform(walk, type, name, block, block, new_instance(walk, key, false, entry));
	}
}

/*
 * Blocks of Terraform's JSON syntax are maps by type and name, or lists of such maps at each level.
 * Source: Terraform language documentation, JSON configuration syntax.
 */
static void walk_blocks(struct walk *walk, const struct yaml_node *node, const char *type, const char *name)
{
	if (node->kind == YAML_SCALAR)
		return;
	if (type && name && node->kind == YAML_MAP) {
		add_instances(walk, type, name, node);
		return;
	}
	for (const struct yaml_node *child = node->first; child; child = child->next) {
		bool is_named = node->kind == YAML_MAP;
		walk_blocks(walk, child, type || !is_named ? type : child->key, type && is_named ? child->key : name);
	}
}

static bool walk_terraform_configuration(struct walk *walk, const struct yaml_node *root)
{
	const struct yaml_node *resources = yaml_get(root, "resource");
	if (!resources || resources->kind == YAML_SCALAR)
		return false;
	walk_blocks(walk, resources, NULL, NULL);
	find_provisioned(walk);
	return true;
}

static bool walk_variables(struct walk *walk, const struct yaml_node *root)
{
	const struct yaml_node *functions = yaml_get(root, "lamina_functions");
	if (!functions || functions->kind != YAML_MAP)
		return false;
	for (const struct yaml_node *function = functions->first; function; function = function->next)
		add_item(walk, (struct inventory_item){
				       .kind = INVENTORY_FUNCTION,
				       .id = function->key,
				       .node = function,
				       .place = function->key_place,
				       .dialect = &dialect_variables,
				       .resource = function,
			       });
	return true;
}

/*
 * What the Lambda API answers about functions, under the names of CloudFormation's properties; GetFunction tells the
 * reservation beside the configuration. Source: AWS Lambda API reference, ListFunctions, GetFunction and
 * GetFunctionConfiguration.
 */
static void add_configuration(struct walk *walk, const struct yaml_node *configuration, const struct yaml_node *beside)
{
	const char *name = inventory_plain_text(configuration, "FunctionName");
	if (name)
		add_item(walk, (struct inventory_item){
				       .kind = INVENTORY_FUNCTION,
				       .id = name,
				       .node = configuration,
				       .place = configuration->place,
				       .dialect = &dialect_cloudformation,
				       .defaults = beside,
				       .resource = configuration,
			       });
}

static bool walk_api_answer(struct walk *walk, const struct yaml_node *root)
{
	const struct yaml_node *list = root->kind == YAML_LIST ? root : yaml_get(root, "Functions");
	const struct yaml_node *single = yaml_get(root, "Configuration");
	single = single ? single : root;
	if (list && list->kind == YAML_LIST) {
		for (const struct yaml_node *function = list->first; function; function = function->next)
			add_configuration(walk, function, NULL);
		return true;
	}
	add_configuration(walk, single, template_find(root, "Concurrency"));
	return inventory_plain_text(single, "FunctionName") != NULL;
}

static bool walk_machine(struct walk *walk, const struct yaml_node *root)
{
	add_machine(walk, root, "", root, NULL);
	return yaml_get(root, "States") != NULL;
}

bool inventory_read(const char *path, struct inventory_parameters parameters, struct arena *arena, struct diag *diag,
		    struct inventory *out, bool *io_failed)
{
	static bool (*const kinds[])(struct walk *, const struct yaml_node *) = {
		[TOOL_CLOUDFORMATION] = walk_cloudformation,
		[TOOL_SERVERLESS] = walk_serverless,
		[TOOL_TERRAFORM_STATE] = walk_terraform,
		[TOOL_TERRAFORM_CONFIGURATION] = walk_terraform_configuration,
		[TOOL_TERRAFORM_VARIABLES] = walk_variables,
		[TOOL_API] = walk_api_answer,
		[TOOL_STATES_LANGUAGE] = walk_machine,
	};
	*out = (struct inventory){
		.root = template_read(path, arena, diag, io_failed),
		.references = ARENA_NEW(arena, struct inventory_references),
		.parameters = parameters,
	};
	out->references->left = REFERENCES_MAX;
	if (!out->root)
		return false;
	out->file = out->root->place.file;
	struct walk walk = {.out = out, .arena = arena, .diag = diag};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		out->tool = (enum inventory_tool)i;
		if (kinds[i](&walk, out->root))
			return true;
	}
	diag_error(diag, (struct diag_place){.file = out->file},
		   "neither a SAM or CloudFormation template, nor a serverless.yml, nor `terraform show -json`, nor a "
		   "*.tf.json, nor a state machine, nor what `aws lambda list-functions` prints");
	return false;
}
