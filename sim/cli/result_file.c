#include "cli/result_file.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"

int result_file_try(const struct cli *cli, const char *path)
{
	struct err err;
	return !path || file_can_write(path, &err) ? CLI_OK : cli_failed(cli, &err);
}

int result_file_try_in(struct cli *cli, const char *folder, const char *file)
{
	struct err err;
	if (!folder)
		return CLI_OK;
	if (!file_make_directories(folder, &err))
		return cli_failed(cli, &err);
	return result_file_try(cli, arena_printf(&cli->arena, "%s/%s", folder, file));
}

int result_file_write(const struct cli *cli, const char *path, struct buf *text)
{
	struct err err;
	if (!path) {
		cli_print(text);
		return CLI_OK;
	}
	if (file_write(path, buf_text(text), text->length, &err))
		return CLI_OK;
	cli_failed(cli, &err);
	/* Standard output would fail once more, which has been said; or its reader has all that it wanted. */
	if (strcmp(path, "-") == 0 || err.is_unread)
		return CLI_FAILED;
	fprintf(stderr, "%s: what it should have held is on standard output\n", cli->name);
	cli_print(text);
	return CLI_FAILED;
}

int result_file_write_part(const struct cli *cli, const char *path, struct buf *text)
{
	if (path && strcmp(path, "-") != 0)
		fprintf(stderr, "%s: '%s' stays as it was; the finished part is on standard output\n", cli->name, path);
	cli_print(text);
	return CLI_FAILED;
}
