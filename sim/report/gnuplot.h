/* Figures are drawn by gnuplot, from scripts that stay beside the data they draw. */
#ifndef LAMINA_GNUPLOT_H
#define LAMINA_GNUPLOT_H

#include <stdbool.h>

#include "base/err.h"

/* Runs the script (a file of folder) in folder. False where gnuplot is missing or the script fails. */
bool gnuplot_run(const char *folder, const char *script, struct err *err);

#endif
