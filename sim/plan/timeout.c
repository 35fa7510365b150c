#include "plan/timeout.h"

#include <math.h>

/* Memory is found to this share: finer steps make no difference that anybody sees. */
static const double RESOLUTION = 1.0 / 256;

bool timeout_strikes(const struct trial *trial, size_t function)
{
	return !trial_works(trial) && trial->result.functions[function].failures[FAILURE_TIMEOUT] > 0;
}

/* The failed plan with another size of one function. */
static bool strikes_at(const struct trial_control *control, const struct trial *failed, size_t function, size_t option,
		       bool *strikes)
{
	struct arena scratch;
	struct trial_control own = *control;
	struct trial trial = {.choice = failed->choice};
	arena_init(&scratch);
	own.arena = &scratch;
	trial.choice.options[function] = option;
	bool finished = trial_run(&trial, 1, &own);
	*strikes = finished && timeout_strikes(&trial, function);
	arena_release(&scratch);
	return finished;
}

/*
 * The longest handler that works; less than any where none does. By bisection: at `fails` calls run out of time, at
 * `works` they do not, and the two close in. Where 512 MB fail and 10,240 MB work, 5,376 MB are tried next.
 */
static bool find_longest(const struct trial_control *control, const struct trial *failed, size_t function,
			 double *handler_seconds)
{
	const struct space_table *table = &control->space->sizes[failed->choice.shape.size].tables[function];
	size_t fails = failed->choice.options[function];
	size_t works = table->count - 1;
	bool strikes = works == fails;
	if (!strikes && !strikes_at(control, failed, function, works, &strikes))
		return false;
	*handler_seconds = nextafter(table->figures[works].handler_seconds, 0);
	if (strikes)
		return true;
	while (works - fails > 1 && (double)(table->memory_mb[works] - table->memory_mb[fails]) >
					    RESOLUTION * (double)table->memory_mb[works]) {
		size_t middle = fails + (works - fails) / 2;
		if (!strikes_at(control, failed, function, middle, &strikes))
			return false;
		*(strikes ? &fails : &works) = middle;
	}
	*handler_seconds = table->figures[works].handler_seconds;
	return true;
}

bool timeout_rulings(const struct trial_control *control, const struct trial *failed, struct rulings *out)
{
	*out = control->space->rulings;
	for (size_t i = 0; i < control->space->function_count; i++) {
		if (timeout_strikes(failed, i) && !find_longest(control, failed, i, &out->handler_max_seconds[i]))
			return false;
	}
	return true;
}
