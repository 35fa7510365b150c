/*
 * A cloud at a date, as data: configs/platforms/NAME.yaml, every number with its source there. One member per thing
 * of the world; its struct, keys and behaviour are in the file of its name. Members are in the YAML's own units.
 * A platform is either a function service (kind: functions) or one machine with a GPU (kind: machine).
 */
#ifndef LAMINA_PLATFORM_H
#define LAMINA_PLATFORM_H

#include "base/diag.h"
#include "platform/cpu.h"
#include "platform/event_source.h"
#include "platform/gpu.h"
#include "platform/host.h"
#include "platform/limits.h"
#include "platform/managed.h"
#include "platform/network.h"
#include "platform/price.h"
#include "platform/sandbox.h"
#include "platform/store.h"
#include "platform/workflow.h"

enum platform_kind { PLATFORM_FUNCTIONS, PLATFORM_MACHINE };

/* Sizes that can be bought: min_mb, min_mb + step_mb, ... max_mb, or those of a list. */
struct platform_memory {
	struct bind_ints sizes_mb; /* ascending; may be missing */
	int64_t min_mb;
	int64_t max_mb;
	int64_t step_mb;
};

extern const struct bind_schema platform_memory_schema;

struct platform {
	const char *path;
	int apiVersion; /* 0: lamina/v1 */
	const char *name;
	const char *title;
	const char *valid_from; /* dates as text, ISO 8601 */
	const char *valid_to;
	int kind;                 /* enum platform_kind */
	const char *price_region; /* of its prices; "": it does not say */
	struct platform_memory memory;
	struct platform_cpu cpu;
	struct platform_sandbox sandbox;
	struct platform_limits limits;
	struct platform_network network;
	struct platform_store store;
	struct platform_workflow workflow; /* may be missing */
	struct platform_sources sources;   /* may be missing, each of them */
	struct platform_price price;
	struct platform_machine machine;
	struct platform_device device;
	struct platform_managed managed; /* may be missing */
	struct platform_hosts hosts;
	const char *region;        /* that was asked for; NULL: none */
	struct bind_texts unknown; /* dotted keys of quantities that nobody has published */
	struct yaml_node *regions; /* what is different there: a map of names to parts of a platform */
	struct diag_place place;
};

/* Whether a dotted key's value is one that nobody has published; what stands in its place is no value then. */
bool platform_is_unknown(const struct platform *platform, const char *key);

/* By its name, also as Lambda writes it: nodejs20.x is nodejs20. NULL where the platform has no times of it. */
const struct platform_runtime *platform_find_runtime(const struct platform *platform, const char *name);

/* Whether the platform sells this size; *nearest_mb gets the next larger size that it sells, else its largest. */
bool platform_sells_memory(const struct platform *platform, int64_t memory_mb, int64_t *nearest_mb);

#endif
