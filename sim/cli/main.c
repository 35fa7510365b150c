/*
 * The process's set-up and end: descriptors that a caller closed, pipes that break, output that could not be
 * written. Everything else is command_main().
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
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

/* A full disk shows only when the last buffer is written; a result that did not arrive is a failure. */
static int close_output(int status)
{
	bool ok = !ferror(stdout);
	errno = 0;
	ok &= fclose(stdout) == 0;
	if (ok)
		return status;
	fprintf(stderr, "lamina: cannot write to standard output%s%s\n", errno ? ": " : "",
		errno ? strerror(errno) : "");
	return status > CLI_FAILED ? status : CLI_FAILED;
}

int main(int argc, char **argv)
{
	blas_prepare(argv);
	occupy_standard_descriptors();
	signal(SIGPIPE, SIG_IGN); /* writing to a closed pipe then fails like any other write */
	return close_output(command_main(&lamina_program, argc, argv));
}
