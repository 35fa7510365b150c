/*
 * What a point of an experiment is, in 128 bits: equal for two settings exactly where every replication of the one
 * gives what it gives of the other. It goes by values, defaults included, and by the contents of the platform, the
 * profile, the preset and the trace, not by how or where they are written; names, titles, plans and the sweep itself
 * do not count, nor does how often a point is simulated.
 */
#ifndef LAMINA_IDENTITY_H
#define LAMINA_IDENTITY_H

#include "base/digest.h"
#include "scenario/resolve.h"

/* Of an experiment that resolves without errors: its files are in the library. The seed counts. */
struct digest experiment_identity(const struct experiment *experiment, const struct setting *setting,
				  struct library *library);

/* A file whose content is part of identities. */
struct identity_source {
	const char *kind; /* "platform", "profile", "framework", "trace" */
	const char *name;
	struct digest digest;
};

/* All of a library that identities were asked of so far, in the arena. */
struct identity_source *identity_sources(const struct library *library, struct arena *arena, size_t *count);

#endif
