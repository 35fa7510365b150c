#include "base/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"

void diag_init(struct diag *diag)
{
	memset(diag, 0, sizeof *diag);
}

void diag_release(struct diag *diag)
{
	arena_release(&diag->arena);
	diag_init(diag);
}

static bool is_same_place(struct diag_place a, struct diag_place b)
{
	const char *a_file = a.file ? a.file : "";
	const char *b_file = b.file ? b.file : "";
	return a.line == b.line && a.column == b.column && strcmp(a_file, b_file) == 0;
}

/* What every point of a sweep has wrong would otherwise be said once per point. */
static bool is_known(const struct diag *diag, struct diag_place place, const char *text)
{
	for (size_t i = 0; i < diag->count; i++) {
		const struct diag_entry *entry = &diag->entries[i];
		if (is_same_place(entry->place, place) && strcmp(entry->text, text) == 0)
			return true;
	}
	return false;
}

static void keep_entry(struct diag *diag, struct diag_place place, bool is_warning, const char *format, va_list args)
{
	char text[1024];
	vsnprintf(text, sizeof text, format, args);
	printable_make(text, "");
	diag->error_count += !is_warning;
	if (is_known(diag, place, text))
		return;
	if (diag->count == DIAG_MAX) {
		diag->dropped++;
		return;
	}
	diag->entries[diag->count++] = (struct diag_entry){
		.place = place,
		.text = arena_strdup(&diag->arena, text),
		.is_warning = is_warning,
	};
}

void diag_error(struct diag *diag, struct diag_place place, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	keep_entry(diag, place, false, format, args);
	va_end(args);
}

void diag_warning(struct diag *diag, struct diag_place place, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	keep_entry(diag, place, true, format, args);
	va_end(args);
}

bool diag_has_errors(const struct diag *diag)
{
	return diag->error_count > 0;
}

static int compare_entries(const void *a, const void *b)
{
	const struct diag_entry *x = a;
	const struct diag_entry *y = b;
	int by_file = strcmp(x->place.file ? x->place.file : "", y->place.file ? y->place.file : "");
	if (by_file != 0)
		return by_file;
	if (x->place.line != y->place.line)
		return x->place.line < y->place.line ? -1 : 1;
	if (x->place.column != y->place.column)
		return x->place.column < y->place.column ? -1 : 1;
	return strcmp(x->text, y->text);
}

void diag_print(struct diag *diag, FILE *out)
{
	qsort(diag->entries, diag->count, sizeof diag->entries[0], compare_entries);
	for (size_t i = 0; i < diag->count; i++) {
		const struct diag_entry *entry = &diag->entries[i];
		if (entry->place.file) {
			char *file = arena_strdup(&diag->arena, entry->place.file);
			printable_make(file, "");
			fprintf(out, "%s:", file);
		}
		if (entry->place.line > 0)
			fprintf(out, "%d:%d:", entry->place.line, entry->place.column);
		fprintf(out, "%s%s%s\n", entry->place.file ? " " : "", entry->is_warning ? "warning: " : "",
			entry->text);
	}
	if (diag->dropped > 0)
		fprintf(out, "... and %zu more\n", diag->dropped);
}

const char *diag_excerpt(const char *text, struct arena *arena)
{
	size_t length = strlen(text);
	if (length <= DIAG_EXCERPT_BYTES)
		return arena_strndup(arena, text, length);
	/* Not within a UTF-8 character. */
	size_t kept = DIAG_EXCERPT_BYTES - 3;
	while (kept > 0 && ((unsigned char)text[kept] & 0xc0) == 0x80)
		kept--;
	return arena_printf(arena, "%.*s...", (int)kept, text);
}

enum { WORD_MAX = 64 };

/* Optimal string alignment distance; words longer than WORD_MAX are never near. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t n = strlen(a);
	size_t m = strlen(b);
	if (n > WORD_MAX || m > WORD_MAX)
		return WORD_MAX;
	size_t d[WORD_MAX + 1][WORD_MAX + 1];
	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			size_t cost = a[i - 1] != b[j - 1];
			d[i][j] = min_size(min_size(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = min_size(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[n][m];
}

static bool is_abbreviation(const char *word, const char *candidate)
{
	size_t length = strlen(word);
	return strncmp(word, candidate, length) == 0 && 2 * length >= strlen(candidate);
}

const char *did_you_mean(const char *word, const char *const *candidates, size_t count)
{
	size_t length = strlen(word);
	size_t limit = length < 2 ? 0 : length < 6 ? 1 : min_size(length / 3, 3);
	const char *best = NULL;
	size_t best_distance = limit + 1;
	for (size_t i = 0; i < count; i++) {
		size_t distance = edit_distance(word, candidates[i]);
		if (distance > limit && is_abbreviation(word, candidates[i]))
			distance = limit;
		if (distance < best_distance) {
			best_distance = distance;
			best = candidates[i];
		}
	}
	return best;
}
