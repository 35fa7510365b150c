/*
 * How a platform's keys are written, one table row each: with their range and their help (man lamina-platform). What
 * falls back to 0 is a thing that the platform does not have; no other number stands here in a file's stead.
 */
#ifndef LAMINA_KEYS_H
#define LAMINA_KEYS_H /* private to platform */

#include "doc/bind.h"
#include "platform/quantiles.h"

#define QUANTILES(type_name, member, text) \
	BIND_FIELD(type_name, member, BIND_STRUCT, .required = true, .schema = &quantiles_schema, .help = text)
#define NUMBER(type_name, member, low, high, text) \
	BIND_FIELD(type_name, member, BIND_DOUBLE, .required = true, .min = (low), .max = (high), .help = text)
#define INTEGER(type_name, member, low, high, text) \
	BIND_FIELD(type_name, member, BIND_INT, .required = true, .min = (low), .max = (high), .help = text)
#define MAYBE_QUANTILES(type_name, member, text) \
	BIND_FIELD(type_name, member, BIND_STRUCT, .schema = &quantiles_schema, .help = text)
#define MAYBE_NUMBER(type_name, member, default_text, low, high, text) \
	BIND_FIELD(type_name, member, BIND_DOUBLE, .fallback = default_text, .min = (low), .max = (high), .help = text)

/* Of a thing that the platform may have: keys_need asks for it then. */
#define NUMBER_OF_IT(type_name, member, low, high, text) \
	BIND_FIELD(type_name, member, BIND_DOUBLE, .min = (low), .max = (high), .help = text)
#define INTEGER_OF_IT(type_name, member, low, high, text) \
	BIND_FIELD(type_name, member, BIND_INT, .min = (low), .max = (high), .help = text)

/* What the platform has (key's value is not 0) must be told with the keys that say how it is; NULL ends them. */
void keys_need(const struct yaml_node *node, const char *key, double value, const char *const needed[],
	       struct diag *diag);

#endif
