#include "report/gnuplot.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT_EXECUTE = 127 };

bool gnuplot_run(const char *folder, const char *script, struct err *err)
{
	pid_t child = fork();
	if (child < 0)
		return err_set(err, "cannot start gnuplot: %s", strerror(errno));
	if (child == 0) {
		if (chdir(folder) == 0)
			execlp("gnuplot", "gnuplot", script, (char *)NULL);
		_exit(CANNOT_EXECUTE);
	}
	int status;
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return err_set(err, "cannot wait for gnuplot: %s", strerror(errno));
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT_EXECUTE)
		return err_set(err, "gnuplot is not installed; '%s/%s' was not drawn", folder, script);
	return err_set(err, "gnuplot could not draw '%s/%s'", folder, script);
}
