/*
 * Bugs abort. CHECK stays on in release builds: a simulator that goes on after a broken
 * invariant prints numbers that nobody can trust. User mistakes go to diag.h, failures of
 * the world (I/O) to err.h.
 */
#ifndef LAMINA_CHECK_H
#define LAMINA_CHECK_H

/* cppcheck does not understand C11 _Noreturn; this spelling it does. */
#define NORETURN __attribute__((noreturn))
#define PRINTF_LIKE(format_index, first_arg) __attribute__((format(printf, format_index, first_arg)))

NORETURN void check_failed(const char *file, int line, const char *condition);

/* Prints the message to stderr and exits with status 1: for failures no caller can handle (out of memory). */
NORETURN void die(const char *format, ...) PRINTF_LIKE(1, 2);

#define CHECK(condition) ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))

/* Elements of an array, which must not have become a pointer. */
#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
