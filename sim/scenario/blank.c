#include "scenario/blank.h"

#include <string.h>

#include "base/check.h"

const char blank_word[] = "blank";

struct search {
	bool is_allowed;
	const struct yaml_node *sweep;
	struct arena *arena;
	struct diag *diag;
};

/* Keys that others are checked with, and what stands in for them; and what they are, where no row of a table says. */
static const struct stand_in {
	const char *key;
	const char *text;
	const char *help;
} stand_ins[] = {
	{"images", "1", NULL},
	{"probability", "0", "how often this branch is taken, from 0 to 1"},
	{"items", "1", "how many items the map goes over"},
	{"concurrency", "1", "items at once at most"},
	{"batch", "1", "items of one execution"},
	{"again", "0", "the probability of a further round, from 0 to 1"},
	{"at_most", "1", "rounds in all at most"},
	{"seconds", "0", "how long it takes"},
	{"rate_per_second", "1", NULL},
	{"duration_seconds", "1", NULL},
	{"arm64_speed", "1", "speed of an arm64 vCPU over an x86_64 one, of your own two measurements"},
};

/* What `lamina calibrate` writes of a function's work, whatever the logs; and where they say it. */
static const char *const fitted_keys[] = {
	"single_cpu_seconds", "cpu_seconds", "wait_seconds", "memory_mb", "init_seconds", "variation",
};

static bool is_blank(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR && !node->quoted && strcmp(node->text, blank_word) == 0;
}

/* Whether one of a map's keys is this one, or one that it stands below. */
static bool states(const struct yaml_node *map, const char *key)
{
	for (const struct yaml_node *entry = map && map->kind == YAML_MAP ? map->first : NULL; entry;
	     entry = entry->next) {
		size_t length = strlen(entry->key);
		if (strncmp(entry->key, key, length) == 0 && (key[length] == '\0' || key[length] == '.'))
			return true;
	}
	return false;
}

/* Whether every point of a sweep states the key; `points` adds some that may not. */
static bool sweeps(const struct yaml_node *sweep, const char *key)
{
	const struct yaml_node *zips = yaml_get(sweep, "zip");
	bool is_stated = states(yaml_get(sweep, "matrix"), key);
	for (const struct yaml_node *zip = zips && zips->kind == YAML_LIST ? zips->first : NULL; zip; zip = zip->next)
		is_stated = is_stated || states(zip, key);
	return is_stated && !yaml_get(sweep, "points");
}

static const char *way_to_fill(const char *key, struct arena *arena)
{
	const char *last = strrchr(key, '.');
	bool is_work = strncmp(key, "functions.", strlen("functions.")) == 0 && strstr(key, ".work");
	bool is_fitted = is_work && strcmp(last, ".work") == 0;
	for (size_t i = 0; is_work && i < ARRAY_LEN(fitted_keys); i++)
		is_fitted = is_fitted || strcmp(last + 1, fitted_keys[i]) == 0;
	if (is_fitted)
		return "`lamina calibrate` fits it to logs, for --with; or a profile's layers instead of 'work'; or "
		       "state it here";
	/* A state's name may have what a shell would take for its own. */
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	const char *quote = strspn(key, safe) == strlen(key) ? "" : "'";
	return arena_printf(arena, "state it here, or by --set %s%s=VALUE%s", quote, key, quote);
}

static const struct stand_in *stand_in_of(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(stand_ins); i++)
		if (key && strcmp(stand_ins[i].key, key) == 0)
			return &stand_ins[i];
	return NULL;
}

static void tell(const struct search *search, const struct yaml_node *node, const struct bind_field *field,
		 const char *key)
{
	struct arena *arena = &search->diag->arena;
	const struct stand_in *known = stand_in_of(node->key);
	const char *help = field && field->help ? field->help : known ? known->help : NULL;
	if (search->is_allowed || sweeps(search->sweep, key))
		return;
	diag_error(search->diag, node->place, "'%s' is blank%s%s; %s", key, help ? ": " : "", help ? help : "",
		   way_to_fill(key, arena));
}

static void search_in(const struct search *search, struct yaml_node *node, const struct bind_schema *schema,
		      const char *prefix);

/* The rows that the children of a field's value are bound by; NULL where none are known. */
static const struct bind_schema *schema_below(const struct bind_field *field)
{
	return field && field->type >= BIND_STRUCT && field->type != BIND_NODE ? field->schema : NULL;
}

static void search_child(const struct search *search, struct yaml_node *child, const struct bind_field *field,
			 const char *key)
{
	bool has_names = field && (field->type == BIND_STRUCT_MAP || field->type == BIND_STRUCT_LIST);
	if (!has_names || child->kind == YAML_SCALAR) {
		search_in(search, child, schema_below(field), key);
		return;
	}
	size_t index = 0;
	for (struct yaml_node *entry = child->first; entry; entry = entry->next, index++)
		search_in(search, entry, field->schema,
			  entry->key ? arena_printf(search->arena, "%s.%s", key, entry->key)
				     : arena_printf(search->arena, "%s.%zu", key, index));
}

/* An element of a list goes by its name where it has one, as in --set. */
static const char *element_key(const struct search *search, const char *prefix, const struct yaml_node *element,
			       size_t index)
{
	const struct yaml_node *name = yaml_get(element, "name");
	bool is_named = name && name->kind == YAML_SCALAR && name->text[0] && !strchr(name->text, '.');
	return is_named ? arena_printf(search->arena, "%s.%s", prefix, name->text)
			: arena_printf(search->arena, "%s.%zu", prefix, index);
}

/* Its values are others' keys. */
static bool is_table_of_points(const char *key)
{
	static const char *const tables[] = {"sweep", "fit", "claims", "claim_defaults"};
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (strcmp(key, tables[i]) == 0)
			return true;
	return false;
}

static void search_in(const struct search *search, struct yaml_node *node, const struct bind_schema *schema,
		      const char *prefix)
{
	struct yaml_node **link = &node->first;
	size_t index = 0;
	for (; *link; index++) {
		struct yaml_node *child = *link;
		const struct bind_field *field = schema && child->key ? bind_find_field(schema, child->key) : NULL;
		const char *key = !child->key      ? element_key(search, prefix, child, index)
				  : prefix[0] == 0 ? child->key
						   : arena_printf(search->arena, "%s.%s", prefix, child->key);
		bool is_text = field && field->type == BIND_TEXT;
		if (!is_blank(child) || is_text) {
			if (!is_table_of_points(key))
				search_child(search, child, field, key);
			link = &child->next;
			continue;
		}
		tell(search, child, field, key);
		const struct stand_in *stand_in = stand_in_of(child->key);
		if (stand_in || !child->key) {
			child->text = stand_in ? stand_in->text : "0";
			link = &child->next;
		} else {
			*link = child->next;
			node->count--;
		}
	}
}

void blank_set_aside(struct yaml_node *root, const struct bind_schema *schema, bool is_allowed,
		     const struct yaml_node *sweep, struct arena *arena, struct diag *diag)
{
	struct search search = {.is_allowed = is_allowed, .sweep = sweep, .arena = arena, .diag = diag};
	if (root->kind == YAML_MAP)
		search_in(&search, root, schema, "");
}
