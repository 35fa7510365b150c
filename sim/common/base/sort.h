/*
 * Sorting of so many values that somebody may want to stop it: qsort(3) of 10^7 takes seconds and knows no interrupt.
 * Runs of 65,536 values are sorted by qsort and then merged, two by two (J. von Neumann's merge sort, 1945, as in
 * Knuth, "The Art of Computer Programming" 3, section 5.2.4); the flag is looked at in between. The order is that of
 * qsort wherever compare calls no two values equal.
 */
#ifndef LAMINA_SORT_H
#define LAMINA_SORT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

typedef int sort_compare(const void *a, const void *b);

/*
 * Puts count values of value_bytes each into ascending order. False when the flag (may be NULL) was raised: what the
 * values then are is of no use.
 */
bool sort_values(void *values, size_t count, size_t value_bytes, sort_compare *compare,
		 const volatile sig_atomic_t *interrupt);

#endif
