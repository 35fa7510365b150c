/* Figures are drawn by gnuplot, from scripts that stay beside the data they draw. */
#ifndef LAMINA_GNUPLOT_H
#define LAMINA_GNUPLOT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Adds text as a string expression of a script, in single quotes: nothing within is a command, a format or the end of
 * the line.
 * Control characters become blanks. Where the text is a file's name, "./" before it keeps gnuplot from running it
 * ("<command", "|command"); where it is shown, `noenhanced` keeps its braces and underscores.
 */
void gnuplot_quote(const char *text, struct buf *out);

/*
 * Runs the script (a file of folder) in folder, without what users have set for gnuplot. False where it is missing or
 * the script fails; `shown` is what messages call that which was to be drawn.
 */
bool gnuplot_run(const char *folder, const char *script, const char *shown, struct err *err);

#endif
