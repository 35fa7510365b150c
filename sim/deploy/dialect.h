/* What each deployment tool calls the settings of a function, and what it takes where a file is silent. */
#ifndef LAMINA_DIALECT_H
#define LAMINA_DIALECT_H /* private to deploy */

#include <stdint.h>

enum dialect_number {
	DIALECT_MEMORY_MB,
	DIALECT_TIMEOUT_SECONDS,
	DIALECT_TMP_MB,
	DIALECT_RESERVED,
	DIALECT_PROVISIONED,
	DIALECT_NUMBERS,
};

struct dialect {
	const char *tool; /* for people: whose defaults they are */
	struct dialect_key {
		const char *path; /* dotted, from the function */
		int64_t fallback;
	} numbers[DIALECT_NUMBERS];
	const char *architecture;
	const char *snapshot;
	const char *snapshot_on; /* its text for new versions; any other is none */
	const char *runtime;
	const char *layers;
	const char *package; /* set, where it is an image: to "Image", or at all */
	const char *deployed_name;
};

extern const struct dialect dialect_sam;
extern const struct dialect dialect_cloudformation;
extern const struct dialect dialect_serverless;
extern const struct dialect dialect_terraform;
extern const struct dialect dialect_variables; /* those of emit_terraform.c */

#endif
