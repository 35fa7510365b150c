/*
 * Sizes that run out of time. Whether calls meet a time-out is for the simulation to say, which knows how unlucky the
 * unluckiest of many can be: where a plan fails for it, the least memory of that function that works is sought by
 * halving, with the rest of the plan as it is, and every option whose handler takes longer in the mean (in this record
 * size and in all others, on either architecture) is left out from then on. More memory is never slower.
 */
#ifndef LAMINA_TIMEOUT_H
#define LAMINA_TIMEOUT_H

#include "plan/trial.h"

/* Whether records of the trial failed because calls of the function ran out of time. */
bool timeout_strikes(const struct trial *trial, size_t function);

/* After a trial that time-outs made fail: the space's rulings with what does not work. False when interrupted. */
bool timeout_rulings(const struct trial_control *control, const struct trial *failed, struct rulings *out);

#endif
