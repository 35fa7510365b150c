/*
 * Who may have a sandbox: the places of the account, or those that a function has reserved; the rate at which new
 * sandboxes are made; and the rate of synchronous calls.
 *
 * Who may call it: call.c, which asks for a call; instance.c, for an instance that no call asked for; and visit.c and
 * instance.c, which give places back.
 */
#ifndef LAMINA_ADMISSION_H
#define LAMINA_ADMISSION_H

#include "serving/simulation.h"

/*
 * Takes a place for the invocation's call; false where the platform allows no more now. Only so many calls may start in
 * a second; who joins others on an instance takes no more of its places.
 */
bool admission_admit(const struct invocation *invocation, bool needs_new_sandbox, bool joins);

/* Takes a place for a new sandbox of a function, without a call; false where the platform allows no more now. */
bool admission_take_place(struct simulation *simulation, size_t function);

/* Gives back the place that a sandbox of the function took. */
void admission_leave(struct simulation *simulation, size_t function);

#endif
