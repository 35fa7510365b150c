/*
 * Plans that people know by name, at the experiment's own record size, schedule and parallelism: the least memory
 * that works in each function (memMin), the largest everywhere (memMax), and what the experiment states now. memMin is
 * the smallest size sold that does not run out of memory; a plan keeps some headroom, and what that alone costs is told
 * by memMin with the same headroom.
 */
#ifndef LAMINA_KNOWN_PLAN_H
#define LAMINA_KNOWN_PLAN_H

#include "plan/planner.h"

enum named_plan { NAMED_MEM_MIN, NAMED_MEM_MIN_HEADROOM, NAMED_MEM_MAX, NAMED_CURRENT, NAMED_PLANS };
extern const char *const named_plan_names[NAMED_PLANS + 1]; /* "memMin", ..., NULL */

/*
 * setting is the experiment as it stands; headroom is a share of peak memory. NULL where memMin does not exist: no size
 * is large enough.
 */
struct setting *named_setting(enum named_plan plan, const struct setting *setting, const struct plan_memory *memory,
			      double headroom, struct arena *arena);

/* The same with one size for all functions. */
struct setting *named_uniform(const struct setting *setting, int64_t memory_mb, struct arena *arena);

#endif
