/* How a platform's keys are written, one table row each: with their range and their help (man lamina-platform). */
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

#endif
