/*
 * TAP for `prove`: a test program is a main() that calls t_* and returns t_done(). Each call is one TAP line,
 * so that a table of cases is a table of results; a
 * program that asserts nothing fails. Doubles are compared relatively and absolutely and printed
 * with 17 digits; NaN never passes. Comparisons evaluate each side once and print both.
 */
#ifndef LAMINA_TAP_H
#define LAMINA_TAP_H

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * How often something long is tried: usually, and where sanitizers make it ten times as slow or a second compiler
 * tries it again. Constant expressions, so that arrays can have such lengths.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__clang__)
#define T_TIMES(usually, again) (again)
#else
#define T_TIMES(usually, again) (usually)
#endif

static int t_count_;
static int t_failed_;

__attribute__((format(printf, 4, 5), unused)) static bool t_result_(bool ok, const char *file, int line,
								    const char *format, ...)
{
	char name[512];
	va_list args;
	va_start(args, format);
	vsnprintf(name, sizeof name, format, args);
	va_end(args);
	for (char *p = name; *p; p++)
		if (*p == '#' || *p == '\n')
			*p = ' ';
	printf("%sok %d - %s\n", ok ? "" : "not ", ++t_count_, name);
	if (!ok) {
		t_failed_++;
		printf("#   failed at %s:%d\n", file, line);
	}
	fflush(stdout);
	return ok;
}

/* One TAP line: condition, then a printf name of the case. */
#define t_ok(condition, ...) t_result_((condition), __FILE__, __LINE__, __VA_ARGS__)

__attribute__((unused)) static void t_near_(double got, double want, double relative, double absolute, const char *file,
					    int line, const char *name)
{
	bool ok = fabs(got - want) <= absolute + relative * fabs(want);
	if (isinf(want) && got == want)
		ok = true;
	if (!t_result_(ok, file, line, "%s", name))
		printf("#   got %.17g, want %.17g (relative %g, absolute %g)\n", got, want, relative, absolute);
}
#define t_near(got, want, relative, absolute, name) \
	t_near_((got), (want), (relative), (absolute), __FILE__, __LINE__, (name))

__attribute__((unused)) static void t_int_(long long got, long long want, const char *file, int line, const char *name)
{
	if (!t_result_(got == want, file, line, "%s", name))
		printf("#   got %lld, want %lld\n", got, want);
}
#define t_int(got, want, name) t_int_((long long)(got), (long long)(want), __FILE__, __LINE__, (name))

__attribute__((unused)) static void t_str_(const char *got, const char *want, const char *file, int line,
					   const char *name)
{
	bool ok = got && want ? strcmp(got, want) == 0 : got == want;
	if (!t_result_(ok, file, line, "%s", name))
		printf("#   got  \"%s\"\n#   want \"%s\"\n", got ? got : "(null)", want ? want : "(null)");
}
#define t_str(got, want, name) t_str_((got), (want), __FILE__, __LINE__, (name))

/* Passes when text contains part. */
__attribute__((unused)) static void t_has_(const char *text, const char *part, const char *file, int line,
					   const char *name)
{
	if (!t_result_(text && strstr(text, part), file, line, "%s", name))
		printf("#   \"%s\" lacks \"%s\"\n", text ? text : "(null)", part);
}
#define t_has(text, part, name) t_has_((text), (part), __FILE__, __LINE__, (name))

/* Runs function in a child; passes when it dies by abort (a CHECK that fired). */
__attribute__((unused)) static void t_aborts_(void (*function)(void), const char *file, int line, const char *name)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		if (!freopen("/dev/null", "w", stderr))
			_exit(2);
		function();
		_exit(0);
	}
	int status = 0;
	waitpid(child, &status, 0);
	/* Under AddressSanitizer an abort may be reported as an exit instead of a signal. */
	bool ok =
		(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) || (WIFEXITED(status) && WEXITSTATUS(status) == 1);
	t_result_(ok, file, line, "%s", name);
}
#define t_aborts(function, name) t_aborts_((function), __FILE__, __LINE__, (name))

__attribute__((unused)) static int t_done(void)
{
	printf("1..%d\n", t_count_);
	if (t_count_ == 0)
		printf("# nothing was asserted\n");
	return t_failed_ || t_count_ == 0 ? 1 : 0;
}

#endif
