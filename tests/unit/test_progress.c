/* How long a command still takes, what is written into files, and the flag that stops it. */
#include "cli/terminal.h"

#include "base/num.h"
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

/* Bytes in a file that is standard error while the progress runs, its last line drawn so long ago. */
static int64_t bytes_in_file(bool is_logged, int64_t seconds_ago)
{
	char path[] = "/tmp/lamina-progress-XXXXXX";
	int file = mkstemp(path);
	int saved = dup(STDERR_FILENO);
	dup2(file, STDERR_FILENO);
	struct progress progress;
	progress_init(&progress, "working", 2, is_logged);
	progress.drawn_ns -= seconds_ago * NS_PER_SECOND;
	progress_update(&progress, 1, "half");
	progress_release(&progress);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	int64_t bytes = lseek(file, 0, SEEK_END);
	close(file);
	close(saved);
	unlink(path);
	return bytes;
}

static void test_files(void)
{
	t_int(bytes_in_file(false, 100), 0, "nothing is drawn where standard error is a file");
	t_int(bytes_in_file(true, 30), 0, "nor within a minute of one that is logged");
	t_ok(bytes_in_file(true, 61) > 0, "which has a line after it");
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
	test_files();
	test_interrupt();
	return t_done();
}
