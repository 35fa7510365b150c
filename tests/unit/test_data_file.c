/* The program's own files: found from the source tree, from where the environment says, or not at all. */
#include "base/file.h"

#include "tests/tap.h"

static void test_elsewhere(struct arena *arena)
{
	char folder[] = "/tmp/lamina-data-XXXXXX";
	size_t count;
	t_ok(mkdtemp(folder) != NULL, "a folder elsewhere");
	char *files[] = {arena_printf(arena, "%s/b.yaml", folder), arena_printf(arena, "%s/a.yaml", folder),
			 arena_printf(arena, "%s/c.txt", folder)};
	for (size_t i = 0; i < 3; i++)
		fclose(fopen(files[i], "w"));
	setenv("LAMINA_DATADIR", folder, 1);
	t_str(data_file_find("a.yaml", arena), files[1], "LAMINA_DATADIR comes first");
	t_ok(!data_file_find("configs", arena), "and alone");
	char **names = data_file_list(".", ".yaml", arena, &count);
	t_int(count, 2, "files with the ending are listed");
	t_ok(count == 2 && strcmp(names[0], "a") == 0 && strcmp(names[1], "b") == 0, "by name, without it");
	unsetenv("LAMINA_DATADIR");
	for (size_t i = 0; i < 3; i++)
		unlink(files[i]);
	rmdir(folder);
	data_file_list("no-such-folder", ".yaml", arena, &count);
	t_int(count, 0, "a folder that is not there is empty");
}

int main(void)
{
	struct arena arena;
	arena_init(&arena);
	unsetenv("LAMINA_DATADIR");
	t_str(data_file_find("configs", &arena), "configs", "the working folder is looked at");
	t_ok(chdir("/") == 0, "away from the source tree");
	const char *path = data_file_find("configs/platforms", &arena);
	t_ok(path && path[0] == '/' && access(path, R_OK) == 0, "it is found from the program's place in build/");
	t_ok(!data_file_find("configs/nothing.yaml", &arena), "what is not there is not found");
	test_elsewhere(&arena);
	arena_release(&arena);
	return t_done();
}
