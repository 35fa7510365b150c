/* A workflow service that calls function after function. */
#ifndef LAMINA_WORKFLOW_H
#define LAMINA_WORKFLOW_H

#include <stdint.h>

#include "platform/quantiles.h"

struct platform_workflow {
	struct quantiles hop_seconds; /* from one function's answer to the next one's call */
	int64_t inline_map_limit;     /* records in work at once, unless the map is distributed */
	double payload_mb;            /* that it passes on, 10^6 bytes; 0: no bound is known */
};
extern const struct bind_schema platform_workflow_schema;

#endif
