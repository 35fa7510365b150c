/* The one variable of the program that outlives a call: a signal handler has nowhere else to write. */
#include "cli/interrupt.h"

#include <stddef.h>

#include "base/check.h"

static volatile sig_atomic_t requested;

static void on_signal(int signal_number)
{
	requested = 1;
}

void interrupt_catch(void)
{
	/* Without SA_RESTART: a write that nobody reads, or the opening of such a pipe, ends with the signal. */
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
	sigemptyset(&action.sa_mask);
	CHECK(sigaction(SIGINT, &action, NULL) == 0);
	CHECK(sigaction(SIGTERM, &action, NULL) == 0);
	/* Under nohup the command must go on when its terminal is closed: an ignored SIGHUP stays ignored. */
	struct sigaction before;
	CHECK(sigaction(SIGHUP, NULL, &before) == 0);
	if (before.sa_handler != SIG_IGN)
		CHECK(sigaction(SIGHUP, &action, NULL) == 0);
}

const volatile sig_atomic_t *interrupt_flag(void)
{
	return &requested;
}

bool interrupt_requested(void)
{
	return requested != 0;
}
