#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_CHUNK_BYTES = 64 * 1024 };

static bool too_large(const char *path, size_t max_bytes, struct err *err)
{
	return err_set(err, "'%s' is larger than %zu bytes, the most that is read", path, max_bytes);
}

static bool read_stream(FILE *in, const char *path, size_t max_bytes, struct arena *arena, char **text, size_t *length,
			struct err *err)
{
	size_t capacity = READ_CHUNK_BYTES;
	size_t used = 0;
	char *bytes = mem_alloc(capacity);
	for (;;) {
		size_t got = fread(bytes + used, 1, capacity - used, in);
		used += got;
		if (got == 0)
			break;
		if (used > max_bytes) {
			mem_free(bytes);
			return too_large(path, max_bytes, err);
		}
		if (used == capacity)
			bytes = mem_realloc(bytes, capacity *= 2);
	}
	if (ferror(in)) {
		int code = errno;
		mem_free(bytes);
		return err_set(err, "cannot read '%s': %s", path, strerror(code));
	}
	*text = arena_strndup(arena, bytes, used);
	*length = used;
	mem_free(bytes);
	return true;
}

/* A file whose size is known beforehand needs no memory but its own. It may still grow or shrink meanwhile. */
static bool read_sized(FILE *in, const char *path, size_t size, struct arena *arena, char **text, size_t *length,
		       struct err *err)
{
	*text = arena_alloc(arena, size + 1);
	*length = fread(*text, 1, size, in);
	return !ferror(in) || err_set(err, "cannot read '%s': %s", path, strerror(errno));
}

bool file_read(const char *path, size_t max_bytes, struct arena *arena, char **text, size_t *length, struct err *err)
{
	if (strcmp(path, "-") == 0)
		return read_stream(stdin, "standard input", max_bytes, arena, text, length, err);
	FILE *in = fopen(path, "rb");
	if (!in)
		return err_set(err, "cannot open '%s': %s", path, strerror(errno));
	struct stat status;
	bool is_sized = fstat(fileno(in), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
	bool ok;
	if (is_sized && (size_t)status.st_size > max_bytes)
		ok = too_large(path, max_bytes, err);
	else if (is_sized)
		ok = read_sized(in, path, (size_t)status.st_size, arena, text, length, err);
	else
		ok = read_stream(in, path, max_bytes, arena, text, length, err);
	fclose(in);
	return ok;
}

static char *copy_joined(const char *a, const char *b)
{
	size_t n = strlen(a);
	size_t m = strlen(b);
	char *joined = mem_alloc(n + m + 1);
	memcpy(joined, a, n);
	memcpy(joined + n, b, m + 1);
	return joined;
}

static void release(struct file_out *out)
{
	mem_free(out->path);
	mem_free(out->temporary);
	*out = (struct file_out){0};
}

/* A pipe or a device cannot be replaced and has no old content to keep. */
static bool open_device(struct file_out *out, const char *path, struct err *err)
{
	out->stream = fopen(path, "wb");
	if (!out->stream)
		return err_set(err, "cannot write '%s': %s", path, strerror(errno));
	out->path = copy_joined(path, "");
	return true;
}

bool file_out_open(struct file_out *out, const char *path, struct err *err)
{
	*out = (struct file_out){0};
	struct stat status;
	if (strcmp(path, "-") == 0) {
		out->path = copy_joined(path, "");
		out->stream = stdout;
		return true;
	}
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return open_device(out, path, err);
	/* What a symbolic link points to is replaced, not the link. */
	char *target = realpath(path, NULL);
	out->path = copy_joined(target ? target : path, "");
	free(target);
	out->temporary = copy_joined(out->path, ".partial-XXXXXX");
	int fd = mkstemp(out->temporary);
	if (fd < 0) {
		err_set(err, "cannot write '%s': %s", path, strerror(errno));
		release(out);
		return false;
	}
	mode_t mask = umask(0);
	umask(mask);
	fchmod(fd, 0666 & ~mask);
	out->stream = fdopen(fd, "wb");
	CHECK(out->stream);
	return true;
}

/* Closes a temporary or a device. The first failure is the one that is told; *code is its errno. */
static bool close_stream(struct file_out *out, int *code)
{
	bool failed_before = ferror(out->stream);
	bool ok = fflush(out->stream) == 0 && !failed_before;
	*code = failed_before ? EIO : errno;
	if (ok && out->temporary && fsync(fileno(out->stream)) != 0) {
		ok = false;
		*code = errno;
	}
	if (out->stream != stdout && fclose(out->stream) != 0 && ok) {
		ok = false;
		*code = errno;
	}
	return ok;
}

bool file_out_commit(struct file_out *out, struct err *err)
{
	int code;
	bool ok = close_stream(out, &code);
	if (ok && out->temporary && rename(out->temporary, out->path) != 0) {
		ok = false;
		code = errno;
	}
	if (!ok && out->temporary)
		unlink(out->temporary);
	if (!ok) {
		err_set(err, "cannot write '%s': %s", strcmp(out->path, "-") == 0 ? "standard output" : out->path,
			strerror(code));
		err->is_unread = code == EPIPE;
	}
	release(out);
	return ok;
}

void file_out_discard(struct file_out *out)
{
	if (out->stream != stdout)
		fclose(out->stream);
	if (out->temporary)
		unlink(out->temporary);
	release(out);
}

bool file_can_write(const char *path, struct err *err)
{
	struct file_out out;
	struct stat status;
	if (strcmp(path, "-") == 0)
		return true;
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return err_set(err, "cannot write '%s': %s", path, strerror(EISDIR));
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return access(path, W_OK) == 0 || err_set(err, "cannot write '%s': %s", path, strerror(errno));
	if (!file_out_open(&out, path, err))
		return false;
	file_out_discard(&out);
	return true;
}

bool file_write(const char *path, const char *bytes, size_t count, struct err *err)
{
	struct file_out out;
	if (!file_out_open(&out, path, err))
		return false;
	if (count > 0 && fwrite(bytes, 1, count, out.stream) != count) {
		int code = errno;
		err_set(err, "cannot write '%s': %s", path, strerror(code));
		err->is_unread = code == EPIPE;
		file_out_discard(&out);
		return false;
	}
	return file_out_commit(&out, err);
}

bool file_make_directories(const char *path, struct err *err)
{
	char *partial = copy_joined(path, "");
	bool ok = true;
	for (char *p = partial + 1; ok; p++) {
		if (*p != '/' && *p != '\0')
			continue;
		bool last = *p == '\0';
		*p = '\0';
		if (mkdir(partial, 0777) != 0 && errno != EEXIST)
			ok = err_set(err, "cannot make folder '%s': %s", partial, strerror(errno));
		if (last)
			break;
		*p = '/';
	}
	mem_free(partial);
	return ok;
}

char *file_directory(const char *path, struct arena *arena)
{
	const char *slash = strrchr(path, '/');
	return arena_strndup(arena, path, slash ? (size_t)(slash - path) + 1 : 0);
}

char *file_resolve(const char *base_file, const char *relative, struct arena *arena)
{
	if (relative[0] == '/')
		return arena_strdup(arena, relative);
	return arena_printf(arena, "%s%s", file_directory(base_file, arena), relative);
}

enum { NAMES_MAX = 1000 };

static bool is_there(const char *path)
{
	return access(path, R_OK) == 0;
}

/* Cuts the last component off; false where none is left. */
static bool go_up(char *folder)
{
	char *slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return false;
	*slash = '\0';
	return true;
}

/* Programs run from build/MODE/, tests from build/MODE/tests/KIND/, installed ones from PREFIX/bin. */
static char *search_above_program(const char *relative, struct arena *arena)
{
	char folder[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
	if (length < 0)
		return NULL;
	folder[length] = '\0';
	while (go_up(folder)) {
		char *installed = arena_printf(arena, "%s/share/lamina/%s", folder, relative);
		char *beside = arena_printf(arena, "%s/%s", folder, relative);
		if (is_there(installed))
			return installed;
		if (is_there(beside))
			return beside;
	}
	return NULL;
}

char *data_file_find(const char *relative, struct arena *arena)
{
	const char *chosen = getenv("LAMINA_DATADIR");
	if (chosen && *chosen) {
		char *path = arena_printf(arena, "%s/%s", chosen, relative);
		return is_there(path) ? path : NULL;
	}
	return is_there(relative) ? arena_strdup(arena, relative) : search_above_program(relative, arena);
}

static int compare_names(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;
	return strcmp(*x, *y);
}

char **data_file_list(const char *relative, const char *ending, struct arena *arena, size_t *count)
{
	*count = 0;
	char **names = ARENA_ARRAY(arena, char *, NAMES_MAX);
	char *path = data_file_find(relative, arena);
	DIR *folder = path ? opendir(path) : NULL;
	if (!folder)
		return names;
	struct dirent *entry;
	while ((entry = readdir(folder)) && *count < NAMES_MAX) {
		size_t length = strlen(entry->d_name);
		size_t tail = strlen(ending);
		if (length > tail && strcmp(entry->d_name + length - tail, ending) == 0)
			names[(*count)++] = arena_strndup(arena, entry->d_name, length - tail);
	}
	closedir(folder);
	qsort(names, *count, sizeof names[0], compare_names);
	return names;
}
