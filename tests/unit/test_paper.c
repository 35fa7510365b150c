/* The paper's evaluation with the committed profile: what must come out, and that the files say the same. */
#include "base/check.h"
#include "base/file.h"
#include "report/paper.h"
#include "tests/tap.h"

static const struct paper_row *find_row(const struct paper *paper, const char *quantity)
{
	for (size_t i = 0; i < paper->row_count; i++)
		if (strcmp(paper->rows[i].quantity, quantity) == 0)
			return &paper->rows[i];
	return NULL;
}

/* Largest absolute errors in percent: fitted numbers and the predictions that were promised. */
static const struct bound {
	const char *quantity;
	const char *kind;
	double error_percent;
} bounds[] = {
	{"Table 1, memMin-1000, Conv-1", "fitted", 0},
	{"Table 1, memMin-1000, Conv-2", "fitted", 0},
	{"Table 1, memMin-1000, Conv-3", "fitted", 0},
	{"Table 1, memMin-1000, FC", "fitted", 0},
	{"Table 1, memMin-500, Conv-1", "fitted", 0},
	{"Table 1, memMin-500, Conv-2", "fitted", 0},
	{"Table 1, memMin-500, Conv-3", "fitted", 0},
	{"Table 1, memMin-500, FC", "fitted", 0},
	{"Table 2, memMax-1000, time", "fitted", 4},
	{"Table 2, memMax-1000, cost", "fitted", 4},
	{"Table 2, memMax-500, time", "fitted", 4},
	{"Table 2, memMax-500, cost", "fitted", 4},
	{"Table 2, memMin-1000, time", "predicted", 5},
	{"Table 2, memMin-1000, cost", "predicted", 5},
	{"Table 2, memMin-500, time", "predicted", 5},
	{"Table 2, memMin-500, cost", "predicted", 5},
	{"Fig. 4, 100 images per record", "fitted", 5},
	{"Fig. 4, 500 images per record", "fitted", 5},
	{"Fig. 4, 1000 images per record", "fitted", 5},
	{"Fig. 4, GPU, 20000 images", "fitted", 3},
	{"Fig. 5, GPU, 100000 images", "predicted", 5},
	{"Fig. 5, parallel jobs from which Lambda beats the GPU, pipelined", "predicted", 0},
};

static void test_rows(const struct paper *paper)
{
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
		const struct paper_row *row = find_row(paper, bounds[i].quantity);
		if (!t_ok(row, "%s is there", bounds[i].quantity))
			continue;
		double error = paper_row_error_percent(row);
		t_ok(fabs(error) <= bounds[i].error_percent, "%s: %.2f %%, at most %g", row->quantity, error,
		     bounds[i].error_percent);
		t_str(row->kind, bounds[i].kind, "its kind");
	}
	for (size_t i = 0; i < paper->row_count; i++) {
		const struct paper_row *row = &paper->rows[i];
		if (strcmp(row->kind, "statement") == 0 && strncmp(row->quantity, "Fig. 3", 6) == 0)
			t_ok(row->lamina == 1, "%s", row->quantity);
	}
}

/* Both readings of "hardly changes", and at which values it would hold strictly. */
static void test_plateau(const struct paper *paper)
{
	static const struct {
		const char *quantity;
		double least, most;
	} rows[] = {
		{"Fig. 5: from 32 to 64 parallel jobs time hardly changes (less than 10 %)", 0, 0},
		{"Fig. 5: on a linear axis from one job, the same to the eye (less than 3 % of its height)", 1, 1},
		{"Fig. 5, from 32 to 64 jobs time falls by", 70, 85},
		{"Fig. 5, the same as part of the time at 32 jobs", 37, 41},
		{"Fig. 5, the same as part of a linear axis that begins at one job", 1.7, 2.1},
		{"Fig. 5, the same as part of the GPU's time", 8, 9.5},
		{"Fig. 5, from 32 to 64 jobs cost rises by", 7, 9},
		{"Fig. 5, flat (less than 10 %) with a driver that needs for a call", 0.4, 0.6},
		{"Fig. 5, flat with a driver's own link, if records went through it, of", 170, 270},
		{"Fig. 5, flat (less than 10 %) with one network card of all sandboxes with", 400, 600},
		{"Fig. 5, flat (less than 10 %) with sandboxes at once in the account", 60, 100},
		{"Fig. 5, flat (less than 10 %) with GETs a second that the store allows", 3, 6},
		{"Fig. 5, then from 32 to 64 jobs cost rises by, GETs a second that the store allows", 20, 60},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct paper_row *row = find_row(paper, rows[i].quantity);
		if (t_ok(row, "%s is there", rows[i].quantity))
			t_ok(row->lamina >= rows[i].least && row->lamina <= rows[i].most, "%s: %g", rows[i].quantity,
			     row->lamina);
	}
	const struct paper_row *none =
		find_row(paper, "Fig. 5, flat (less than 10 %) with new sandboxes at once, then 500 a minute");
	t_ok(none && isnan(none->lamina), "no ramp of sandboxes would do it");
}

static void test_errors(void)
{
	struct paper_row row = {.paper = 100, .lamina = 103, .kind = "predicted"};
	t_near(paper_row_error_percent(&row), 3, 1e-12, 0, "error of a number");
	row.kind = "statement";
	t_ok(isnan(paper_row_error_percent(&row)), "a statement has no error");
	row = (struct paper_row){.paper = (double)NAN, .lamina = 1, .kind = "reported"};
	t_ok(isnan(paper_row_error_percent(&row)), "nor has what the paper does not number");
}

static size_t line_count(const char *text)
{
	size_t lines = 0;
	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void test_files(const struct paper *paper, struct arena *arena)
{
	static const struct {
		const char *name;
		size_t lines;
	} files[] = {{"fig3.csv", 45}, {"fig4.csv", 11}, {"fig5.csv", 15}, {"table1.csv", 9}, {"table2.csv", 5}};
	char folder[] = "/tmp/lamina-paper-XXXXXX";
	struct err err;
	t_ok(mkdtemp(folder) && paper_write_files(paper, folder, &err), "the files are written");
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char *text = NULL;
		size_t length;
		t_ok(file_read(arena_printf(arena, "%s/%s", folder, files[i].name), 100000, arena, &text, &length,
			       &err),
		     "%s can be read", files[i].name);
		t_int(text ? line_count(text) : 0, files[i].lines, "its lines");
	}
	char *text = NULL;
	size_t length;
	t_ok(file_read(arena_printf(arena, "%s/paper.csv", folder), 100000, arena, &text, &length, &err),
	     "paper.csv can be read");
	t_ok(text && strncmp(text, "quantity,unit,paper,lamina,error_percent,kind,profile_percent,profile\n", 70) == 0,
	     "its header");
	t_int(text ? line_count(text) : 0, paper->row_count + 1, "a line for each row");
	t_has(text, "\"Table 1, memMin-1000, Conv-1\",MB,2048,2048,0,fitted,0,trusted\n", "a row of numbers");
	t_has(text, "Fig. 3: Conv_1 uses the most memory,yes,1,1,,statement,0,trusted\n",
	      "a statement has no error field");
	t_ok(!paper_write_files(paper, "/proc/no/such", &err), "a folder that cannot be made");
	t_has(err.text, "cannot make folder '/proc/no'", "its message");
	t_int(system(arena_printf(arena, "rm -rf %s", folder)), 0, "cleaned up");
}

/* The rows say so, and what their numbers can be moved by is a number. */
static void test_profile(struct paper *paper)
{
	const struct paper_row *row = find_row(paper, "Table 2, memMin-1000, time");
	t_int(paper->doubts.count, 0, "the committed profile was made on a quiet machine");
	t_str(paper_profile_word(paper), "trusted", "as the table says");
	t_ok(row && row->profile_percent > 0 && row->profile_percent < 5,
	     "its spread moves a prediction a little: %g %%", row ? row->profile_percent : 0);
	paper->doubts.count = 1;
	t_str(paper_profile_word(paper), "not trusted", "a profile with doubts");
}

int main(void)
{
	struct arena arena;
	struct diag diag;
	arena_init(&arena);
	diag_init(&diag);
	struct paper *paper = ARENA_NEW(&arena, struct paper);
	struct paper_request request = {.folder = data_file_find("configs/paper", &arena), .control = {.jobs = 2}};
	bool ok = t_ok(request.folder, "the experiments are found") && paper_run(&request, &arena, &diag, paper);
	diag_print(&diag, stdout);
	if (t_ok(ok, "the evaluation runs")) {
		test_rows(paper);
		test_plateau(paper);
		test_files(paper, &arena);
		test_profile(paper);
	}
	test_errors();
	diag_release(&diag);
	arena_release(&arena);
	return t_done();
}
