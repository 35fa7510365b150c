/*
 * The steps of a comparison, in order: contender.c enters and plans, unknown_value.c solves, break_even.c crosses;
 * head_room.c looks at what a provider says itself.
 */
#ifndef LAMINA_STEPS_H
#define LAMINA_STEPS_H /* private to compare */

#include "compare/compare.h"

/*
 * One platform of a comparison: the experiment as that platform can run it, and the best setting found for it there.
 *
 * What an experiment says of a platform holds for that platform alone: its own keeps `platform_values`, another gets
 * compare.values.NAME. What only a platform's own words have (a region, a runtime, a size of memory, provisioned
 * concurrency, snapshots, arm64) is left out where another platform does not know it, and told. What cannot be left out
 * is the reason why the platform does not take part.
 */

/* Fills name, end and reason, or experiment and setting. Never fails: a reason stands in the row. */
void contender_enter(const struct compare_request *request, struct library *library, const char *name,
		     struct arena *arena, struct contender *out);

/* Finds contender->best, or says why there is none. False when interrupted. */
bool contender_plan(const struct compare_request *request, struct library *library, struct arena *arena,
		    struct contender *contender);

/*
 * What nobody has published, in a comparison: it is not guessed. A platform is simulated with the best value that each
 * such quantity could have, which bounds what it can do; and where that makes it the cheapest, the value is solved for
 * up to which it stays so, all else that is unknown being at its best. Costs are linear in prices, so that two
 * simulations give the answer; times are halved into.
 */

/* What the key means, and its best value as YAML; NULL where no value is the best one whatever else happens. */
const char *unknown_value_init(struct unknown_value *out, const char *key, const struct platform_price *price);

/* Solves for each unknown of the contender; rival_usd is what the cheapest other costs. False when interrupted. */
bool unknown_value_solve(const struct compare_request *request, struct library *library, double rival_usd,
			 struct arena *arena, struct contender *contender);

/*
 * Fills head_room, where the provider has an arithmetic of instances and the experiment one function. False when
 * interrupted.
 */
bool head_room_find(const struct compare_request *request, const struct comparison *comparison, struct arena *arena,
		    struct contender *contender);

/*
 * Cost against load, and where its order changes. Every platform keeps the setting found for the experiment's own load;
 * instances follow the load by themselves, and provisioned sandboxes are in proportion to it.
 *
 * Loads are a geometric grid around the experiment's. Between two of its points at which both of a pair serve and the
 * sign of their difference changes, the break-even load is halved into, in the logarithm, always on the same luck. Its
 * 95 % interval: that of the mean logarithm of the ratio of the costs, replication by replication, over the slope of
 * that ratio along the load. A crossing that changes no best platform is interpolated instead, and its interval goes
 * from grid point to grid point.
 */

/* Fills loads and crossings. False when interrupted. */
bool break_even_find(const struct compare_request *request, struct arena *arena, struct comparison *out);

/* Fills faster, of a batch. False when interrupted. */
bool break_even_find_faster(const struct compare_request *request, struct arena *arena, struct comparison *out);

#endif
