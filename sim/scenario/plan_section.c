#include "scenario/plan_section.h"

#include <string.h>

#include "serving/setting.h"

#define WHOLE(type_name, member, default_text, low, high, text) \
	BIND_FIELD(type_name, member, BIND_INT, .fallback = default_text, .min = (low), .max = (high), .help = text)

static const struct bind_field memory_fields[] = {
	WHOLE(struct plan_memory, from_mb, "0", 0, 1048576, "smallest size that is tried, MB; 0: the platform's"),
	WHOLE(struct plan_memory, to_mb, "0", 0, 1048576, "largest size that is tried, MB; 0: the platform's"),
	WHOLE(struct plan_memory, step_mb, "0", 0, 1048576, "distance of sizes, MB; 0: the platform's"),
	BIND_END,
};

static void check_memory(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct plan_memory *memory = value;
	if (memory->to_mb > 0 && memory->to_mb < memory->from_mb)
		diag_error(diag, bind_place(node, "to_mb"), "'to_mb' is below 'from_mb' (%lld)",
			   (long long)memory->from_mb);
}

static const struct bind_schema memory_schema = {
	.title = "memory", .bytes = sizeof(struct plan_memory), .fields = memory_fields, .check = check_memory};

static const struct bind_field images_fields[] = {
	WHOLE(struct plan_images, from, "0", 0, 1e9, "smallest record that is tried"),
	WHOLE(struct plan_images, to, "0", 0, 1e9, "largest record that is tried"),
	WHOLE(struct plan_images, step, "0", 0, 1e9, "distance of record sizes"),
	BIND_END,
};

static void check_images(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct plan_images *images = value;
	bool is_empty = images->from == 0 && images->to == 0 && images->step == 0;
	if (is_empty)
		return;
	if (images->from == 0 || images->to < images->from)
		diag_error(diag, bind_place(node, "from"), "record sizes need 'from' of at least 1 and 'to' not below");
	else if (images->step == 0 && images->to > images->from)
		diag_error(diag, bind_place(node, "step"), "record sizes need a 'step' of at least 1");
}

static const struct bind_schema images_schema = {.title = "images_per_record",
						 .bytes = sizeof(struct plan_images),
						 .fields = images_fields,
						 .check = check_images};

static const struct bind_field parallel_fields[] = {
	WHOLE(struct plan_parallel, from, "1", 1, 1000000, "fewest jobs at once, or places per function"),
	WHOLE(struct plan_parallel, to, "0", 0, 1000000, "most of them; 0: as many as the account may run at once"),
	BIND_END,
};

static void check_parallel(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct plan_parallel *parallel = value;
	if (parallel->to > 0 && parallel->to < parallel->from)
		diag_error(diag, bind_place(node, "to"), "'to' is below 'from' (%lld)", (long long)parallel->from);
}

static const struct bind_schema parallel_schema = {
	.title = "parallel", .bytes = sizeof(struct plan_parallel), .fields = parallel_fields, .check = check_parallel};

const char *const uncertain_inputs[UNCERTAIN_INPUTS] = {
	[UNCERTAIN_CPU_SPEED] = "CPU speed",
	[UNCERTAIN_NETWORK] = "network rates",
	[UNCERTAIN_COLD_START] = "cold start time",
	[UNCERTAIN_MEMORY] = "memory base",
};

#define SHARE(index, name, text) \
	{ \
		.key = name, .type = BIND_DOUBLE, .offset = offsetof(struct plan_uncertainty, share[index]), .min = 0, \
		.max = 0.9, .help = text \
	}

static const struct bind_field uncertainty_fields[] = {
	SHARE(UNCERTAIN_CPU_SPEED, "cpu_speed", "standard uncertainty of CPU speed, relative"),
	SHARE(UNCERTAIN_NETWORK, "network", "of the rates of store and network, relative"),
	SHARE(UNCERTAIN_COLD_START, "cold_start", "of the time of a cold start, relative"),
	SHARE(UNCERTAIN_MEMORY, "memory_base", "of the framework's memory, relative"),
	BIND_END,
};

static void note_stated(void *value, const struct yaml_node *node, struct diag *diag)
{
	struct plan_uncertainty *uncertainty = value;
	(void)diag;
	for (size_t i = 0; i < UNCERTAIN_INPUTS; i++)
		uncertainty->source[i] = yaml_get(node, uncertainty_fields[i].key) ? "as the experiment states" : NULL;
}

static const struct bind_schema uncertainty_schema = {.title = "uncertainty",
						      .bytes = sizeof(struct plan_uncertainty),
						      .fields = uncertainty_fields,
						      .check = note_stated};

static const struct bind_field plan_fields[] = {
	BIND_FIELD(struct plan_section, memory, BIND_STRUCT, .fallback = "{}", .schema = &memory_schema,
		   .help = "memory sizes of every function"),
	BIND_FIELD(struct plan_section, images_per_record, BIND_STRUCT, .fallback = "{}", .schema = &images_schema,
		   .help = "images packed into one record; by default 20 sizes up to the profile's largest"),
	BIND_FIELD(struct plan_section, parallel, BIND_STRUCT, .fallback = "{}", .schema = &parallel_schema,
		   .help = "jobs at once"),
	BIND_FIELD(struct plan_section, schedules, BIND_TEXT_LIST, .count_max = 2,
		   .help = "per_record, pipelined; by default both"),
	BIND_FIELD(struct plan_section, keep, BIND_TEXT_LIST, .count_max = 9,
		   .help = "of a workflow, what stays as it is: kind, architecture, snapshot, provisioned, parallel, "
			   "concurrency, batch, batch_size, window; by default none of them"),
	BIND_FIELD(struct plan_section, uncertainty, BIND_STRUCT, .fallback = "{}", .schema = &uncertainty_schema,
		   .help = "how far the planner's inputs may be wrong; by default as configs/errors/planner.yaml "
			   "has it"),
	BIND_END,
};

const char *const plan_varied[] = {"kind",        "architecture", "snapshot",   "provisioned", "parallel",
				   "concurrency", "batch",        "batch_size", "window",      NULL};

static bool is_one_of(const char *name, const char *const *names)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names;
}

static void check_names(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct plan_section *plan = value;
	for (size_t i = 0; i < plan->schedules.count; i++)
		if (!is_one_of(plan->schedules.values[i], schedule_names))
			diag_error(diag, bind_place(node, "schedules"),
				   "there is no schedule '%s'; there are 'per_record' and 'pipelined'",
				   plan->schedules.values[i]);
	for (size_t i = 0; i < plan->keep.count; i++)
		if (!is_one_of(plan->keep.values[i], plan_varied))
			diag_error(diag, bind_place(node, "keep"),
				   "a plan of a workflow does not vary '%s'; it varies kind, architecture, snapshot, "
				   "provisioned, parallel, concurrency, batch, batch_size and window",
				   plan->keep.values[i]);
}

const struct bind_schema plan_section_schema = {
	.title = "plan",
	.bytes = sizeof(struct plan_section),
	.fields = plan_fields,
	.check = check_names,
};

/* One input's, as the file of the usual ones has it. */
struct usual {
	double share;
	const char *source;
};

static const struct bind_field usual_fields[] = {
	BIND_FIELD(struct usual, share, BIND_DOUBLE, .required = true, .min = 0, .max = 0.9,
		   .help = "standard uncertainty, relative"),
	BIND_FIELD(struct usual, source, BIND_TEXT, .required = true, .help = "where it comes from, as a plan says"),
	BIND_END,
};

static const struct bind_schema usual_schema = {
	.title = "an input", .bytes = sizeof(struct usual), .fields = usual_fields};

struct usual_file {
	int apiVersion;
	struct usual inputs[UNCERTAIN_INPUTS];
};

static const char *const versions[] = {"lamina/v1", NULL};

#define USUAL(index, name) \
	{ \
		.key = name, .type = BIND_STRUCT, .offset = offsetof(struct usual_file, inputs[index]), \
		.required = true, .schema = &usual_schema \
	}

static const struct bind_field usual_file_fields[] = {
	BIND_FIELD(struct usual_file, apiVersion, BIND_CHOICE, .required = true, .choices = versions),
	USUAL(UNCERTAIN_CPU_SPEED, "cpu_speed"),
	USUAL(UNCERTAIN_NETWORK, "network"),
	USUAL(UNCERTAIN_COLD_START, "cold_start"),
	USUAL(UNCERTAIN_MEMORY, "memory_base"),
	BIND_END,
};

static const struct bind_schema usual_file_schema = {
	.title = "usual uncertainties", .bytes = sizeof(struct usual_file), .fields = usual_file_fields};

bool plan_uncertainty_parse(const char *file, const char *text, size_t length, struct arena *arena, struct diag *diag,
			    struct plan_uncertainty *out)
{
	size_t errors_before = diag->error_count;
	struct usual_file usual = {0};
	struct yaml_node *root = yaml_parse(file, text, length, arena, diag);
	if (root)
		bind_map(&usual_file_schema, root, &usual, arena, diag);
	for (size_t i = 0; i < UNCERTAIN_INPUTS; i++) {
		out->share[i] = usual.inputs[i].share;
		out->source[i] = usual.inputs[i].source;
	}
	return diag->error_count == errors_before;
}

struct plan_uncertainty plan_uncertainty_over(const struct plan_uncertainty *usual,
					      const struct plan_uncertainty *stated)
{
	struct plan_uncertainty both = *stated;
	for (size_t i = 0; i < UNCERTAIN_INPUTS; i++) {
		if (!stated->source[i]) {
			both.share[i] = usual->share[i];
			both.source[i] = usual->source[i];
		}
	}
	return both;
}
