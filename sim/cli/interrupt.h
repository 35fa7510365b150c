/*
 * Ctrl-C, SIGTERM and the end of the terminal (SIGHUP) ask a long command to stop at the next safe point; a second
 * signal ends the program at once. What waits for a reader or writer then fails with EINTR. Lower layers get the flag's
 * address and only read it.
 */
#ifndef LAMINA_INTERRUPT_H
#define LAMINA_INTERRUPT_H /* private to cli */

#include <signal.h>
#include <stdbool.h>

/* From here on the first SIGINT, SIGTERM or SIGHUP only raises the flag. Commands that look at the flag call it. */
void interrupt_catch(void);

/* 0 until the signal came. Never NULL. */
const volatile sig_atomic_t *interrupt_flag(void);

bool interrupt_requested(void);

#endif
