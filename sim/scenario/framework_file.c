#include "scenario/framework_file.h"

#include <string.h>

#include "scenario/unknown.h"

static const char *const versions[] = {"lamina/v1", NULL};

static const struct bind_field preset_fields[] = {
	BIND_FIELD(struct framework_preset, apiVersion, BIND_CHOICE, .required = true, .choices = versions,
		   .help = "version of this format"),
	BIND_FIELD(struct framework_preset, name, BIND_TEXT, .required = true, .help = "as experiments call it"),
	BIND_FIELD(struct framework_preset, title, BIND_TEXT, .fallback = "", .help = "one line for people"),
	BIND_FIELD(struct framework_preset, framework, BIND_STRUCT, .required = true, .schema = &framework_schema,
		   .help = "as in an experiment; a number without a known source is `unknown`"),
	BIND_END,
};

static void check_preset(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct framework_preset *preset = value;
	if (preset->framework.preset[0] != '\0')
		diag_error(diag, bind_place(yaml_get(node, "framework"), "preset"),
			   "a preset cannot stand on another one");
}

const struct bind_schema framework_preset_schema = {
	.title = "a framework",
	.bytes = sizeof(struct framework_preset),
	.fields = preset_fields,
	.check = check_preset,
	.open_word = "unknown",
};

bool framework_preset_parse(const char *file, const char *text, size_t length, struct arena *arena, struct diag *diag,
			    struct framework_preset *out)
{
	size_t errors_before = diag->error_count;
	struct bind_texts unknown;
	struct yaml_node *root = yaml_parse(file, text, length, arena, diag);
	if (!root)
		return false;
	const struct yaml_node *written = yaml_copy(root, arena);
	unknown_set_aside(root, &framework_preset_schema, arena, &unknown);
	bind_map(&framework_preset_schema, root, out, arena, diag);
	out->path = file;
	out->node = yaml_get(written, "framework");
	return diag->error_count == errors_before;
}

bool framework_over_preset(const struct framework_preset *preset, const struct yaml_node *stated, struct arena *arena,
			   struct diag *diag, struct framework *out)
{
	size_t errors_before = diag->error_count;
	struct yaml_node *merged = yaml_copy(preset->node, arena);
	yaml_merge(merged, stated, arena);
	for (const struct yaml_node *number = merged->first; number; number = number->next) {
		if (number->kind == YAML_SCALAR && !number->quoted && strcmp(number->text, "unknown") == 0)
			diag_error(diag, bind_place(stated, "preset"),
				   "no source is known for '%s' of preset '%s'; state 'framework.%s'", number->key,
				   preset->name, number->key);
	}
	if (diag->error_count == errors_before)
		bind_map(&framework_schema, merged, out, arena, diag);
	return diag->error_count == errors_before;
}
