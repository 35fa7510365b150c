/*
 * HTML into a buf. What comes from outside (names, values, files) goes through html_text and can then be neither markup
 * nor the end of an attribute's value in double quotes; what is no UTF-8, and what controls a terminal or a screen,
 * becomes U+FFFD.
 */
#ifndef LAMINA_HTML_H
#define LAMINA_HTML_H /* private to report */

#include "base/buf.h"

void html_text(struct buf *out, const char *text);

/* printf, escaped. */
void html_printf(struct buf *out, const char *format, ...) PRINTF_LIKE(2, 3);

/* A name in code letters that may be broken at its dots, and whose writing direction stays within it. */
void html_name(struct buf *out, const char *name);

/*
 * Four significant digits without an exponent, thousands parted, and fewer where the value has no more: "12,340",
 * "0.00002141", "11.00" of 11.0012, "11" of 11; "–" for NaN.
 */
enum { HTML_NUMBER_BYTES = 64 };
const char *html_number(double value, char out[HTML_NUMBER_BYTES]);

#endif
