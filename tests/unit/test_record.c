/* Records as they are written and read: golden bytes, round trips, limits, and a disk that fills up. */
#include "base/check.h"
#include "tests/tap.h"

#include <dirent.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "kernels/record/record.h"

static char folder[] = "/tmp/test_record-XXXXXX";

static const char *in_folder(struct arena *arena, const char *name)
{
	return arena_printf(arena, "%s/%s", folder, name);
}

static int files_in_folder(void)
{
	DIR *dir = opendir(folder);
	int count = -2; /* . and .. */
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static const float floats[6] = {0, 1, -2.5f, 3e30f, 1e-30f, 0.1f};
static const uint8_t pixels[2] = {0x11, 0x22};
static const uint8_t jpeg[4] = {0xff, 0xd8, 0xff, 0xd9}; /* enough to be carried, not to be decoded */

static const struct record_image images[] = {
	{{1, 1, 2}, RECORD_UINT8, 7, pixels, sizeof pixels, 0},
	{{3, 2, 1}, RECORD_FLOAT32, RECORD_NO_LABEL, (const uint8_t *)floats, sizeof floats, 0},
	{{3, 375, 500}, RECORD_JPEG, 1000, jpeg, sizeof jpeg, 0},
	{{1, 1, 2}, RECORD_UINT8, 0, pixels, sizeof pixels, 0},
	{{1, 1, 2}, RECORD_UINT8, INT64_MAX, pixels, sizeof pixels, 0},
};
enum { IMAGES = ARRAY_LEN(images) };

static bool write_images(const char *path, enum record_format format, size_t count, struct err *err)
{
	struct record_writer writer;
	if (!record_writer_open(&writer, path, format, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!record_writer_append(&writer, &images[i], err)) {
			record_writer_discard(&writer);
			return false;
		}
	}
	return record_writer_commit(&writer, err);
}

/* Made by a separate program from the formats' documentation: one image of 2 x 1 grey pixels with label 7. */
static const struct {
	const char *name;
	enum record_format format;
	const char *bytes;
	size_t count;
} golden[] = {
	{"protobuf", RECORD_PROTOBUF, "\x0a\x0e\x08\x02\x10\x01\x18\x01\x20\x01\x28\x0e\x32\x02\x11\x22", 16},
	{"tfrecord", RECORD_TFRECORD,
	 "\x97\0\0\0\0\0\0\0\xe4\x76\x40\xf3"
	 "\x0a\x94\x01"
	 "\x0a\x17\x0a\x0eimage/channels\x12\x05\x1a\x03\x0a\x01\x01"
	 "\x0a\x1a\x0a\x11image/class/label\x12\x05\x1a\x03\x0a\x01\x07"
	 "\x0a\x17\x0a\x0dimage/encoded\x12\x06\x0a\x04\x0a\x02\x11\x22"
	 "\x0a\x17\x0a\x0cimage/format\x12\x07\x0a\x05\x0a\x03raw"
	 "\x0a\x15\x0a\x0cimage/height\x12\x05\x1a\x03\x0a\x01\x01"
	 "\x0a\x14\x0a\x0bimage/width\x12\x05\x1a\x03\x0a\x01\x02"
	 "\x74\xfd\xb4\x15",
	 167},
};

static void golden_bytes(struct arena *arena)
{
	for (size_t i = 0; i < 2; i++) {
		struct err err = {.text = ""};
		char *bytes = NULL;
		size_t count = 0;
		const char *path = in_folder(arena, "golden");
		t_ok(write_images(path, golden[i].format, 1, &err) &&
			     file_read(path, 1000, arena, &bytes, &count, &err),
		     "%s: written %s", golden[i].name, err.text);
		t_ok(count == golden[i].count && memcmp(bytes, golden[i].bytes, count) == 0, "%s: the golden bytes",
		     golden[i].name);
	}
}

static bool same_image(const struct record_image *a, const struct record_image *b)
{
	return a->shape.channels == b->shape.channels && a->shape.height == b->shape.height &&
	       a->shape.width == b->shape.width && a->encoding == b->encoding && a->label == b->label &&
	       a->data_bytes == b->data_bytes && memcmp(a->data, b->data, a->data_bytes) == 0;
}

static void read_back(struct record_reader *reader, const char *name)
{
	struct err err = {.text = ""};
	struct record_image image;
	bool found = false;
	uint64_t last_offset = 0;
	for (size_t i = 0; i < IMAGES; i++) {
		bool ok = record_reader_next(reader, &image, &found, &err);
		t_ok(ok && found && same_image(&image, &images[i]) && image.offset > last_offset,
		     "%s: image %zu comes back %s", name, i, err.text);
		last_offset = image.offset;
	}
	t_ok(record_reader_next(reader, &image, &found, &err) && !found, "%s: then the end", name);
	t_ok(record_reader_next(reader, &image, &found, &err) && !found, "%s: and again the end", name);
	t_int(reader->image_count, IMAGES, "the number of images");
	record_reader_release(reader);
}

static void round_trips(struct arena *arena)
{
	for (enum record_format format = 0; format < RECORD_FORMATS; format++) {
		struct err err = {.text = ""};
		struct record_reader reader;
		const char *path = in_folder(arena, "trip");
		const char *name = record_format_names[format];
		char *bytes = NULL;
		size_t count = 0;
		t_ok(write_images(path, format, IMAGES, &err), "%s: written %s", name, err.text);
		if (t_ok(record_reader_open(&reader, path, &err), "%s: opens %s", name, err.text)) {
			t_int(reader.format, format, "the format is found");
			read_back(&reader, name);
		}
		file_read(path, 10000, arena, &bytes, &count, &err);
		if (t_ok(record_reader_open_bytes(&reader, name, (uint8_t *)bytes, count, &err), "%s: in memory", name))
			read_back(&reader, name);
	}
}

static void large_images_stream(struct arena *arena)
{
	enum { SIDE = 700, COUNT = 5 };
	struct record_image image = {{1, SIDE, SIDE}, RECORD_UINT8, 0, NULL, SIDE * SIDE, 0};
	uint8_t *data = ARENA_ARRAY(arena, uint8_t, SIDE * SIDE);
	const char *path = in_folder(arena, "large");
	for (enum record_format format = 0; format < RECORD_FORMATS; format++) {
		struct err err = {.text = ""};
		struct record_writer writer;
		struct record_reader reader;
		bool found = true;
		int right = 0;
		record_writer_open(&writer, path, format, &err);
		image.data = data;
		for (int i = 0; i < COUNT; i++) {
			memset(data, i, SIDE * SIDE);
			record_writer_append(&writer, &image, &err);
		}
		record_writer_commit(&writer, &err);
		struct record_image got;
		if (record_reader_open(&reader, path, &err)) {
			while (record_reader_next(&reader, &got, &found, &err) && found) {
				memset(data, right, SIDE * SIDE);
				right += got.data_bytes == SIDE * SIDE && memcmp(got.data, data, SIDE * SIDE) == 0;
			}
			record_reader_release(&reader);
		}
		t_int(right, COUNT, err.text[0] ? err.text : "images larger than the reader's first buffer");
	}
}

static const struct {
	const char *name;
	struct record_image image;
	const char *error;
} refused[] = {
	{"no width",
	 {{1, 1, 0}, RECORD_UINT8, 0, pixels, 0, 0},
	 "the image has 0 x 1 pixels; each side must be in 1..65500"},
	{"too high", {{1, 65501, 1}, RECORD_UINT8, 0, pixels, 2, 0}, "1 x 65501 pixels; each side must be in 1..65500"},
	{"no channels", {{0, 1, 2}, RECORD_UINT8, 0, pixels, 2, 0}, "has 0 channels of 2 x 1"},
	{"too many values", {{1 << 26, 2, 2}, RECORD_UINT8, 0, pixels, 2, 0}, "1 to 67108864 values are read"},
	{"data too short",
	 {{3, 1, 1}, RECORD_UINT8, 0, pixels, 2, 0},
	 "2 bytes of data; 3 x 1 x 1 uint8 values take 3"},
	{"data too long",
	 {{1, 1, 1}, RECORD_FLOAT32, 0, pixels, 8, 0},
	 "8 bytes of data; 1 x 1 x 1 float32 values take 4"},
	{"too much data",
	 {{1, 1, 1}, RECORD_JPEG, 0, jpeg, RECORD_IMAGE_BYTES_MAX + 1, 0},
	 "at most 67108864 are read"},
	{"not a JPEG", {{1, 1, 1}, RECORD_JPEG, 0, pixels, 2, 0}, "is not a JPEG: its data do not start with FF D8"},
	{"a JPEG of 4 channels", {{4, 1, 1}, RECORD_JPEG, 0, jpeg, 4, 0}, "the JPEG has 4 channels instead of 1 or 3"},
};

static void refusals(struct arena *arena)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct err err = {.text = "accepted"};
		struct record_writer writer;
		record_writer_open(&writer, in_folder(arena, "refused"), RECORD_TFRECORD, &err);
		record_writer_append(&writer, &refused[i].image, &err);
		record_writer_discard(&writer);
		t_has(err.text, refused[i].error, refused[i].name);
	}
	struct err err;
	struct record_reader reader;
	t_ok(!record_reader_open(&reader, "/nowhere/x", &err), "a file that is not there");
	t_str(err.text, "'/nowhere/x': cannot be opened: No such file or directory", "says so");
	t_ok(!record_reader_open(&reader, folder, &err), "a folder");
	t_has(err.text, "cannot be read: Is a directory", "says so");
}

static void full_disk(struct arena *arena)
{
	struct rlimit old;
	struct err err = {.text = ""};
	enum { SIDE = 100 };
	struct record_image image = {{1, SIDE, SIDE}, RECORD_UINT8, 0, NULL, SIDE * SIDE, 0};
	image.data = ARENA_ARRAY(arena, uint8_t, SIDE * SIDE);
	int before = files_in_folder();
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	struct rlimit small = {.rlim_cur = 3000, .rlim_max = old.rlim_max};
	struct record_writer writer;
	record_writer_open(&writer, in_folder(arena, "full"), RECORD_PROTOBUF, &err);
	setrlimit(RLIMIT_FSIZE, &small);
	bool ok = record_writer_append(&writer, &image, &err);
	record_writer_discard(&writer);
	setrlimit(RLIMIT_FSIZE, &old);
	t_ok(!ok, "a file that may not grow");
	t_has(err.text, "/full': File too large", "says why");
	t_int(files_in_folder(), before, "and leaves nothing");
}

/* Through standard output, because a writer that went wrong by name could put a file in the device's place. */
static void full_device(void)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		struct err err = {.text = ""};
		bool ok = freopen("/dev/full", "w", stdout) && !write_images("-", RECORD_TFRECORD, 1, &err);
		_exit(ok && strcmp(err.text, "cannot write 'standard output': No space left on device") == 0 ? 0 : 1);
	}
	int status = 1;
	waitpid(child, &status, 0);
	t_ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a full standard output says so");
}

int main(void)
{
	struct arena arena = {0};
	if (!mkdtemp(folder))
		return 1;
	golden_bytes(&arena);
	round_trips(&arena);
	large_images_stream(&arena);
	refusals(&arena);
	full_disk(&arena);
	full_device();
	for (const char *const *name = (const char *const[]){"golden", "trip", "large", NULL}; *name; name++)
		unlink(in_folder(&arena, *name));
	t_ok(rmdir(folder) == 0, "no other files were left");
	arena_release(&arena);
	return t_done();
}
