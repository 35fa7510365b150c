/*
 * Figures of claims beside their predictions: each mechanism's errors on one strip, and predicted against measured in a
 * picture for each mechanism and unit, since quantities of different kinds lie decades apart.
 */
#include <math.h>
#include <string.h>

#include "report/figure_axis.h"
#include "report/figure_rows.h"

/* --- errors ------------------------------------------------------------------------------------------------------ */

static void put_claim(struct csv *csv, const struct claim *claim)
{
	figure_put_text(csv, claim->mechanism);
	figure_put_text(csv, claim->source);
	figure_put_text(csv, claim->quantity);
	figure_put_text(csv, claim->unit);
	csv_double(csv, claim->measured);
	csv_double(csv, claim->spread > 0 ? claim->spread : (double)NAN);
	csv_double(csv, claim->predicted);
	csv_double(csv, claim_error_percent(claim));
	csv_text(csv, claim->kind != CLAIM_PREDICTED ? "true" : "false");
	csv_text(csv, claim_basis_names[claim->basis]);
}

static void put_claim_head(struct csv *csv)
{
	static const char *const columns[] = {"mechanism", "source",    "quantity",      "unit",   "measured",
					      "spread",    "predicted", "error_percent", "fitted", "basis"};
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		csv_text(csv, columns[i]);
}

/* Of each row, which mechanism's it is, by its number: gnuplot ends a text at its first comma. */
static void set_strips(struct figure_sheet *sheet, const struct validation *validation)
{
	buf_printf(&sheet->settings, "array strips[%zu] = [", validation->row_count);
	for (size_t i = 0; i < validation->row_count; i++) {
		size_t strip = 0;
		while (strcmp(validation->mechanisms[strip], validation->rows[i].claim->mechanism) != 0)
			strip++;
		buf_printf(&sheet->settings, "%s%zu", i > 0 ? ", " : "", strip + 1);
	}
	buf_add(&sheet->settings, "]\n");
}

bool figure_fill_errors(const struct figure *figure, const struct figure_data *data, const struct figure_choice *choice,
			struct figure_sheet *sheet)
{
	const struct validation *validation = data->validation;
	figure_set_texts(sheet, "mechanisms", validation->mechanisms, validation->mechanism_count);
	figure_set_categories(sheet, "y", validation->mechanisms, validation->mechanism_count, 1, 1);
	set_strips(sheet, validation);
	put_claim_head(&sheet->csv);
	csv_end_row(&sheet->csv);
	for (size_t i = 0; i < validation->row_count; i++) {
		put_claim(&sheet->csv, validation->rows[i].claim);
		csv_end_row(&sheet->csv);
	}
	return true;
}

/* --- predicted against measured ---------------------------------------------------------------------------------- */

enum { PANELS_MAX = 30 };

/* What one picture holds: rows of a mechanism in a unit. */
struct panel {
	const char *mechanism;
	const char *unit;
	size_t count;
};

static size_t panel_of(const struct claim *claim, struct panel *panels, size_t *count)
{
	size_t panel = 0;
	while (panel < *count &&
	       (strcmp(panels[panel].mechanism, claim->mechanism) != 0 || strcmp(panels[panel].unit, claim->unit) != 0))
		panel++;
	if (panel == *count && *count < PANELS_MAX)
		panels[(*count)++] = (struct panel){claim->mechanism, claim->unit, 0};
	return panel;
}

/* Both axes of a panel have one range, so that its diagonal is a diagonal. */
static void set_panel_axes(struct figure_sheet *sheet, const double *values, size_t count, size_t panel, int across,
			   struct arena *arena)
{
	static const char *const axes[] = {"x", "y"};
	for (size_t i = 0; i < ARRAY_LEN(axes); i++) {
		struct figure_axis axis = {
			.name = axes[i], .values = values, .count = count, .beside = across, .log_from_ratio = 20};
		figure_set_axis_text(sheet, arena_printf(arena, "axes_%s[%zu]", axes[i], panel + 1), &axis);
	}
}

static void put_panels(struct figure_sheet *sheet, const struct validation *validation, struct panel *panels,
		       size_t panel_count, struct arena *arena)
{
	double *values = ARENA_ARRAY(arena, double, 2 * validation->row_count);
	const char **titles = ARENA_ARRAY(arena, const char *, panel_count);
	int across = panel_count == 1 ? 1 : panel_count <= 4 ? 2 : 3;
	buf_printf(&sheet->settings, "array axes_x[%zu]\narray axes_y[%zu]\n", panel_count, panel_count);
	csv_text(&sheet->csv, "panel");
	put_claim_head(&sheet->csv);
	csv_end_row(&sheet->csv);
	for (size_t panel = 0; panel < panel_count; panel++) {
		size_t count = 0;
		titles[panel] = arena_printf(arena, "%s, %s", panels[panel].mechanism, panels[panel].unit);
		for (size_t i = 0; i < validation->row_count; i++) {
			const struct claim *claim = validation->rows[i].claim;
			if (panel_of(claim, panels, &panel_count) != panel)
				continue;
			values[count++] = claim->measured;
			values[count++] = claim->predicted;
			csv_int(&sheet->csv, (int64_t)panel + 1);
			put_claim(&sheet->csv, claim);
			csv_end_row(&sheet->csv);
		}
		set_panel_axes(sheet, values, count, panel, across, arena);
	}
	figure_set_texts(sheet, "panels", titles, panel_count);
	figure_set_number(sheet, "across", across);
}

bool figure_fill_predicted(const struct figure *figure, const struct figure_data *data,
			   const struct figure_choice *choice, struct figure_sheet *sheet)
{
	const struct validation *validation = data->validation;
	struct panel panels[PANELS_MAX];
	size_t panel_count = 0;
	for (size_t i = 0; i < validation->row_count; i++) {
		if (panel_of(validation->rows[i].claim, panels, &panel_count) < PANELS_MAX)
			continue;
		buf_printf(sheet->why, "it has a picture for each mechanism and unit, and there are more than %d",
			   PANELS_MAX);
		return false;
	}
	struct arena arena;
	arena_init(&arena);
	put_panels(sheet, validation, panels, panel_count, &arena);
	arena_release(&arena);
	return true;
}
