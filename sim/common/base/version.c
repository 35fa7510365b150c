/* The only file that sees the generated header: a new commit recompiles this and nothing else. */
#include "base/version.h"

#include "lamina_version.h"

const char *lamina_version(void)
{
	return LAMINA_VERSION;
}
