#include "platform/workflow.h"

#include "platform/keys.h"

static const struct bind_field workflow_fields[] = {
	QUANTILES(struct platform_workflow, hop_seconds, "one function's answer to the next one's call"),
	BIND_FIELD(struct platform_workflow, inline_map_limit, BIND_INT, .fallback = "0", .min = 0, .max = 1000000,
		   .help = "records in work at once, unless the map is distributed; 0: no bound"),
	MAYBE_NUMBER(struct platform_workflow, payload_mb, "0", 0, 1e6,
		     "largest payload that it passes on, 10^6 bytes; 0: not known"),
	BIND_END,
};

const struct bind_schema platform_workflow_schema = {
	.title = "workflow",
	.bytes = sizeof(struct platform_workflow),
	.fields = workflow_fields,
};
