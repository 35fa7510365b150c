/* Functions of a deployment's file as those of an experiment. */
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "deploy/import_left_out.h"
#include "deploy/import_parts.h"
#include "deploy/template.h"
#include "scenario/blank.h"

const char *import_place(struct diag_place place, struct arena *arena)
{
	if (place.line == 0)
		return place.file;
	return arena_printf(arena, "%s:%d", place.file, place.line);
}

struct yaml_node *import_add(struct yaml_node *parent, enum yaml_kind kind, const char *key, const char *comment,
			     struct arena *arena)
{
	struct yaml_node *node = yaml_build_add(parent, kind, key, arena);
	node->comment = comment;
	return node;
}

void import_add_text(struct yaml_node *parent, const char *key, const char *text, const char *comment,
		     struct arena *arena)
{
	struct yaml_node *node = import_add(parent, YAML_SCALAR, key, comment, arena);
	node->text = text;
	node->quoted = true;
}

void import_add_int(struct yaml_node *parent, const char *key, int64_t value, const char *comment, struct arena *arena)
{
	import_add(parent, YAML_SCALAR, key, comment, arena)->text = arena_printf(arena, "%lld", (long long)value);
}

void import_add_number(struct yaml_node *parent, const char *key, double value, const char *comment,
		       struct arena *arena)
{
	char text[NUM_TEXT_BYTES];
	import_add(parent, YAML_SCALAR, key, comment, arena)->text =
		arena_strdup(arena, num_format_double(value, text));
}

void import_add_blank(struct yaml_node *parent, const char *key, const char *comment, struct arena *arena)
{
	import_add(parent, YAML_SCALAR, key, comment, arena)->text = blank_word;
}

/* Letters, digits, '-' and '_', and no other function's: dots would be parts of a key. */
static const char *name_for(const struct importing *importing, const char *id)
{
	char *name = arena_strndup(importing->arena, id, strnlen(id, YAML_KEY_BYTES_MAX - 8));
	static const char kept[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	for (char *p = name; *p; p++)
		if (!strchr(kept, *p))
			*p = '-';
	const char *unique = name[0] ? name : "function";
	const char *base = unique;
	for (size_t i = 0, same = 1; i < importing->function_count; i++) {
		if (strcmp(importing->functions[i].name, unique) != 0)
			continue;
		unique = arena_printf(importing->arena, "%s-%zu", base, ++same);
		i = (size_t)-1;
	}
	return unique;
}

static struct imported_function *add_function(struct importing *importing, const char *id)
{
	if (importing->function_count == importing->function_capacity) {
		size_t capacity = importing->function_capacity > 0 ? 2 * importing->function_capacity : 16;
		struct imported_function *functions = ARENA_ARRAY(importing->arena, struct imported_function, capacity);
		if (importing->function_count > 0)
			memcpy(functions, importing->functions, importing->function_count * sizeof *functions);
		importing->functions = functions;
		importing->function_capacity = capacity;
	}
	const char *name = name_for(importing, id);
	struct imported_function *function = &importing->functions[importing->function_count++];
	*function = (struct imported_function){.id = id, .name = name};
	return function;
}

struct imported_function *import_unlisted_function(struct importing *importing, const char *id)
{
	for (size_t i = 0; i < importing->function_count; i++)
		if (!importing->functions[i].item && strcmp(importing->functions[i].id, id) == 0)
			return &importing->functions[i];
	return add_function(importing, id);
}

/* The function's own value, else that of the defaults for all, else NULL; references are followed. */
struct found_value {
	const struct yaml_node *written; /* NULL: the file says nothing */
	const struct yaml_node *value;   /* NULL: only deployment knows */
};

/* NULL where only deployment knows it, or nothing stands there. */
static const struct yaml_node *resolved(const struct substitution *substitution, const struct yaml_node *written,
					bool *is_none)
{
	bool is_as_if_none = false;
	const struct yaml_node *value = written ? substitution_resolve(substitution, written, &is_as_if_none) : NULL;
	*is_none = *is_none || is_as_if_none;
	bool is_reference = value && value->kind == YAML_SCALAR && template_is_unresolved(value);
	return is_reference ? NULL : value;
}

static struct found_value find_value(const struct importing *importing, const struct inventory_item *item,
				     const char *path)
{
	const struct yaml_node *sides[] = {item->node, item->defaults};
	const struct substitution substitution = {item->from, item->instance, importing->arena};
	for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
		bool is_none = false;
		const char *rest = path;
		const struct yaml_node *written = sides[i] ? template_find_on(sides[i], &rest) : NULL;
		const struct yaml_node *value = resolved(&substitution, written, &is_none);
		/* A reference may stand for a map with the rest of the path. */
		while (value && rest[0]) {
			const struct yaml_node *inner = template_find_on(value, &rest);
			is_none = is_none || !inner;
			value = resolved(&substitution, inner, &is_none);
		}
		if (written && !is_none)
			return (struct found_value){written, value};
	}
	return (struct found_value){NULL, NULL};
}

/* Where a value stands, and as what: "template.yaml:15", "template.yaml:15, !Ref Size". */
static const char *source_of(const struct importing *importing, struct found_value found)
{
	const char *place = import_place(found.written->place, importing->arena);
	if (found.value == found.written)
		return place;
	return arena_printf(importing->arena, "%s, %s", place, template_describe(found.written, importing->arena));
}

static void add_unresolved(struct importing *importing, struct yaml_node *entry, const char *key, const char *path,
			   const struct imported_function *function, struct found_value found)
{
	diag_warning(importing->diag, found.written->place,
		     "'%s' of '%s' is '%s', which the file does not resolve; '%s' is left blank%s", path,
		     diag_excerpt(function->id, importing->arena), template_describe(found.written, importing->arena),
		     key,
		     importing->inventory.tool == TOOL_TERRAFORM_STATE ? "" : " (--parameter NAME=VALUE gives it)");
	import_add_blank(entry, key, source_of(importing, found), importing->arena);
}

/* The experiment's keys of a dialect's numbers; what is written though it is the default, and what a 0 means. */
static const struct imported_number {
	const char *key;
	bool is_always;
	const char *zero; /* NULL: nothing special */
} numbers[DIALECT_NUMBERS] = {
	[DIALECT_MEMORY_MB] = {"memory_mb", true, NULL},
	[DIALECT_TIMEOUT_SECONDS] = {"timeout_seconds", true, NULL},
	[DIALECT_TMP_MB] = {"tmp_mb", false, NULL},
	[DIALECT_RESERVED] = {"reserved_concurrency", false, "which disables the function; it is left out"},
	[DIALECT_PROVISIONED] = {"provisioned_concurrency", false, NULL},
};

/* Where "Timeout: 30.0" and "'30'" mean 30. */
static bool whole_number(const struct yaml_node *value, int64_t *out)
{
	double number;
	if (value->kind != YAML_SCALAR || !num_parse_double(value->text, &number) || number != nearbyint(number) ||
	    number < -1 || number > 1e9)
		return false;
	*out = (int64_t)number;
	return true;
}

static void add_found_number(struct importing *importing, struct yaml_node *entry, enum dialect_number which,
			     const char *path, const struct imported_function *function, struct found_value found)
{
	const struct imported_number *row = &numbers[which];
	int64_t number;
	if (!found.value) {
		add_unresolved(importing, entry, row->key, path, function, found);
	} else if (!whole_number(found.value, &number)) {
		diag_error(importing->diag, found.written->place, "'%s' of '%s' is %s, not a whole number", path,
			   diag_excerpt(function->id, importing->arena), yaml_describe(found.value, importing->arena));
	} else if (number == 0 && row->zero) {
		diag_warning(importing->diag, found.written->place, "'%s' of '%s' is 0, %s", path,
			     diag_excerpt(function->id, importing->arena), row->zero);
	} else if (row->is_always || number > 0) {
		import_add_int(entry, row->key, number, source_of(importing, found), importing->arena);
	}
}

/* Concurrency that stands on a version, an alias or a resource of its own. */
static const struct inventory_item *provisioned_beside(const struct importing *importing,
						       const struct imported_function *function)
{
	const struct inventory *inventory = function->item->from;
	for (size_t i = 0; i < inventory->count; i++) {
		const struct inventory_item *item = &inventory->items[i];
		bool is_named = item->deployed_name && function->deployed_name &&
				strcmp(item->deployed_name, function->deployed_name) == 0;
		if (item->kind == INVENTORY_PROVISIONED && (strcmp(item->id, function->id) == 0 || is_named))
			return item;
	}
	return NULL;
}

/* A value that stands on a version, an alias or a resource of its own, and whose that is. */
static struct found_value find_beside(struct importing *importing, struct yaml_node *entry,
				      const struct imported_function *function)
{
	const struct inventory_item *beside = provisioned_beside(importing, function);
	bool is_none = false;
	if (!beside)
		return (struct found_value){NULL, NULL};
	const struct substitution substitution = {beside->from, beside->instance, importing->arena};
	const struct yaml_node *value = resolved(&substitution, beside->node, &is_none);
	if (is_none)
		return (struct found_value){NULL, NULL};
	import_add_text(entry, "provisioned_resource", beside->address ? beside->address : beside->owner,
			import_place(beside->place, importing->arena), importing->arena);
	return (struct found_value){beside->node, value};
}

static void add_numbers(struct importing *importing, struct yaml_node *entry, const struct imported_function *function)
{
	const struct dialect *dialect = function->item->dialect;
	for (int i = 0; i < DIALECT_NUMBERS; i++) {
		const struct dialect_key *key = &dialect->numbers[i];
		struct found_value found = find_value(importing, function->item, key->path);
		if (!found.written && i == DIALECT_PROVISIONED)
			found = find_beside(importing, entry, function);
		if (found.written)
			add_found_number(importing, entry, (enum dialect_number)i, key->path, function, found);
		else if (numbers[i].is_always)
			import_add_int(entry, numbers[i].key, key->fallback,
				       arena_printf(importing->arena, "the default of %s", dialect->tool),
				       importing->arena);
	}
}

static void add_architecture(struct importing *importing, struct yaml_node *entry,
			     const struct imported_function *function)
{
	const char *path = function->item->dialect->architecture;
	struct found_value found = find_value(importing, function->item, path);
	if (!found.written)
		return;
	const char *text = found.value && found.value->kind == YAML_SCALAR ? found.value->text : NULL;
	if (!found.value)
		add_unresolved(importing, entry, "architecture", path, function, found);
	else if (text && (strcmp(text, "arm64") == 0 || strcmp(text, "x86_64") == 0))
		import_add_text(entry, "architecture", text, source_of(importing, found), importing->arena);
	else
		diag_error(importing->diag, found.written->place, "'%s' of '%s' is %s, neither x86_64 nor arm64", path,
			   diag_excerpt(function->id, importing->arena), yaml_describe(found.value, importing->arena));
}

static void add_snapshot(struct importing *importing, struct yaml_node *entry, const struct imported_function *function)
{
	const struct dialect *dialect = function->item->dialect;
	struct found_value found = find_value(importing, function->item, dialect->snapshot);
	if (found.written && !found.value)
		add_unresolved(importing, entry, "snapshot", dialect->snapshot, function, found);
	else if (found.written && found.value->kind == YAML_SCALAR &&
		 strcmp(found.value->text, dialect->snapshot_on) == 0)
		import_add(entry, YAML_SCALAR, "snapshot", source_of(importing, found), importing->arena)->text =
			"true";
}

/* What only running the function tells. */
static void add_work(struct importing *importing, struct yaml_node *entry)
{
	struct yaml_node *work = import_add(entry, YAML_MAP, "work", NULL, importing->arena);
	import_add_blank(work, "cpu_seconds", NULL, importing->arena);
	import_add_blank(work, "wait_seconds", NULL, importing->arena);
	import_add_blank(work, "memory_mb", NULL, importing->arena);
}

static const char *layers_of(const struct importing *importing, const struct imported_function *function)
{
	struct found_value found = find_value(importing, function->item, function->item->dialect->layers);
	if (!found.value || found.value->kind != YAML_LIST || found.value->count == 0)
		return "";
	return arena_printf(importing->arena, "; %zu layer%s (%s), part of framework.package_mb", found.value->count,
			    found.value->count == 1 ? "" : "s", import_place(found.written->place, importing->arena));
}

static void add_entry(struct importing *importing, struct yaml_node *functions,
		      const struct imported_function *function)
{
	struct arena *arena = importing->arena;
	struct yaml_node *entry = import_add(functions, YAML_MAP, function->name, NULL, arena);
	if (!function->item) {
		entry->comment = "called by the state machine; no file given says more";
		import_add_blank(entry, "memory_mb", NULL, arena);
		import_add_blank(entry, "timeout_seconds", NULL, arena);
	} else {
		entry->comment = arena_printf(arena, "%s%s", import_place(function->item->place, arena),
					      layers_of(importing, function));
		const char *address = function->item->address;
		import_add_text(entry, "resource", address ? address : function->id, NULL, arena);
	}
	if (function->deployed_name)
		import_add_text(entry, "deployed_name", function->deployed_name, NULL, arena);
	if (function->item) {
		add_numbers(importing, entry, function);
		add_architecture(importing, entry, function);
		add_snapshot(importing, entry, function);
		if (function->item->from->tool != TOOL_API)
			import_tell_keys(importing, LEFT_OF_FUNCTION, function->item->node, function->id);
	}
	add_work(importing, entry);
}

/* An experiment has one runtime and one kind of package for all of its functions. */
static void add_runtime(struct importing *importing, struct yaml_node *framework)
{
	const struct imported_function *first = NULL;
	bool is_same = true;
	for (size_t i = 0; i < importing->function_count; i++) {
		const struct imported_function *function = &importing->functions[i];
		if (!function->is_used || !function->runtime)
			continue;
		first = first ? first : function;
		if (strcmp(first->runtime, function->runtime) != 0 && is_same) {
			is_same = false;
			diag_warning(importing->diag, function->runtime_place,
				     "'%s' runs on %s and '%s' on %s; an experiment has one runtime for all, so that "
				     "'framework.runtime' is left out",
				     diag_excerpt(function->id, importing->arena), function->runtime,
				     diag_excerpt(first->id, importing->arena), first->runtime);
		}
	}
	if (!first || !is_same)
		return;
	const struct platform_runtime *runtime = platform_find_runtime(importing->request->platform, first->runtime);
	if (runtime)
		import_add_text(framework, "runtime", runtime->name,
				import_place(first->runtime_place, importing->arena), importing->arena);
	else
		diag_warning(importing->diag, first->runtime_place,
			     "%s has no times of runtime '%s'; 'framework.runtime' is left out",
			     importing->request->platform_name, diag_excerpt(first->runtime, importing->arena));
}

static void add_package(struct importing *importing, struct yaml_node *framework)
{
	const struct imported_function *image = NULL;
	const struct imported_function *zip = NULL;
	for (size_t i = 0; i < importing->function_count; i++) {
		const struct imported_function *function = &importing->functions[i];
		if (function->is_used && function->item && function->is_image)
			image = function;
		else if (function->is_used && function->item)
			zip = function;
	}
	if (image && zip)
		diag_warning(importing->diag, image->item->place,
			     "'%s' is a container image and '%s' is a zip file; an experiment has one kind for all, so "
			     "that 'framework.package_kind' is left out",
			     diag_excerpt(image->id, importing->arena), diag_excerpt(zip->id, importing->arena));
	else if (image)
		import_add_text(framework, "package_kind", "image", import_place(image->item->place, importing->arena),
				importing->arena);
}

/* The first function that runs on arm64; NULL. */
static const struct imported_function *first_on_arm64(const struct importing *importing)
{
	for (size_t i = 0; i < importing->function_count; i++) {
		const struct imported_function *function = &importing->functions[i];
		if (!function->is_used || !function->item)
			continue;
		const struct yaml_node *value =
			find_value(importing, function->item, function->item->dialect->architecture).value;
		if (value && value->kind == YAML_SCALAR && strcmp(value->text, "arm64") == 0)
			return function;
	}
	return NULL;
}

/* What the platform's file does not know, and the functions need. */
static void add_platform_values(struct importing *importing)
{
	static const char key[] = "cpu.arm64_speed";
	const struct bind_texts *unknown = &importing->request->platform->unknown;
	const struct imported_function *function = first_on_arm64(importing);
	for (size_t i = 0; i < unknown->count && function; i++) {
		if (strcmp(unknown->values[i], key) != 0)
			continue;
		struct yaml_node *values =
			import_add(importing->root, YAML_MAP, "platform_values", NULL, importing->arena);
		struct yaml_node *cpu = import_add(values, YAML_MAP, "cpu", NULL, importing->arena);
		import_add_blank(cpu, strchr(key, '.') + 1,
				 arena_printf(importing->arena, "of an x86_64 vCPU's, as '%s' needs", function->name),
				 importing->arena);
	}
}

/* What holds for all functions of a file; its provider says more than that. */
static void tell_defaults(struct importing *importing)
{
	static const char *const keys[] = {"vpc", "tracing"};
	const struct yaml_node *root = importing->inventory.root;
	const struct yaml_node *provider = yaml_get(root, "provider");
	struct yaml_node some = {.kind = YAML_MAP};
	for (size_t i = 0; i < ARRAY_LEN(keys) && importing->inventory.tool == TOOL_SERVERLESS; i++) {
		const struct yaml_node *entry = yaml_get(provider, keys[i]);
		struct yaml_node *copy = entry ? ARENA_NEW(importing->arena, struct yaml_node) : NULL;
		if (!copy)
			continue;
		*copy = *entry;
		copy->next = some.first;
		some.first = copy;
	}
	import_tell_keys(importing, LEFT_OF_FUNCTION, &some, "provider");
	if (importing->inventory.tool == TOOL_CLOUDFORMATION)
		import_tell_keys(importing, LEFT_OF_FUNCTION, template_find(root, "Globals.Function"),
				 "Globals.Function");
}

void import_write_functions(struct importing *importing)
{
	tell_defaults(importing);
	add_platform_values(importing);
	struct arena *arena = importing->arena;
	struct yaml_node framework = {.kind = YAML_MAP};
	add_runtime(importing, &framework);
	add_package(importing, &framework);
	if (framework.count > 0) {
		struct yaml_node *entry = import_add(importing->root, YAML_MAP, "framework", NULL, arena);
		entry->first = framework.first;
		entry->count = framework.count;
	}
	struct yaml_node *functions = import_add(importing->root, YAML_MAP, "functions", NULL, arena);
	for (size_t i = 0; i < importing->function_count; i++)
		if (importing->functions[i].is_used)
			add_entry(importing, functions, &importing->functions[i]);
}

static const char *resolved_text(const struct importing *importing, const struct inventory_item *item, const char *path,
				 struct diag_place *place)
{
	struct found_value found = find_value(importing, item, path);
	if (!found.value || found.value->kind != YAML_SCALAR)
		return NULL;
	*place = found.written->place;
	return found.value->text;
}

/* As the file says it, or as the Serverless Framework makes it: SERVICE-STAGE-FUNCTION. NULL: only deployment knows. */
static const char *deployed_name_of(const struct importing *importing, const struct inventory_item *item)
{
	struct diag_place place;
	struct inventory_item own = *item;
	own.defaults = NULL;
	const char *name = resolved_text(importing, &own, item->dialect->deployed_name, &place);
	if (name || item->dialect != &dialect_serverless)
		return name;
	const struct inventory_item file = {.from = item->from, .node = item->from->root};
	const char *service = resolved_text(importing, &file, "service", &place);
	const char *stage = resolved_text(importing, &file, "provider.stage", &place);
	bool has_stage = template_find(item->from->root, "provider.stage") != NULL;
	if (!service || (has_stage && !stage))
		return NULL;
	return arena_printf(importing->arena, "%s-%s-%s", service, has_stage ? stage : "dev", item->id);
}

/* "Image" of PackageType, or any `image:`. */
static bool is_image(const struct importing *importing, const struct inventory_item *item)
{
	struct found_value found = find_value(importing, item, item->dialect->package);
	if (!found.written)
		return false;
	return item->dialect == &dialect_serverless ||
	       (found.value && found.value->kind == YAML_SCALAR && strcmp(found.value->text, "Image") == 0);
}

void import_list_functions(struct importing *importing, const struct inventory *inventory)
{
	for (size_t i = 0; i < inventory->count; i++) {
		const struct inventory_item *item = &inventory->items[i];
		if (item->kind != INVENTORY_FUNCTION)
			continue;
		struct imported_function *function = add_function(importing, item->id);
		function->item = item;
		function->is_image = is_image(importing, item);
		function->deployed_name = deployed_name_of(importing, item);
		if (!function->is_image)
			function->runtime =
				resolved_text(importing, item, item->dialect->runtime, &function->runtime_place);
	}
}
