#include "scenario/platform_file.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/num.h"
#include "scenario/unknown.h"

static const char *const kinds[] = {[PLATFORM_FUNCTIONS] = "functions", [PLATFORM_MACHINE] = "machine", NULL};
static const char *const versions[] = {"lamina/v1", NULL};

#define PART(member, text) \
	BIND_FIELD(struct platform, member, BIND_STRUCT, .schema = &platform_##member##_schema, .help = text)

static const struct bind_field platform_fields[] = {
	BIND_FIELD(struct platform, apiVersion, BIND_CHOICE, .required = true, .choices = versions,
		   .help = "version of this format"),
	BIND_FIELD(struct platform, name, BIND_TEXT, .required = true, .help = "as experiments call it"),
	BIND_FIELD(struct platform, title, BIND_TEXT, .fallback = "", .help = "one line for people"),
	BIND_FIELD(struct platform, valid_from, BIND_TEXT, .fallback = "", .help = "first day, ISO 8601"),
	BIND_FIELD(struct platform, valid_to, BIND_TEXT, .fallback = "", .help = "last day, ISO 8601"),
	BIND_FIELD(struct platform, kind, BIND_CHOICE, .required = true, .choices = kinds,
		   .help = "a function service or one machine"),
	BIND_FIELD(struct platform, price_region, BIND_TEXT, .fallback = "",
		   .help = "the region that its prices are of; what others do not state in `regions` is unknown there"),
	PART(memory, "sizes sold"),
	PART(cpu, "CPU share by memory"),
	PART(sandbox, "cold starts and keep-alive"),
	PART(limits, "timeouts and concurrency"),
	PART(network, "a sandbox's network"),
	PART(store, "object store"),
	PART(workflow, "a workflow service"),
	PART(sources, "what starts functions"),
	PART(price, "prices and rounding"),
	PART(machine, "a machine with a GPU"),
	PART(device, "an accelerator of every sandbox"),
	PART(managed, "instances that functions are put on, and the provider's arithmetic of how many"),
	PART(hosts, "machines whose network card sandboxes share"),
	BIND_FIELD(struct platform, regions, BIND_NODE,
		   .help = "by name, what is different in a region: parts of a platform"),
	BIND_END,
};

/* Which parts each kind of platform must have, and which make no sense for it. */
static const struct part_rule {
	const char *key;
	bool needed[2]; /* by enum platform_kind */
} part_rules[] = {
	{"memory", {true, false}},  {"cpu", {true, true}},    {"sandbox", {true, false}}, {"limits", {true, false}},
	{"network", {true, false}}, {"store", {true, false}}, {"price", {true, true}},    {"machine", {false, true}},
};

/* Less than a microsecond a period is no share that a scheduler could give. */
static void check_smallest_share(const struct platform *platform, const struct yaml_node *node, struct diag *diag)
{
	if (platform->cpu.visible_vcpus.count == 0 || platform->cpu.mb_per_vcpu == 0)
		return;
	double quota_seconds = platform->cpu.period_seconds * cpu_share(&platform->cpu, platform->memory.min_mb);
	if (platform->kind == PLATFORM_FUNCTIONS && quota_seconds < 1e-6)
		diag_error(diag, bind_place(yaml_get(node, "cpu"), "mb_per_vcpu"),
			   "%lld MB get %.3g s of CPU in a period of %g s; at least 1e-06 s are simulated",
			   (long long)platform->memory.min_mb, quota_seconds, platform->cpu.period_seconds);
}

static void check_platform(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform *platform = value;
	for (size_t i = 0; i < ARRAY_LEN(part_rules); i++) {
		const struct part_rule *rule = &part_rules[i];
		bool given = yaml_get(node, rule->key) != NULL;
		if (rule->needed[platform->kind] && !given)
			diag_error(diag, node->place, "a platform of kind '%s' needs '%s'", kinds[platform->kind],
				   rule->key);
		if (!rule->needed[platform->kind] && given)
			diag_error(diag, bind_place(node, rule->key), "a platform of kind '%s' has no '%s'",
				   kinds[platform->kind], rule->key);
	}
	check_smallest_share(platform, node, diag);
}

const struct bind_schema platform_schema = {
	.title = "a platform",
	.bytes = sizeof(struct platform),
	.fields = platform_fields,
	.place_offset_plus_one = offsetof(struct platform, place) + 1,
	.check = check_platform,
	.open_word = "unknown",
};

/* Prices hold for the region they were published for: in another, those that it does not state are unknown. */
static void forget_prices(struct yaml_node *root, const struct yaml_node *region, struct arena *arena)
{
	const struct yaml_node *stated = yaml_get(region, "price");
	const struct yaml_node *prices = yaml_get(root, "price");
	for (struct yaml_node *price = prices ? prices->first : NULL; price; price = price->next) {
		bool is_price = strncmp(price->key, "usd_per_", strlen("usd_per_")) == 0;
		if (is_price && price->kind == YAML_SCALAR && !yaml_get(stated, price->key))
			price->text = arena_strdup(arena, "unknown");
	}
}

static void unknown_region(const struct yaml_node *regions, const char *home, const struct platform_changes *changes,
			   struct diag *diag)
{
	enum { NAMES_MAX = 64 };
	const char *names[NAMES_MAX];
	size_t count = 0;
	struct buf listed;
	buf_init(&listed);
	if (home[0] != '\0')
		names[count++] = home;
	for (const struct yaml_node *node = regions ? regions->first : NULL; node && count < NAMES_MAX;
	     node = node->next)
		if (node->key && strcmp(node->key, home) != 0)
			names[count++] = node->key;
	for (size_t i = 0; i < count; i++)
		buf_printf(&listed, "%s%s", i == 0 ? "" : ", ", names[i]);
	const char *meant = did_you_mean(changes->region, names, count);
	if (meant)
		diag_error(diag, changes->region_place, "the platform knows no region '%s'; did you mean '%s'?",
			   changes->region, meant);
	else
		diag_error(diag, changes->region_place,
			   "the platform knows no prices or limits of a region '%s'%s%s; give what is different there "
			   "with 'platform_values'",
			   changes->region, count > 0 ? ", but of " : "", buf_text(&listed));
	buf_release(&listed);
}

/* Puts what is different in a region over the tree. */
static void apply_region(struct yaml_node *root, const struct platform_changes *changes, struct arena *arena,
			 struct diag *diag)
{
	const struct yaml_node *regions = yaml_get(root, "regions");
	const struct yaml_node *region = yaml_get(regions, changes->region);
	const struct yaml_node *named = yaml_get(root, "price_region");
	const char *home = named && named->kind == YAML_SCALAR ? named->text : "";
	bool is_home = strcmp(home, changes->region) == 0;
	if (region && region->kind == YAML_MAP) {
		if (home[0] != '\0' && !is_home)
			forget_prices(root, region, arena);
		yaml_merge(root, region, arena);
	} else if (!is_home) {
		unknown_region(regions, home, changes, diag);
	}
}

bool platform_parse(const char *file, const char *text, size_t length, const struct platform_changes *changes,
		    struct arena *arena, struct diag *diag, struct platform *out)
{
	size_t errors_before = diag->error_count;
	struct bind_texts unknown = {0};
	struct yaml_node *root = yaml_parse(file, text, length, arena, diag);
	if (root && root->kind == YAML_MAP && changes && changes->region[0] != '\0')
		apply_region(root, changes, arena, diag);
	if (root && root->kind == YAML_MAP && changes && changes->values && changes->values->kind == YAML_MAP)
		yaml_merge(root, changes->values, arena);
	if (root) {
		unknown_set_aside(root, &platform_schema, arena, &unknown);
		bind_map(&platform_schema, root, out, arena, diag);
	}
	if (diag->error_count != errors_before)
		return false;
	out->path = file;
	out->region = changes && changes->region[0] != '\0' ? changes->region : NULL;
	out->unknown = unknown;
	return true;
}

/* A key whose value is a mapping: keys that stand deeper belong to it. */
struct level {
	size_t indent;
	const char *key;
	const char *source;
};

struct scan {
	struct arena *arena;
	struct level levels[PLATFORM_SOURCES_DEPTH];
	size_t depth;
	const char *above; /* comment lines since the last key, "" for none */
	struct platform_source *sources;
	size_t count;
};

static const char *trimmed(struct arena *arena, const char *text, size_t length)
{
	while (length > 0 && (*text == ' ' || *text == '#')) {
		text++;
		length--;
	}
	while (length > 0 && text[length - 1] == ' ')
		length--;
	return arena_strndup(arena, text, length);
}

static void scan_comment(struct scan *scan, const char *line, size_t length)
{
	const char *text = trimmed(scan->arena, line, length);
	scan->above = scan->above[0] ? arena_printf(scan->arena, "%s %s", scan->above, text) : text;
}

/* A comment begins at a # after a blank; quoted texts of platforms hold none. */
static size_t comment_offset(const char *line, size_t length)
{
	for (size_t i = 1; i < length; i++) {
		if (line[i] == '#' && line[i - 1] == ' ')
			return i;
	}
	return length;
}

/* The comment above the first key is about the whole file. */
static void scan_key(struct scan *scan, const char *line, size_t length, size_t indent)
{
	size_t end = comment_offset(line, length);
	const char *colon = memchr(line + indent, ':', end - indent);
	if (!colon)
		return;
	while (scan->depth > 0 && scan->levels[scan->depth - 1].indent >= indent)
		scan->depth--;
	const struct level *parent = scan->depth > 0 ? &scan->levels[scan->depth - 1] : NULL;
	const char *name = trimmed(scan->arena, line + indent, (size_t)(colon - line) - indent);
	const char *key = parent ? arena_printf(scan->arena, "%s.%s", parent->key, name) : name;
	const char *value = trimmed(scan->arena, colon + 1, end - (size_t)(colon + 1 - line));
	const char *source = trimmed(scan->arena, line + end, length - end);
	bool is_first = scan->count == 0 && scan->depth == 0;
	if (source[0] == '\0' && !is_first)
		source = scan->above;
	if (source[0] == '\0' && parent)
		source = parent->source;
	scan->above = "";
	if (value[0] != '\0' && scan->count < PLATFORM_SOURCES_MAX)
		scan->sources[scan->count++] = (struct platform_source){key, value, source};
	if (value[0] == '\0' && scan->depth < PLATFORM_SOURCES_DEPTH)
		scan->levels[scan->depth++] = (struct level){indent, key, source};
}

struct platform_source *platform_sources(const char *text, struct arena *arena, size_t *count)
{
	struct scan scan = {
		.arena = arena,
		.above = "",
		.sources = ARENA_ARRAY(arena, struct platform_source, PLATFORM_SOURCES_MAX),
	};
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		size_t indent = strspn(line, " ");
		if (indent >= length)
			scan.above = "";
		else if (line[indent] == '#')
			scan_comment(&scan, line, length);
		else
			scan_key(&scan, line, length, indent);
		line += length + (line[length] == '\n');
	}
	*count = scan.count;
	return scan.sources;
}
