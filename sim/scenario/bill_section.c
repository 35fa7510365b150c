#include "scenario/bill_section.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"

static const double KB_BYTES = 1024;
static const double MB_BYTES = 1024 * 1024;
static const double GB_BYTES = 1024 * 1024 * 1024;

#define AMOUNT(type_name, member, default_text, high, text) \
	BIND_FIELD(type_name, member, BIND_DOUBLE, .fallback = default_text, .min = 0, .max = (high), .help = text)

#define SECTION(name) \
	static const struct bind_schema name##_schema = { \
		.title = #name, .bytes = sizeof(struct bill_##name), .fields = name##_fields}

static const struct bind_field logs_fields[] = {
	BIND_FIELD(struct bill_logs, kb_per_call, BIND_DOUBLE, .required = true, .min = 0, .max = 1e9,
		   .help = "logs of a call that are ingested, kB of 1024 bytes"),
	BIND_END,
};
SECTION(logs);

static const struct bind_field nat_fields[] = {
	BIND_FIELD(struct bill_nat, gateways, BIND_INT, .fallback = "1", .min = 0, .max = 1000,
		   .help = "NAT gateways that stand, as a rule one for each zone"),
	AMOUNT(struct bill_nat, kb_per_call, "0", 1e9, "what a call sends and gets through them, kB of 1024 bytes"),
	BIND_FIELD(struct bill_nat, carries_store, BIND_BOOL, .fallback = "false",
		   .help = "whether the store's bytes pass them, too: functions in a VPC without a gateway endpoint"),
	BIND_END,
};
SECTION(nat);

static const struct bind_field egress_fields[] = {
	BIND_FIELD(struct bill_egress, kb_per_record, BIND_DOUBLE, .required = true, .min = 0, .max = 1e9,
		   .help = "what leaves for the internet with a record's result, kB of 1024 bytes"),
	BIND_END,
};
SECTION(egress);

static const char *const api_kinds[] = {[API_HTTP] = "http", [API_REST] = "rest", NULL};

static const struct bind_field api_fields[] = {
	BIND_FIELD(struct bill_api, kind, BIND_CHOICE, .required = true, .choices = api_kinds,
		   .help = "which kind of gateway stands in front"),
	AMOUNT(struct bill_api, requests_per_record, "1", 1e6, "requests that a record comes with"),
	AMOUNT(struct bill_api, kb_per_request, "0", 1e9, "what one holds, kB of 1024 bytes: HTTP APIs meter by it"),
	BIND_END,
};
SECTION(api);

static const struct bind_field files_fields[] = {
	AMOUNT(struct bill_files, stored_gb, "0", 1e9, "kept on a file system that functions mount, 2^30 bytes"),
	AMOUNT(struct bill_files, read_kb_per_call, "0", 1e9, "read from it, kB of 1024 bytes"),
	AMOUNT(struct bill_files, written_kb_per_call, "0", 1e9, "written to it, kB of 1024 bytes"),
	BIND_END,
};
SECTION(files);

static const struct bind_field registry_fields[] = {
	AMOUNT(struct bill_registry, mb, "0", 1e9,
	       "container images kept, MB of 1024 kB; 0: that of the functions' package"),
	BIND_END,
};
SECTION(registry);

static const struct bind_field objects_fields[] = {
	AMOUNT(struct bill_objects, months, "1", 1200, "how long what is put into the store stays"),
	BIND_END,
};
SECTION(objects);

static const struct bind_field savings_plan_fields[] = {
	BIND_FIELD(struct bill_savings_plan, discount, BIND_DOUBLE, .required = true, .min = 0, .max = 1,
		   .help = "what the commitment takes off durations and provisioned concurrency, of 1"),
	BIND_FIELD(struct bill_savings_plan, share, BIND_DOUBLE, .fallback = "1", .min = 0, .max = 1,
		   .help = "how much of them it covers"),
	BIND_END,
};
SECTION(savings_plan);

static void remember_node(void *value, const struct yaml_node *node, struct diag *diag)
{
	((struct bill_section *)value)->node = node;
}

#define PART(member, text) \
	BIND_FIELD(struct bill_section, member, BIND_STRUCT, .schema = &member##_schema, .help = text)

static const struct bind_field bill_section_fields[] = {
	PART(logs, "logs that are ingested"),
	PART(nat, "NAT gateways of a VPC"),
	PART(egress, "bytes to the internet"),
	PART(api, "a gateway in front of the functions"),
	PART(files, "a file system that functions mount"),
	PART(registry, "a registry of container images"),
	PART(objects, "objects of the store that stay after the run"),
	PART(savings_plan, "a commitment to use, which takes a share off"),
	BIND_END,
};

const struct bind_schema bill_section_schema = {
	.title = "bill",
	.bytes = sizeof(struct bill_section),
	.fields = bill_section_fields,
	.check = remember_node,
};

struct yaml_node *bill_section_values(const struct bill_section *section, struct yaml_node *platform_values,
				      struct arena *arena)
{
	if (!yaml_get(section->node, "savings_plan"))
		return platform_values;
	struct yaml_node *values = yaml_build_map(arena);
	struct yaml_node *price = yaml_build_add(values, YAML_MAP, "price", arena);
	yaml_build_number(price, "savings_plan_discount", section->savings_plan.discount, 17, arena);
	yaml_build_number(price, "savings_plan_share", section->savings_plan.share, 17, arena);
	if (platform_values && platform_values->kind == YAML_MAP)
		yaml_merge(values, platform_values, arena);
	return values;
}

/* The largest image that a function is delivered as, MB; 0: none is. */
static double image_mb(const struct setting *setting)
{
	double mb = 0;
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct sandbox_spec *sandbox = &setting->functions[i].sandbox;
		mb = sandbox->is_image ? fmax(mb, sandbox->package_mb) : mb;
	}
	return mb;
}

static int64_t bytes_of(double amount, double unit_bytes)
{
	return llround(amount * unit_bytes);
}

static void fill_beside(const struct bill_section *section, struct setting_beside *out, double registry_mb)
{
	const struct bill_api *api = &section->api;
	bool has_api = yaml_get(section->node, "api");
	out->log_bytes = bytes_of(section->logs.kb_per_call, KB_BYTES);
	out->nat_gateways = yaml_get(section->node, "nat") ? section->nat.gateways : 0;
	out->nat_bytes = bytes_of(section->nat.kb_per_call, KB_BYTES);
	out->nat_carries_store = section->nat.carries_store;
	out->egress_bytes = bytes_of(section->egress.kb_per_record, KB_BYTES);
	out->api_requests = has_api ? section->api.requests_per_record : 0;
	out->is_rest_api = api->kind == API_REST;
	out->api_bytes = bytes_of(api->kb_per_request, KB_BYTES);
	out->file_bytes = bytes_of(section->files.stored_gb, GB_BYTES);
	out->file_read_bytes = bytes_of(section->files.read_kb_per_call, KB_BYTES);
	out->file_written_bytes = bytes_of(section->files.written_kb_per_call, KB_BYTES);
	out->registry_bytes = bytes_of(registry_mb, MB_BYTES);
	out->kept_months = yaml_get(section->node, "objects") ? section->objects.months : 0;
}

/* Which lines of the bill each key switches on. */
static const struct item_switch {
	enum bill_item item;
	const char *key;
	int api_kind; /* of `api`, which its kind decides; else -1 */
} item_switches[] = {
	{BILL_LOGS, "logs", -1},
	{BILL_NAT_HOURS, "nat", -1},
	{BILL_NAT_BYTES, "nat", -1},
	{BILL_EGRESS, "egress", -1},
	{BILL_HTTP_REQUESTS, "api", API_HTTP},
	{BILL_REST_REQUESTS, "api", API_REST},
	{BILL_FILES_KEPT, "files", -1},
	{BILL_FILES_READ, "files", -1},
	{BILL_FILES_WRITTEN, "files", -1},
	{BILL_REGISTRY, "registry", -1},
	{BILL_KEPT, "objects", -1},
};

static bool switch_on(const struct bill_section *section, const struct item_switch *of, struct diag *diag,
		      struct setting *out)
{
	const struct yaml_node *node = yaml_get(section->node, of->key);
	if (!node || (of->api_kind >= 0 && of->api_kind != section->api.kind))
		return true;
	const struct bill_row *row = &bill_rows[of->item];
	out->beside.is_on[of->item] = true;
	if (bill_row_is_known(row, out->platform))
		return true;
	diag_error(diag, node->place,
		   "%s says nothing of the price of '%s' ('price.%s'); supply it with "
		   "--set platform_values.price.%s=VALUE",
		   out->platform->name, of->key, row->price_key, row->price_key);
	return false;
}

bool bill_section_resolve(const struct bill_section *section, struct diag *diag, struct setting *out)
{
	size_t errors_before = diag->error_count;
	if (!section->node)
		return true;
	if (out->platform->kind == PLATFORM_MACHINE) {
		diag_error(diag, section->node->place, "'bill' is of functions; %s is a machine", out->platform->name);
		return false;
	}
	const struct yaml_node *registry = yaml_get(section->node, "registry");
	double registry_mb = section->registry.mb > 0 ? section->registry.mb : image_mb(out);
	if (registry && registry_mb == 0)
		diag_error(diag, registry->place,
			   "'registry' needs 'mb': no function is delivered as a container image of known size");
	const struct yaml_node *api = yaml_get(section->node, "api");
	if (api && (out->source.kind == SOURCE_HTTP_API || out->source.kind == SOURCE_REST_API))
		diag_error(diag, api->place, "the source is a gateway, whose requests are paid for; leave 'api' out");
	fill_beside(section, &out->beside, registry ? registry_mb : 0);
	for (size_t i = 0; i < ARRAY_LEN(item_switches); i++)
		switch_on(section, &item_switches[i], diag, out);
	return diag->error_count == errors_before;
}
