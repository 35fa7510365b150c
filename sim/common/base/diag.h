/*
 * A user's mistakes, collected: every mistake of a file is reported at once, sorted by place, each as
 * "file:line:column: what is wrong; what would be right". Whoever finds one goes on reading.
 */
#ifndef LAMINA_DIAG_H
#define LAMINA_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/check.h"

enum {
	DIAG_MAX = 100, /* more than this are counted, not kept */
	DIAG_EXCERPT_BYTES = 60,
};

struct diag_place {
	const char *file;
	int line;   /* 1-based; 0 where there is none */
	int column; /* 1-based; 0 where there is none */
};

struct diag_entry {
	struct diag_place place;
	const char *text;
	bool is_warning;
};

struct diag {
	struct arena arena;
	struct diag_entry entries[DIAG_MAX];
	size_t count;
	size_t error_count; /* errors found, kept or not, repeated or not */
	size_t dropped;
};

void diag_init(struct diag *diag);
void diag_release(struct diag *diag);

/*
 * The text is copied, control characters as '?'; file is not and must outlive the diag. The same text at the same place
 * is kept once.
 */
void diag_error(struct diag *diag, struct diag_place place, const char *format, ...) PRINTF_LIKE(3, 4);
void diag_warning(struct diag *diag, struct diag_place place, const char *format, ...) PRINTF_LIKE(3, 4);

/* The user's text for a message: cut to DIAG_EXCERPT_BYTES, then ending in "...". */
const char *diag_excerpt(const char *text, struct arena *arena);

bool diag_has_errors(const struct diag *diag);

/* Prints all entries sorted by file, line, column; a place without line prints as "file: ...". */
void diag_print(struct diag *diag, FILE *out);

/*
 * The candidate nearest to word in edit distance (insert, delete, replace, swap of neighbours), or NULL when
 * none is near enough to be meant: within a third of the word's length (at least 1, at most 3, and not all of it),
 * or begun by the word and at most twice as long.
 */
const char *did_you_mean(const char *word, const char *const *candidates, size_t count);

#endif
