/*
 * Independent solvers of mixed integer programs, those of them that this machine has: GLPK's glpsol (glpk-utils) and
 * COIN-OR's cbc (coinor-cbc). Each reads the same file and prints the objective that it proves.
 */
#ifndef LAMINA_SOLVERS_H
#define LAMINA_SOLVERS_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"

struct solver {
	const char *name;
	const char *command; /* %s: the file */
	const char *answer;  /* the line that holds the objective, for sscanf */
};

static const struct solver solvers[] = {
	{"glpsol", "glpsol --lp %s --mipgap 0 -w /dev/stdout 2>/dev/null", "s mip %*d %*d o %lf"},
	{"cbc", "cbc %s ratioGap 0 allowableGap 0 solve 2>/dev/null", "Objective value: %lf"},
};

static inline bool solver_is_there(const struct solver *solver)
{
	char command[100];
	snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", solver->name);
	return system(command) == 0;
}

/* What it proves to be the least; NAN where it proves nothing. */
static inline double solver_ask(const struct solver *solver, const struct buf *instance)
{
	char file[] = "/tmp/lamina-instance.XXXXXX.lp"; /* cbc goes by the ending */
	char command[200];
	char line[300];
	double value = NAN;
	int descriptor = mkstemps(file, 3);
	FILE *in = descriptor < 0 ? NULL : fdopen(descriptor, "w");
	if (!in)
		return NAN;
	fwrite(buf_text(instance), 1, instance->length, in);
	fclose(in);
	snprintf(command, sizeof command, solver->command, file);
	FILE *out = popen(command, "r");
	while (out && fgets(line, sizeof line, out)) {
		double found;
		if (sscanf(line, solver->answer, &found) == 1)
			value = found;
	}
	if (out)
		pclose(out);
	unlink(file);
	return value;
}

#endif
