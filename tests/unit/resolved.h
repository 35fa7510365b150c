/* An experiment's text, read and resolved to the setting that is simulated. */
#ifndef LAMINA_RESOLVED_H
#define LAMINA_RESOLVED_H

#include <stdio.h>
#include <string.h>

#include "scenario/resolve.h"
#include "serving/outcome.h"

struct fixture {
	struct arena arena;
	struct diag diag;
	struct experiment experiment;
	struct library library;
	struct setting setting;
	struct outcome outcome; /* for whoever simulates it */
};

/* False, mistakes printed, where the text is wrong; to be released either way. */
static inline bool setup(struct fixture *f, const char *text)
{
	memset(f, 0, sizeof *f);
	library_init(&f->library, &f->arena);
	const char *copy = arena_strdup(&f->arena, text);
	const struct yaml_node *root = yaml_parse("test.yaml", copy, strlen(copy), &f->arena, &f->diag);
	bool ok = root && experiment_bind(root, "test.yaml", &f->arena, &f->diag, &f->experiment) &&
		  experiment_resolve(&f->experiment, &f->library, &f->arena, &f->diag, &f->setting);
	if (diag_has_errors(&f->diag))
		diag_print(&f->diag, stdout);
	return ok;
}

static inline void release(struct fixture *f)
{
	diag_release(&f->diag);
	arena_release(&f->arena);
}

#endif
