/*
 * Figures of results: a table of them, each with its data (CSV), its script (gnuplot, plots/figures/) and the style
 * that all of Lamina's figures share (plots/style.gp).
 *
 * Whoever wants a figure in a page of their own:
 *
 *     struct figure_data data;                    // figure_data_read() of a file of results, or figure_data_begin()
 *     struct figure_choice choice = {0};          // the figure's own axes
 *     struct figure_sheet sheet;
 *     figure_sheet_init(&sheet);
 *     if (figure_fill(figure_find("memory"), &data, &choice, &sheet, &why))     // else why says what is missing
 *             figure_write(&sheet, "folder/memory", 1U << FIGURE_SVG, &err);    // .csv, .gp and .svg of that name
 *     figure_sheet_release(&sheet);
 *
 * Nothing that is named by a user is a command: names stand in the script as quoted strings.
 */
#ifndef LAMINA_FIGURE_H
#define LAMINA_FIGURE_H

#include "base/buf.h"
#include "base/csv.h"
#include "report/figure_data.h"

enum figure_format { FIGURE_SVG, FIGURE_PNG, FIGURE_PDF, FIGURE_FORMATS };
extern const char *const figure_format_names[]; /* "svg", "png", "pdf", NULL: endings, too */

/* What a figure shows where it can show several things; NULL: what suits it. */
struct figure_choice {
	const char *x;    /* a swept key, or the end of one: "memory_mb" */
	const char *y;    /* likewise, of a heat map */
	const char *time; /* metrics of `lamina run` */
	const char *cost;
};

struct figure;
struct figure_sheet;

enum figure_needs { FIGURE_NEEDS_POINTS, FIGURE_NEEDS_WATCH, FIGURE_NEEDS_CLAIMS };

struct figure {
	const char *name;  /* of its files, too */
	const char *title; /* what it shows, as in a sentence */
	enum figure_needs needs;
	const char *key;    /* end of the swept key that lies along; NULL: any */
	const char *script; /* in plots/ */
	/*
	 * Writes rows and settings; false where the data cannot show it, with words in sheet->why. NULL: whoever draws
	 * it fills the sheet.
	 */
	bool (*fill)(const struct figure *figure, const struct figure_data *data, const struct figure_choice *choice,
		     struct figure_sheet *sheet);
};

extern const struct figure figures[]; /* ends with a name of NULL */

const struct figure *figure_find(const char *name);

/* A figure's data and settings before they are written anywhere. */
struct figure_sheet {
	const struct figure *figure;
	struct buf data; /* CSV */
	struct csv csv;
	struct buf settings; /* of the script: assignments and arrays */
	struct buf *why;
};

void figure_sheet_init(struct figure_sheet *sheet);
void figure_sheet_release(struct figure_sheet *sheet);

/* False where the data cannot show it; why then holds the reason, a sentence without its full stop. */
bool figure_fill(const struct figure *figure, const struct figure_data *data, const struct figure_choice *choice,
		 struct figure_sheet *sheet, struct buf *why);

/* What the first of these points differs in from the others: "parallel 4, memory of resize 512 MB"; in the arena. */
const char *figure_first_setting(const struct study *study, const size_t *points, size_t count, struct arena *arena);

/* Adds the style that scripts begin with. */
bool figure_add_style(struct buf *out, struct err *err);

/* Whether files can be called so: without control characters, which a script could not write. */
bool figure_name_is_right(const char *name);

/*
 * Writes NAME.csv and NAME.gp and draws NAME.svg, .png, .pdf as asked for, 1U << FIGURE_SVG and so on; each appears
 * whole or not at all. Where gnuplot is missing or fails, data and script are there nevertheless.
 */
bool figure_write(const struct figure_sheet *sheet, const char *name, unsigned formats, struct err *err);

/* Draws it in characters, columns wide. */
bool figure_print(const struct figure_sheet *sheet, int columns, int lines, struct buf *out, struct err *err);

#endif
