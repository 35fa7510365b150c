/*
 * The process's set-up and end: descriptors that a caller closed, pipes that break, output that could not be
 * written. Everything else is command_main().
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "kernels/tensor/blas.h"

/*
 * A file opened while descriptor 1 is closed would become standard output and be overwritten by the results. The
 * place is taken by a descriptor on which writing fails, so that closed output is still noticed.
 */
static void occupy_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		while (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
				return;
}

/* Asked of the descriptor: what failed may have been a write long before the last one. */
static bool reader_is_gone(void)
{
	struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
	return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

/* Nothing is under way any more, so what was written to files is whole. */
static void end_by_broken_pipe(void)
{
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
	_exit(128 + SIGPIPE); /* where the caller has blocked the signal */
}

/*
 * A full disk shows only when the last buffer is written; a result that did not arrive is a failure. Who closed the
 * pipe has read all that was wanted: the end is the silent one by SIGPIPE that shells and scripts know.
 */
static int close_output(int status)
{
	bool is_unread = reader_is_gone();
	bool ok = !ferror(stdout);
	/* Output that could not be written is dropped: fclose() would wait for ever for a reader that is stuck. */
	if (!ok)
		__fpurge(stdout);
	errno = 0;
	ok &= fclose(stdout) == 0;
	if (ok)
		return status;
	if (is_unread || errno == EPIPE)
		end_by_broken_pipe();
	fprintf(stderr, "lamina: cannot write to standard output%s%s\n", errno ? ": " : "",
		errno ? strerror(errno) : "");
	return status > CLI_FAILED ? status : CLI_FAILED;
}

int main(int argc, char **argv)
{
	blas_prepare(argv);
	occupy_standard_descriptors();
	signal(SIGPIPE, SIG_IGN); /* writing to a closed pipe fails like any other write */
	signal(SIGXFSZ, SIG_IGN); /* writing to a file that may not grow any more fails as on a full disk */
	return close_output(command_main(&lamina_program, argc, argv));
}
