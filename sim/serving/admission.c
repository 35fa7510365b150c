/*
 * Who may have a sandbox: the places of the account, or those that a function has reserved; the rate at which new
 * sandboxes are made; and the rate of synchronous calls.
 */
#include "serving/simulation.h"

static struct concurrency *places_of(struct simulation *simulation, size_t function)
{
	bool is_reserved = simulation->setting->functions[function].reserved_concurrency > 0;
	return is_reserved ? &simulation->functions[function] : &simulation->account;
}

static bool take_place(struct simulation *simulation, size_t function, bool needs_new_sandbox)
{
	bool is_own = simulation->setting->platform->limits.burst_scope == BURST_OF_FUNCTION;
	struct concurrency *bucket = is_own ? &simulation->functions[function] : &simulation->account;
	if (!concurrency_admit_from(places_of(simulation, function), bucket, engine_now_ns(&simulation->engine),
				    needs_new_sandbox))
		return false;
	simulation->in_use++;
	if (simulation->in_use > simulation->outcome->peak_concurrency)
		simulation->outcome->peak_concurrency = simulation->in_use;
	return true;
}

bool admission_take_place(struct simulation *simulation, size_t function)
{
	return take_place(simulation, function, true);
}

void admission_leave(struct simulation *simulation, size_t function)
{
	simulation->in_use--;
	concurrency_leave(places_of(simulation, function));
}

bool admission_admit(const struct invocation *invocation, bool needs_new_sandbox, bool joins)
{
	struct simulation *simulation = invocation->simulation;
	struct concurrency *places = places_of(simulation, home_of(invocation));
	bool is_sync = simulation->setting->invocation == INVOCATION_SYNC;
	if ((is_sync && !concurrency_may_call(places, engine_now_ns(&simulation->engine))) ||
	    (!joins && !take_place(simulation, home_of(invocation), needs_new_sandbox)))
		return false;
	concurrency_called(places);
	return true;
}
