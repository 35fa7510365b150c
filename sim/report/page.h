/*
 * Results as one page of HTML that needs nothing beside it and asks the network for nothing: the question, the answer
 * in words, figures with a pointer, a table that sorts, the bill, what was assumed and on whose word, how large the
 * errors of the mechanisms involved are, and how to have all of it again.
 *
 * Points at which records failed, or a bound stopped the simulation, and those that do not keep what the question asks
 * for, are in the table and take no part in the answer. Points that do different amounts of work are compared by the
 * image. Cheapest and fastest go by means; whom their prediction bands (report/trust.h) do not tell apart is named
 * beside them. Between them stands the point that is best for both alike, as `lamina plan` weighs them.
 */
#ifndef LAMINA_PAGE_H
#define LAMINA_PAGE_H

#include "report/figure_data.h"
#include "report/trust.h"

/* A file that the results stand on. */
struct page_source {
	const char *kind;  /* "platform", "profile", ... */
	const char *title; /* whose, when */
	const char *text;  /* YAML, with the sources in its comments; NULL: the digest has to do */
	const char *only;  /* the keys that begin so; NULL: all */
	const char *name;
	const char *digest; /* "": none */
};

struct page {
	const struct figure_data *data;
	const char *subject;       /* what is simulated, in a line */
	const struct trust *trust; /* NULL: bands are not known */
	/* What every point rests on; NULL where settings are not known, and then there are no bands. */
	const struct trust_basis *bases;
	/* A point with its setting, in the arena; false where that is not known. May be NULL. */
	bool (*resolve)(void *context, size_t point, struct arena *arena, struct run_job *out);
	void *resolve_context;
	const char *const *names;  /* of points; NULL: their numbers */
	const bool *allowed;       /* which points keep what the question asks for; NULL: it asks for nothing */
	bool is_first_recommended; /* the first point is what somebody found to be best */
	const char *question;      /* NULL: what time and cost are at these points */
	const char *words;         /* lines that explain the answer, as they are; NULL or "": none */
	const char *doubt;         /* what has to be said before anything is believed; "": nothing */
	const char *yaml;          /* the whole experiment */
	const char *command;       /* that gives the results again */
	const char *version;       /* of Lamina, that simulated them */
	int64_t seed;
	const struct page_source *sources;
	size_t source_count;
};

/* Adds the page. */
void page_write(const struct page *page, struct buf *out);

#endif
