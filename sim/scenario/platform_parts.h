/*
 * The parts of a platform's file: one table row per key, with its range and its help (man lamina-platform lists them).
 * platform_file.h puts them together.
 */
#ifndef LAMINA_PLATFORM_PARTS_H
#define LAMINA_PLATFORM_PARTS_H

#include "doc/bind.h"

extern const struct bind_schema platform_memory_schema;
extern const struct bind_schema platform_cpu_schema;
extern const struct bind_schema platform_sandbox_schema;
extern const struct bind_schema platform_limits_schema;
extern const struct bind_schema platform_network_schema;
extern const struct bind_schema platform_store_schema;
extern const struct bind_schema platform_workflow_schema;
extern const struct bind_schema platform_price_schema;
extern const struct bind_schema platform_machine_schema;
extern const struct bind_schema platform_device_schema;
extern const struct bind_schema platform_hosts_schema;

#endif
