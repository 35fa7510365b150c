/* How long a command still takes, that nothing is drawn into files, and the flag that stops it. */
#include "cli/terminal.h"

#include "cli/interrupt.h"
#include "tests/tap.h"

static void test_remaining(void)
{
	t_near(progress_remaining_seconds(1, 4, 10), 30, 1e-12, 0, "a quarter took 10 s: 30 s to go");
	t_near(progress_remaining_seconds(4, 4, 10), 0, 0, 0, "done: nothing to go");
	t_near(progress_remaining_seconds(5, 4, 10), 0, 0, 0, "more than done: nothing to go");
	t_ok(progress_remaining_seconds(0, 4, 10) < 0, "not begun: nothing can be said");
	t_ok(progress_remaining_seconds(1, 0, 10) < 0, "unknown total: nothing can be said");
	t_ok(progress_remaining_seconds((double)NAN, 4, 10) < 0, "not a number: nothing can be said");
}

/* Standard error goes to a file while the progress runs. */
static void test_silent_in_files(void)
{
	char path[] = "/tmp/lamina-progress-XXXXXX";
	int file = mkstemp(path);
	int saved = dup(STDERR_FILENO);
	dup2(file, STDERR_FILENO);
	struct progress progress;
	progress_init(&progress, "working", 2, false);
	progress_update(&progress, 1, "half");
	progress_release(&progress);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	t_int(lseek(file, 0, SEEK_END), 0, "nothing is drawn where standard error is a file");
	close(file);
	close(saved);
	unlink(path);
}

static void test_interrupt(void)
{
	interrupt_catch();
	t_ok(!interrupt_requested() && *interrupt_flag() == 0, "no interrupt yet");
	raise(SIGINT);
	t_ok(interrupt_requested() && *interrupt_flag() == 1, "the first signal raises the flag and returns");
	struct sigaction now;
	sigaction(SIGINT, NULL, &now);
	t_ok(now.sa_handler == SIG_DFL, "the second one would end the program");
}

int main(void)
{
	test_remaining();
	test_silent_in_files();
	test_interrupt();
	return t_done();
}
