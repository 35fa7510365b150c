/*
 * How requests that come over time find the sandboxes: what share of a function's calls starts one or meets a
 * provisioned one, measured by one simulation of the first SERVED_REQUESTS_MAX requests, because no closed form holds
 * for bursts, days and traces. The shares hardly depend on memory; the planner's model takes them as the same for all.
 */
#ifndef LAMINA_SERVED_H
#define LAMINA_SERVED_H /* private to plan */

#include "serving/setting.h"

enum { SERVED_REQUESTS_MAX = 20000 };

struct served {
	double cold_share[SETTING_FUNCTIONS_MAX];
	double provisioned_share[SETTING_FUNCTIONS_MAX];
	double seconds; /* of the whole run, for what is paid for by the clock */
};

/* `requests` are expected in a run. */
void served_measure(const struct setting *setting, double requests, struct served *out);

#endif
