/* The program's own files: found from the source tree, from where the environment says, or not at all. */
#include "base/datadir.h"

#include "tests/tap.h"

int main(void)
{
	struct arena arena;
	struct err err;
	char *path = NULL;
	arena_init(&arena);
	unsetenv("LAMINA_DATADIR");
	t_ok(datadir_find("configs", &arena, &path, &err), "the source tree is found from a program in build/");
	t_ok(path && access(path, R_OK) == 0, "and the path is right");
	t_ok(!datadir_find("configs/nothing.yaml", &arena, &path, &err), "a file that is not there");
	t_has(err.text, "cannot find 'configs/nothing.yaml'", "is named");
	t_has(err.text, "No such file or directory", "with the reason");

	char folder[] = "/tmp/lamina-datadir-XXXXXX";
	t_ok(mkdtemp(folder) != NULL, "a folder elsewhere");
	char *file = arena_printf(&arena, "%s/here", folder);
	fclose(fopen(file, "w"));
	setenv("LAMINA_DATADIR", folder, 1);
	t_ok(datadir_find("here", &arena, &path, &err), "LAMINA_DATADIR is looked at");
	t_str(path, file, "and comes first");
	t_ok(!datadir_find("configs", &arena, &path, &err), "and alone");
	unlink(file);
	rmdir(folder);
	arena_release(&arena);
	return t_done();
}
