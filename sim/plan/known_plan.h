/*
 * Plans that people know by name, at the experiment's own record size, schedule and parallelism: the least memory
 * that works in each function (memMin), the largest everywhere (memMax), and what the experiment states now. memMin is
 * the smallest size sold that does not run out of memory; a plan keeps some headroom, and what that alone costs is told
 * by memMin with the same headroom.
 *
 * Against the planner's freedom: what is cheapest among all plans that take no longer than a known one, and what is
 * fastest among all that cost no more. Bounds are the known plan's means, on the same luck.
 */
#ifndef LAMINA_KNOWN_PLAN_H
#define LAMINA_KNOWN_PLAN_H /* private to plan */

#include "plan/planner.h"

enum known_plan { KNOWN_MEM_MIN, KNOWN_MEM_MIN_HEADROOM, KNOWN_MEM_MAX, KNOWN_CURRENT, KNOWN_PLANS };
extern const char *const known_plan_names[KNOWN_PLANS + 1]; /* "memMin", ..., NULL */

/*
 * setting is the experiment as it stands; headroom is a share of peak memory. NULL where memMin does not exist: no size
 * is large enough.
 */
struct setting *known_plan_setting(enum known_plan plan, const struct setting *setting,
				   const struct plan_memory *memory, double headroom, struct arena *arena);

/* The same with one size for all functions. */
struct setting *known_plan_uniform(const struct setting *setting, int64_t memory_mb, struct arena *arena);

struct dominators {
	bool has_cheaper; /* false: nothing in the space takes no longer */
	bool has_faster;  /* false: nothing in the space costs no more */
	struct trial cheaper;
	struct trial faster;
};

/* Leaves *out without plans where records of the known one fail. False when interrupted. */
bool known_plan_dominators(const struct planner *planner, const struct trial *known, struct dominators *out);

#endif
