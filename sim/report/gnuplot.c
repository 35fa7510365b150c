#include "report/gnuplot.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT_EXECUTE = 127 };

void gnuplot_quote(const char *text, struct buf *out)
{
	buf_add_char(out, '\'');
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		bool is_c1 = c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0;
		/* Not doubled: gnuplot 5.4 cannot read a string in which two doubled quotes meet. */
		if (*c == '\'')
			buf_add(out, "'.\"'\".'");
		else
			buf_add_char(out, *c < ' ' || *c == 0x7f || is_c1 ? ' ' : (char)*c);
		c += is_c1;
	}
	buf_add_char(out, '\'');
}

bool gnuplot_run(const char *folder, const char *script, const char *shown, struct err *err)
{
	char path[NAME_MAX + sizeof "./"];
	if (snprintf(path, sizeof path, "./%s", script) >= (int)sizeof path)
		return err_set(err, "cannot draw '%s': the name is too long", shown);
	pid_t child = fork();
	if (child < 0)
		return err_set(err, "cannot start gnuplot: %s", strerror(errno));
	if (child == 0) {
		/* Figures are UTF-8, and the same whatever language their user speaks. */
		if (chdir(folder) == 0 && setenv("LC_ALL", "C.UTF-8", 1) == 0)
			execlp("gnuplot", "gnuplot", "--default-settings", path, (char *)NULL);
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
		return err_set(err, "gnuplot is not installed; '%s' was not drawn", shown);
	return err_set(err, "gnuplot could not draw '%s'", shown);
}
