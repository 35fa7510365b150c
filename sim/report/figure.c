#include "report/figure.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/version.h"
#include "report/figure_axis.h"
#include "report/gnuplot.h"

enum { SCRIPT_BYTES_MAX = 1024 * 1024, IMAGE_BYTES_MAX = 256 * 1024 * 1024 };

const char *const figure_format_names[] = {"svg", "png", "pdf", NULL};

const struct figure *figure_find(const char *name)
{
	for (const struct figure *figure = figures; figure->name; figure++)
		if (strcmp(figure->name, name) == 0)
			return figure;
	return NULL;
}

void figure_sheet_init(struct figure_sheet *sheet)
{
	*sheet = (struct figure_sheet){0};
	buf_init(&sheet->data);
	buf_init(&sheet->settings);
	csv_init(&sheet->csv, &sheet->data);
}

void figure_sheet_release(struct figure_sheet *sheet)
{
	buf_release(&sheet->data);
	buf_release(&sheet->settings);
}

static bool has_what_it_needs(const struct figure *figure, const struct figure_data *data, struct buf *why)
{
	if (figure->needs == FIGURE_NEEDS_POINTS && data->point_count == 0)
		buf_add(why, "there is no finished point");
	else if (figure->needs == FIGURE_NEEDS_WATCH && !data->watch)
		buf_add(why, "a file of results holds no single calls: give the experiment itself");
	else if (figure->needs == FIGURE_NEEDS_CLAIMS && !data->validation)
		buf_add(why, "it needs an experiment that holds measured values (claims:)");
	else
		return true;
	return false;
}

bool figure_fill(const struct figure *figure, const struct figure_data *data, const struct figure_choice *choice,
		 struct figure_sheet *sheet, struct buf *why)
{
	buf_clear(&sheet->data);
	buf_clear(&sheet->settings);
	csv_init(&sheet->csv, &sheet->data);
	sheet->figure = figure;
	sheet->why = why;
	return has_what_it_needs(figure, data, why) && figure->fill(figure, data, choice, sheet);
}

/* --- the script ------------------------------------------------------------------------------------------------- */

/* The text of a file that comes with the program. */
static bool add_file(const char *relative, struct buf *out, struct err *err)
{
	struct arena arena;
	char *text;
	size_t length;
	arena_init(&arena);
	const char *path = data_file_find(relative, &arena);
	bool ok = path ? file_read(path, SCRIPT_BYTES_MAX, &arena, &text, &length, err)
		       : err_set(err, "'%s' that comes with the program was not found", relative);
	if (ok)
		buf_add_bytes(out, text, length);
	arena_release(&arena);
	return ok;
}

bool figure_add_style(struct buf *out, struct err *err)
{
	return add_file("plots/style.gp", out, err);
}

static void add_name(const char *variable, const char *name, struct buf *out)
{
	buf_printf(out, "%s = ", variable);
	gnuplot_quote(name, out);
	buf_add_char(out, '\n');
}

/*
 * What the figure's own text finds: names of its files, as seen from their folder ("./" keeps gnuplot from taking one
 * for a command), formats, settings.
 */
static bool make_script(const struct figure_sheet *sheet, const char *base, const char *formats, struct buf *out,
			struct err *err)
{
	struct arena arena;
	arena_init(&arena);
	buf_printf(out, "# %s: %s. Made by lamina %s.\n# Run in the folder that holds the data: gnuplot ",
		   sheet->figure->name, sheet->figure->title, lamina_version());
	gnuplot_quote(arena_printf(&arena, "./%s.gp", base), out);
	buf_add_char(out, '\n');
	char *id = arena_strdup(&arena, sheet->figure->name);
	for (char *c = id; *c; c++)
		if (*c == '-')
			*c = '_';
	add_name("figure", id, out);
	add_name("base", arena_printf(&arena, "./%s", base), out);
	add_name("formats", formats, out);
	buf_add(out, "data = base.'.csv'\noutput(format) = base.'.'.format\ncolumns = 79\nlines = 24\n\n");
	bool ok = figure_add_style(out, err);
	buf_add_char(out, '\n');
	buf_add_bytes(out, buf_text(&sheet->settings), sheet->settings.length);
	buf_add_char(out, '\n');
	ok = ok && add_file(arena_printf(&arena, "plots/%s", sheet->figure->script), out, err);
	arena_release(&arena);
	return ok;
}

/* --- drawing ----------------------------------------------------------------------------------------------------- */

/* A folder of its own, in which a figure is drawn before any of it is put where it belongs. */
struct scratch {
	struct arena arena;
	const char *folder;
};

static bool scratch_make(struct scratch *scratch, struct err *err)
{
	arena_init(&scratch->arena);
	const char *above = getenv("TMPDIR");
	char *folder = arena_printf(&scratch->arena, "%s/lamina-figure-XXXXXX", above && above[0] ? above : "/tmp");
	scratch->folder = mkdtemp(folder);
	if (scratch->folder)
		return true;
	err_set(err, "cannot make a folder '%s': %s", folder, strerror(errno));
	arena_release(&scratch->arena);
	return false;
}

static const char *scratch_path(struct scratch *scratch, const char *base, const char *ending)
{
	return arena_printf(&scratch->arena, "%s/%s.%s", scratch->folder, base, ending);
}

static void scratch_remove(struct scratch *scratch, const char *base)
{
	static const char *const endings[] = {"csv", "gp", "svg", "png", "pdf", "txt"};
	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		unlink(scratch_path(scratch, base, endings[i]));
	rmdir(scratch->folder);
	arena_release(&scratch->arena);
}

static bool draw_in_scratch(struct scratch *scratch, const struct figure_sheet *sheet, const struct buf *script,
			    const char *base, const char *shown, struct err *err)
{
	return file_write(scratch_path(scratch, base, "csv"), buf_text(&sheet->data), sheet->data.length, err) &&
	       file_write(scratch_path(scratch, base, "gp"), buf_text(script), script->length, err) &&
	       gnuplot_run(scratch->folder, arena_printf(&scratch->arena, "%s.gp", base), shown, err);
}

/* Puts an image where it belongs, whole. */
static bool deliver(struct scratch *scratch, const char *base, const char *name, const char *ending, struct err *err)
{
	char *bytes;
	size_t length;
	return file_read(scratch_path(scratch, base, ending), IMAGE_BYTES_MAX, &scratch->arena, &bytes, &length, err) &&
	       file_write(arena_printf(&scratch->arena, "%s.%s", name, ending), bytes, length, err);
}

bool figure_name_is_right(const char *name)
{
	for (const char *c = name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return false;
	return name[0] != '\0' && name[strlen(name) - 1] != '/';
}

bool figure_write(const struct figure_sheet *sheet, const char *name, unsigned formats, struct err *err)
{
	struct scratch scratch;
	struct buf script;
	struct buf endings;
	struct err draw_err;
	if (!figure_name_is_right(name))
		return err_set(err, "a figure's name cannot hold control characters or end in '/'");
	if (!scratch_make(&scratch, err))
		return false;
	buf_init(&script);
	buf_init(&endings);
	for (int i = 0; i < FIGURE_FORMATS; i++)
		if (formats >> i & 1)
			buf_printf(&endings, "%s%s", endings.length > 0 ? " " : "", figure_format_names[i]);
	const char *base = name + strlen(file_directory(name, &scratch.arena));
	bool ok = make_script(sheet, base, buf_text(&endings), &script, err);
	bool is_drawn = ok && draw_in_scratch(&scratch, sheet, &script, base, name, &draw_err);
	ok = ok &&
	     file_write(arena_printf(&scratch.arena, "%s.csv", name), buf_text(&sheet->data), sheet->data.length,
			err) &&
	     file_write(arena_printf(&scratch.arena, "%s.gp", name), buf_text(&script), script.length, err);
	if (ok && !is_drawn) {
		*err = draw_err;
		ok = false;
	}
	for (int i = 0; ok && i < FIGURE_FORMATS; i++)
		ok = !(formats >> i & 1) || deliver(&scratch, base, name, figure_format_names[i], err);
	buf_release(&endings);
	buf_release(&script);
	scratch_remove(&scratch, base);
	return ok;
}

bool figure_print(const struct figure_sheet *sheet, int columns, int lines, struct buf *out, struct err *err)
{
	struct scratch scratch;
	struct buf script;
	char *text;
	size_t length;
	if (!scratch_make(&scratch, err))
		return false;
	buf_init(&script);
	struct figure_sheet sized = *sheet;
	buf_init(&sized.settings);
	buf_printf(&sized.settings, "columns = %d\nlines = %d\n%s", columns, lines, buf_text(&sheet->settings));
	bool ok = make_script(&sized, "figure", "txt", &script, err) &&
		  draw_in_scratch(&scratch, sheet, &script, "figure", sheet->figure->name, err) &&
		  file_read(scratch_path(&scratch, "figure", "txt"), IMAGE_BYTES_MAX, &scratch.arena, &text, &length,
			    err);
	/* The page begins with a form feed. */
	if (ok)
		buf_add(out, text[0] == '\f' ? text + 1 : text);
	buf_release(&sized.settings);
	buf_release(&script);
	scratch_remove(&scratch, "figure");
	return ok;
}
