/* Which Lamina this is: the version goes into every artefact. */
#ifndef LAMINA_VERSION_H
#define LAMINA_VERSION_H

/* What `git describe` said when it was built ("v1.0-3-gabc1234"); "unknown" outside a repository. Static. */
const char *lamina_version(void);

#endif
