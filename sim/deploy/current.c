#include "deploy/current.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/num.h"
#include "deploy/inventory.h"
#include "deploy/template.h"
#include "doc/yaml.h"
#include "scenario/function_name.h"

struct reading {
	struct current *out;
	const char *const *names;
	struct arena *arena;
	struct diag *diag;
	const char *file;
	bool said_anything; /* the file holds functions or a state machine */
};

/* Where a dialect's numbers go. */
static const size_t number_offsets[] = {
	[DIALECT_MEMORY_MB] = offsetof(struct current_function, memory_mb),
	[DIALECT_TIMEOUT_SECONDS] = offsetof(struct current_function, timeout_seconds),
	[DIALECT_TMP_MB] = offsetof(struct current_function, tmp_mb),
	[DIALECT_RESERVED] = offsetof(struct current_function, reserved_concurrency),
	[DIALECT_PROVISIONED] = offsetof(struct current_function, provisioned_concurrency),
};

/* The value's text where it can be known; NULL, with a warning that names the reference, where it cannot. */
static const char *known_text(const struct reading *reading, const struct yaml_node *node, const char *key,
			      const char *owner)
{
	if (template_is_unresolved(node)) {
		diag_warning(reading->diag, node->place,
			     "'%s' of '%s' is '%s', which only deployment resolves; skipped", key,
			     diag_excerpt(owner, reading->arena), template_describe(node, reading->arena));
		return NULL;
	}
	if (node->kind == YAML_SCALAR)
		return node->text;
	diag_warning(reading->diag, node->place, "'%s' of '%s' is %s, not one value; skipped", key,
		     diag_excerpt(owner, reading->arena), yaml_describe(node, reading->arena));
	return NULL;
}

static int64_t known_number(const struct reading *reading, const struct yaml_node *node, const char *key,
			    const char *owner)
{
	double number;
	const char *text = known_text(reading, node, key, owner);
	if (!text)
		return CURRENT_UNKNOWN;
	if (num_parse_double(text, &number) && number == nearbyint(number) && number >= -1 && number <= 1e9)
		return number < 0 ? 0 : (int64_t)number;
	diag_warning(reading->diag, node->place, "'%s' of '%s' is %s, not a whole number; skipped", key,
		     diag_excerpt(owner, reading->arena), yaml_describe(node, reading->arena));
	return CURRENT_UNKNOWN;
}

/* The function's own value, else that of the defaults for all, else NULL. */
static const struct yaml_node *find_value(const struct yaml_node *own, const struct yaml_node *defaults,
					  const char *path)
{
	const struct yaml_node *node = template_find(own, path);
	node = node ? node : template_find(defaults, path);
	return node && node->kind == YAML_SCALAR && yaml_type_of(node) == YAML_TYPE_NULL ? NULL : node;
}

/* A reservation of 0 lets nothing run: no plan can be compared with that. */
static void warn_of_disabled(const struct reading *reading, const struct yaml_node *node, const char *key,
			     const char *owner)
{
	double number;
	if (node->kind == YAML_SCALAR && num_parse_double(node->text, &number) && number == 0)
		diag_warning(reading->diag, node->place,
			     "'%s' of '%s' is 0, which disables the function; it is compared without a reservation",
			     key, diag_excerpt(owner, reading->arena));
}

/* A value in words, where the file has one that is known, or the tool's default; NULL where it is not known. */
static const char *read_word(const struct reading *reading, const struct yaml_node *own,
			     const struct yaml_node *defaults, const char *path, const char *owner,
			     const char *fallback, struct diag_place *place)
{
	const struct yaml_node *node = find_value(own, defaults, path);
	*place = node ? node->place : (struct diag_place){.file = reading->file};
	return node ? known_text(reading, node, path, owner) : fallback;
}

static void read_settings(const struct reading *reading, const struct dialect *dialect, const struct yaml_node *own,
			  const struct yaml_node *defaults, const char *owner, struct current_function *out)
{
	for (int i = 0; i < DIALECT_NUMBERS; i++) {
		const struct dialect_key *key = &dialect->numbers[i];
		const struct yaml_node *node = find_value(own, defaults, key->path);
		*(int64_t *)(void *)((char *)out + number_offsets[i]) =
			node ? known_number(reading, node, key->path, owner) : key->fallback;
		if (node && i == DIALECT_RESERVED)
			warn_of_disabled(reading, node, key->path, owner);
	}
	const char *text =
		read_word(reading, own, defaults, dialect->architecture, owner, "x86_64", &out->architecture_place);
	bool is_arm64 = text && strcmp(text, "arm64") == 0;
	out->architecture = !text ? NULL : is_arm64 ? "arm64" : "x86_64";
	text = read_word(reading, own, defaults, dialect->snapshot, owner, "", &out->snapshot_place);
	out->has_snapshot = text ? strcmp(text, dialect->snapshot_on) == 0 : CURRENT_UNKNOWN;
	out->is_found = true;
}

/* The experiment's function that one of the names means; -1, with a warning, where none does. */
static int match(const struct reading *reading, const char *const *given, size_t count, struct diag_place place)
{
	size_t name_count = reading->out->function_count;
	for (size_t i = 0; i < count; i++) {
		int found = given[i] ? function_name_match(given[i], reading->names, name_count) : -1;
		if (found >= 0)
			return found;
	}
	struct buf all;
	buf_init(&all);
	for (size_t i = 0; i < name_count && i < 8; i++)
		buf_printf(&all, "%s%s", i > 0 ? ", " : "", reading->names[i]);
	diag_warning(reading->diag, place, "'%s' is no function of the experiment (%s%s); skipped",
		     diag_excerpt(given[count - 1] ? given[count - 1] : "", reading->arena), buf_text(&all),
		     name_count > 8 ? ", ..." : "");
	buf_release(&all);
	return -1;
}

static void read_function(struct reading *reading, const struct inventory_item *item)
{
	const char *names[] = {item->deployed_name, item->id};
	int function = match(reading, names, 2, item->node->place);
	reading->said_anything = true;
	if (function >= 0)
		read_settings(reading, item->dialect, item->node, item->defaults, item->id,
			      &reading->out->functions[function]);
}

static void read_states(struct reading *reading, const struct yaml_node *machine);

static void read_task(struct reading *reading, const struct yaml_node *state)
{
	static const char *const paths[] = {"Parameters.FunctionName", "Arguments.FunctionName", "Resource"};
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const struct yaml_node *node = template_find(state, paths[i]);
		if (!node || node->kind != YAML_SCALAR || strstr(node->text, ":states:"))
			continue;
		const char *names[] = {node->text, state->key};
		match(reading, names, 2, state->place);
		return;
	}
}

static void read_map(struct reading *reading, const struct yaml_node *state)
{
	const struct yaml_node *bound = template_find(state, "MaxConcurrency");
	int64_t parallel = bound ? known_number(reading, bound, "MaxConcurrency", state->key) : 0;
	const struct yaml_node *path = template_find(state, "MaxConcurrencyPath");
	if (path)
		diag_warning(reading->diag, path->place,
			     "'MaxConcurrencyPath' of '%s' is '%s', which only a run resolves; skipped",
			     diag_excerpt(state->key, reading->arena),
			     path->kind == YAML_SCALAR ? diag_excerpt(path->text, reading->arena) : "no text");
	else if (parallel == 0)
		diag_warning(reading->diag, state->place, "map '%s' has no bound on its concurrency; skipped",
			     diag_excerpt(state->key, reading->arena));
	if (parallel > reading->out->parallel && parallel > 0)
		reading->out->parallel = parallel;
	/* Iterator is the older name. */
	read_states(reading, yaml_get(state, "ItemProcessor"));
	read_states(reading, yaml_get(state, "Iterator"));
}

static void read_states(struct reading *reading, const struct yaml_node *machine)
{
	const struct yaml_node *states = yaml_get(machine, "States");
	if (!states || states->kind != YAML_MAP)
		return;
	reading->said_anything = true;
	for (const struct yaml_node *state = states->first; state; state = state->next) {
		const char *type = inventory_plain_text(state, "Type");
		if (!type)
			continue;
		if (strcmp(type, "Map") == 0)
			read_map(reading, state);
		if (strcmp(type, "Task") == 0)
			read_task(reading, state);
		const struct yaml_node *branches = yaml_get(state, "Branches");
		for (const struct yaml_node *branch = branches ? branches->first : NULL; branch; branch = branch->next)
			read_states(reading, branch);
	}
}

/* Provisioned concurrency that stands beside its function, which the file tells before. */
static void read_provisioned(struct reading *reading, const struct inventory_item *item)
{
	const char *names[] = {item->deployed_name, item->id};
	int found = match(reading, names, 2, item->place);
	if (found >= 0 && reading->out->functions[found].is_found)
		reading->out->functions[found].provisioned_concurrency =
			known_number(reading, item->node, item->key, item->owner);
}

/* A file of functions that lacks some of the experiment's; a state machine says nothing about any. */
static void warn_of_missing(const struct reading *reading)
{
	const struct current *current = reading->out;
	bool found_any = false;
	for (size_t i = 0; i < current->function_count; i++)
		found_any = found_any || current->functions[i].is_found;
	for (size_t i = 0; i < current->function_count && found_any; i++) {
		if (!current->functions[i].is_found)
			diag_warning(reading->diag, (struct diag_place){.file = reading->file},
				     "it has no function '%s'; what the experiment says of it stands for what is "
				     "deployed",
				     current->functions[i].name);
	}
}

bool current_read(const char *path, const char *const *names, size_t count, struct arena *arena, struct diag *diag,
		  struct current *out, bool *io_failed)
{
	*out = (struct current){
		.functions = ARENA_ARRAY(arena, struct current_function, count),
		.function_count = count,
		.parallel = CURRENT_UNKNOWN,
		.file = path,
	};
	for (size_t i = 0; i < count; i++)
		out->functions[i].name = names[i];
	size_t errors_before = diag->error_count;
	struct inventory inventory;
	if (!inventory_read(path, (struct inventory_parameters){NULL, 0}, arena, diag, &inventory, io_failed))
		return false;
	struct reading reading = {.out = out, .names = names, .arena = arena, .diag = diag, .file = inventory.file};
	for (size_t i = 0; i < inventory.count; i++) {
		const struct inventory_item *item = &inventory.items[i];
		if (item->kind == INVENTORY_FUNCTION)
			read_function(&reading, item);
		else if (item->kind == INVENTORY_PROVISIONED)
			read_provisioned(&reading, item);
		else if (item->kind == INVENTORY_MACHINE)
			read_states(&reading, item->node);
	}
	if (!reading.said_anything)
		diag_error(diag, (struct diag_place){.file = reading.file}, "there is no Lambda function in it");
	else
		warn_of_missing(&reading);
	return diag->error_count == errors_before;
}

void current_forget_arm64(struct current *current, struct diag *diag)
{
	for (size_t i = 0; i < current->function_count; i++) {
		struct current_function *function = &current->functions[i];
		if (!function->architecture || strcmp(function->architecture, "arm64") != 0)
			continue;
		diag_warning(diag, function->architecture_place,
			     "function '%s' is deployed on arm64, whose speed is unknown; it is compared on what the "
			     "experiment says: state platform_values.cpu.arm64_speed",
			     function->name);
		function->architecture = NULL;
	}
}

void current_forget_snapshots(struct current *current, const struct setting *setting, struct diag *diag)
{
	bool has_platform = setting->platform->sandbox.restore_seconds.table.count > 0;
	for (size_t i = 0; i < current->function_count; i++) {
		struct current_function *function = &current->functions[i];
		const struct platform_runtime *runtime = setting->functions[i].sandbox.runtime;
		bool is_sold = has_platform && !(runtime && runtime->snapshot == SNAPSHOT_NONE);
		if (!function->is_found || function->has_snapshot != 1 || is_sold)
			continue;
		diag_warning(diag, function->snapshot_place,
			     "function '%s' is deployed with snapshots, which %s does not have for the experiment's "
			     "runtime; it is compared without",
			     function->name, setting->platform->name);
		function->has_snapshot = 0;
	}
}

const char *current_lacking(const struct current *current, struct arena *arena)
{
	struct buf names;
	buf_init(&names);
	for (size_t i = 0; i < current->function_count; i++) {
		const struct current_function *function = &current->functions[i];
		if (!function->is_found || function->memory_mb == CURRENT_UNKNOWN)
			buf_printf(&names, "%s%s", names.length > 0 ? ", " : "", function->name);
	}
	const char *text = arena_strdup(arena, buf_text(&names));
	buf_release(&names);
	return text;
}

static void add_known(struct yaml_node *map, const char *key, int64_t value, struct arena *arena)
{
	if (value != CURRENT_UNKNOWN)
		yaml_build_int(map, key, value, arena);
}

struct yaml_node *current_overlay(const struct current *current, struct arena *arena)
{
	struct yaml_node *root = yaml_build_map(arena);
	root->place.file = current->file;
	struct yaml_node *functions = yaml_build_add(root, YAML_MAP, "functions", arena);
	for (size_t i = 0; i < current->function_count; i++) {
		/* Those that were not found too: an experiment without a list of functions runs all. */
		const struct current_function *function = &current->functions[i];
		struct yaml_node *entry = yaml_build_add(functions, YAML_MAP, function->name, arena);
		if (!function->is_found)
			continue;
		add_known(entry, "memory_mb", function->memory_mb, arena);
		add_known(entry, "timeout_seconds", function->timeout_seconds, arena);
		add_known(entry, "tmp_mb", function->tmp_mb, arena);
		add_known(entry, "reserved_concurrency", function->reserved_concurrency, arena);
		add_known(entry, "provisioned_concurrency", function->provisioned_concurrency, arena);
		if (function->architecture)
			yaml_build_text(entry, "architecture", function->architecture, arena);
		if (function->has_snapshot != CURRENT_UNKNOWN)
			yaml_build_bool(entry, "snapshot", function->has_snapshot == 1, arena);
	}
	if (current->parallel != CURRENT_UNKNOWN) {
		struct yaml_node *pipeline = yaml_build_add(root, YAML_MAP, "pipeline", arena);
		yaml_build_int(pipeline, "parallel", current->parallel, arena);
	}
	return root;
}
