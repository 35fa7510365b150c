/* Whole files: what is read, what is left behind when writing fails. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/file.h"
#include "tests/tap.h"

static char folder[] = "/tmp/lamina-test-file-XXXXXX";
static struct arena arena;

static const char *in_folder(const char *name)
{
	return arena_printf(&arena, "%s/%s", folder, name);
}

static const char *content(const char *path)
{
	char *text;
	size_t length;
	struct err err;
	return file_read(path, 1000, &arena, &text, &length, &err) ? text : NULL;
}

static int count_files(void)
{
	int count = 0;
	DIR *dir = opendir(folder);
	for (struct dirent *entry; (entry = readdir(dir));)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

static void test_read(void)
{
	char *text;
	size_t length;
	struct err err;
	const char *path = in_folder("read");
	t_ok(file_write(path, "a\0b", 3, &err), "three bytes are written");
	t_ok(file_read(path, 3, &arena, &text, &length, &err), "three bytes are read where three are allowed");
	t_ok(length == 3 && memcmp(text, "a\0b", 4) == 0, "as they were, and a NUL");
	t_ok(!file_read(path, 2, &arena, &text, &length, &err), "but not where two are");
	t_str(err.text, arena_printf(&arena, "'%s' is larger than 2 bytes, the most that is read", path),
	      "and the message has the limit");
	t_ok(!file_read(in_folder("none"), 9, &arena, &text, &length, &err), "a missing file");
	t_str(err.text, arena_printf(&arena, "cannot open '%s/none': No such file or directory", folder), "says so");
	t_ok(!file_read(folder, 9, &arena, &text, &length, &err), "a folder");
	t_str(err.text, arena_printf(&arena, "cannot read '%s': Is a directory", folder), "says so");
	t_ok(!file_read("/dev/zero", 100000, &arena, &text, &length, &err), "an endless file");
	t_has(err.text, "larger than 100000 bytes", "is not read for ever");
	unlink(path);
}

static void test_write(void)
{
	struct err err;
	struct file_out out;
	const char *path = in_folder("out");
	t_ok(file_write(path, "old", 3, &err), "a file is written");
	t_ok(file_out_open(&out, path, &err), "and opened for writing again");
	fputs("new", out.stream);
	fflush(out.stream);
	t_str(content(path), "old", "which leaves it alone");
	t_ok(file_out_commit(&out, &err), "until it is committed");
	t_str(content(path), "new", "and then it is replaced");
	t_int(count_files(), 1, "and nothing else is left");
	t_ok(file_out_open(&out, path, &err), "opened once more");
	fputs("newer", out.stream);
	file_out_discard(&out);
	t_str(content(path), "new", "discarded: nothing happened");
	t_int(count_files(), 1, "and nothing else is left");
	struct stat status;
	mode_t mask = umask(0);
	umask(mask);
	stat(path, &status);
	t_int(status.st_mode & 0777, 0666 & ~mask, "the file has the mode that the user's umask gives");
	t_ok(!file_write(in_folder("none/out"), "x", 1, &err), "a folder that is not there");
	t_str(err.text, arena_printf(&arena, "cannot write '%s/none/out': No such file or directory", folder),
	      "is named");
	t_ok(!file_write(folder, "x", 1, &err), "a folder cannot be written");
	t_str(err.text, arena_printf(&arena, "cannot write '%s': Is a directory", folder), "and says so");
	unlink(path);
}

static void test_link(void)
{
	struct err err;
	struct stat status;
	const char *target = in_folder("target");
	const char *link = in_folder("link");
	t_ok(file_write(target, "old", 3, &err) && symlink(target, link) == 0, "a symbolic link");
	t_ok(file_write(link, "new", 3, &err), "is written through");
	t_str(content(target), "new", "to its target");
	t_ok(lstat(link, &status) == 0 && S_ISLNK(status.st_mode), "and stays a link");
	unlink(link);
	unlink(target);
}

/* A limit on the size of files fails like a full disk, in the middle of writing. */
static void test_full_disk(size_t limit, const char *when)
{
	struct err err;
	struct rlimit old_limit;
	static char big[100000];
	const char *path = in_folder("full");
	t_ok(file_write(path, "old", 3, &err), "a file is there");
	getrlimit(RLIMIT_FSIZE, &old_limit);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){limit, old_limit.rlim_max});
	bool ok = file_write(path, big, 2 * limit, &err);
	setrlimit(RLIMIT_FSIZE, &old_limit);
	t_ok(!ok, "the disk is full %s", when);
	t_str(err.text, arena_printf(&arena, "cannot write '%s': File too large", path), "and the message says why");
	t_str(content(path), "old", "the old file is whole");
	t_int(count_files(), 1, "and no part of the new one is left");
	unlink(path);
}

/*
 * A memory device of our own where we may make one: code that is wrong could replace it, and root's /dev must not
 * suffer. Who may not make devices cannot replace those in /dev either. Minors: Linux, admin-guide/devices.
 */
static const char *device(const char *name, unsigned minor_number)
{
	const char *path = in_folder(name);
	bool is_made = mknod(path, S_IFCHR | 0600, makedev(1, minor_number)) == 0;
	int fd = is_made ? open(path, O_WRONLY) : -1;
	if (fd < 0) {
		unlink(path);
		return arena_printf(&arena, "/dev/%s", name);
	}
	close(fd);
	return path;
}

static void test_devices(void)
{
	struct err err;
	struct stat status;
	const char *full = device("full", 7);
	const char *null = device("null", 3);
	t_ok(!file_write(full, "x", 1, &err), "a full device");
	t_str(err.text, arena_printf(&arena, "cannot write '%s': No space left on device", full), "says so");
	t_ok(file_write(null, "x", 1, &err), "the null device takes all");
	t_ok(stat(null, &status) == 0 && S_ISCHR(status.st_mode), "and is not replaced by a file");
	struct file_out out;
	t_ok(file_out_open(&out, full, &err), "a full device opens");
	fputs("x", out.stream);
	fflush(out.stream);
	t_ok(!file_out_commit(&out, &err), "a write that failed before the commit is not forgotten");
	t_str(err.text, arena_printf(&arena, "cannot write '%s': Input/output error", full), "though its reason is");
	unlink(in_folder("full"));
	unlink(in_folder("null"));
}

static void test_pipe(void)
{
	struct err err;
	const char *pipe = in_folder("pipe");
	t_ok(mkfifo(pipe, 0600) == 0, "a pipe");
	int fd = open(pipe, O_RDWR);
	t_ok(file_write(pipe, "x", 1, &err), "is written to");
	char byte = 0;
	t_ok(read(fd, &byte, 1) == 1 && byte == 'x', "and read from");
	close(fd);
	unlink(pipe);
}

/* In a child, so that the test's own output goes on. */
static void test_full_stdout(void)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		struct file_out out;
		struct err err;
		bool ok = freopen("/dev/full", "w", stdout) && file_out_open(&out, "-", &err);
		fputs("x", out.stream);
		ok = ok && !file_out_commit(&out, &err) &&
		     strcmp(err.text, "cannot write 'standard output': No space left on device") == 0;
		_exit(ok ? 0 : 1);
	}
	int status = 1;
	waitpid(child, &status, 0);
	t_ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a full standard output says so");
}

static void test_paths(void)
{
	struct err err;
	const char *deep = in_folder("a/b/c");
	t_ok(file_make_directories(deep, &err) && access(deep, W_OK) == 0, "folders are made with their parents");
	t_ok(file_make_directories(deep, &err), "and may be there already");
	t_ok(!file_make_directories("/dev/null/x", &err), "but not below a device");
	t_str(err.text, "cannot make folder '/dev/null/x': Not a directory", "which the message says");
	rmdir(deep);
	rmdir(in_folder("a/b"));
	rmdir(in_folder("a"));
	t_str(file_directory("a/b.yaml", &arena), "a/", "the folder of a file");
	t_str(file_directory("b.yaml", &arena), "", "of a bare name");
	t_str(file_directory("/b", &arena), "/", "of a file at the root");
	t_str(file_resolve("x/exp.yaml", "p.yaml", &arena), "x/p.yaml", "seen from the file");
	t_str(file_resolve("exp.yaml", "p.yaml", &arena), "p.yaml", "seen from a bare name");
	t_str(file_resolve("x/exp.yaml", "/p.yaml", &arena), "/p.yaml", "an absolute path stays");
}

int main(void)
{
	arena_init(&arena);
	if (!mkdtemp(folder))
		return 1;
	test_read();
	test_write();
	test_link();
	test_full_disk(50000, "while writing");
	test_full_disk(50, "when the last bytes are flushed");
	test_devices();
	test_full_stdout();
	test_pipe();
	test_paths();
	t_int(rmdir(folder), 0, "nothing is left");
	arena_release(&arena);
	return t_done();
}
