#include "cli/result_page.h"

#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "cli/result_file.h"

static bool is_swept(const struct figure_data *data, const char *beginning)
{
	for (size_t i = 0; i < data->key_count; i++)
		if (strncmp(data->keys[i], beginning, strlen(beginning)) == 0)
			return true;
	return false;
}

/* What does not vary, of the first point. */
static const char *describe(struct result_page *page)
{
	struct arena *arena = &page->cli->arena;
	const struct figure_data *data = &page->data;
	struct run_job job;
	const char *text = "";
	if (!page->page.resolve || data->point_count == 0 ||
	    !page->page.resolve(page->page.resolve_context, 0, arena, &job))
		return text;
	const struct setting *setting = job.setting;
	bool is_batch = setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE;
	if (!is_swept(data, "workload") && is_batch && !is_swept(data, "pipeline.images"))
		text = arena_printf(arena, "%lld images in %lld records", (long long)setting->images,
				    (long long)setting->records);
	else if (!is_swept(data, "workload") && !is_batch)
		text = arena_printf(arena, "requests come as '%s'", arrival_names[setting->arrivals.kind]);
	if (!is_swept(data, "platform"))
		text = arena_printf(arena, "%s%s%s", text, text[0] ? ", on " : "", setting->platform->title);
	if (!is_swept(data, "pipeline") && setting->platform->kind == PLATFORM_FUNCTIONS &&
	    setting->parallel < INT64_MAX)
		text = arena_printf(arena, "%s%s%lld at once", text, text[0] ? ", " : "", (long long)setting->parallel);
	return text;
}

/* --- sources -------------------------------------------------------------------------------------------------- */

static const char *read_text(struct result_page *page, const char *path)
{
	struct err unread;
	char *text;
	size_t length;
	return file_read(path, YAML_BYTES_MAX, &page->cli->arena, &text, &length, &unread) ? text : NULL;
}

/* The files that stand behind the points, once each, as they are now. */
struct source_list {
	struct result_page *page;
	struct page_source *sources;
	size_t count;
	const char *paths[LIBRARY_FILES_MAX];
};

static void add_source(struct source_list *list, const char *kind, const char *name, const char *path,
		       const char *title)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->paths[i] && strcmp(list->paths[i], path) == 0)
			return;
	list->paths[list->count] = path;
	list->sources[list->count++] = (struct page_source){
		.kind = kind,
		.title = title,
		.text = read_text(list->page, path),
		.name = name,
		.digest = "",
	};
}

/* Times of layers are no assumptions that somebody would read; the host that they were measured on is. */
static void leave_layers_out(struct page_source *source, struct arena *arena)
{
	const char *layers = source->text ? strstr(source->text, "\nlayers:") : NULL;
	if (layers)
		source->text = arena_strndup(arena, source->text, (size_t)(layers + 1 - source->text));
}

static void add_files(struct source_list *list)
{
	struct arena *arena = &list->page->cli->arena;
	const struct library *library = &list->page->study.library;
	for (size_t i = 0; i < library->platform_count; i++) {
		const struct platform *of = library->platforms[i].platform;
		add_source(list, "platform", of->name, of->path, arena_printf(arena, "%s (%s)", of->title, of->name));
	}
	for (size_t i = 0; i < library->profile_count; i++) {
		const struct profile *of = library->profiles[i];
		size_t before = list->count;
		add_source(list, "profile", of->path, of->path,
			   arena_printf(arena, "%s, measured %.10s on %s", of->model, of->date, of->host.cpu));
		if (list->count > before)
			leave_layers_out(&list->sources[before], arena);
	}
	for (size_t i = 0; i < library->preset_count; i++) {
		const struct framework_preset *of = library->presets[i];
		add_source(list, "framework", of->name, of->path, arena_printf(arena, "%s (%s)", of->title, of->name));
	}
}

/* What the results were simulated with; hashes stand also where the files cannot be found any more. */
static void add_digests(struct source_list *list, const struct identity_source *digests, size_t count)
{
	struct arena *arena = &list->page->cli->arena;
	for (size_t i = 0; i < count; i++) {
		char text[DIGEST_TEXT_BYTES];
		struct page_source *source = NULL;
		for (size_t k = 0; k < list->count && !source; k++)
			if (strcmp(list->sources[k].kind, digests[i].kind) == 0 &&
			    strcmp(list->sources[k].name, digests[i].name) == 0 && list->sources[k].digest[0] == '\0')
				source = &list->sources[k];
		if (!source) {
			source = &list->sources[list->count++];
			*source = (struct page_source){.kind = digests[i].kind, .title = "", .name = digests[i].name};
		}
		source->digest = arena_strdup(arena, digest_text(&digests[i].digest, text));
	}
}

static void add_sources(struct result_page *page)
{
	struct arena *arena = &page->cli->arena;
	struct source_list list = {.page = page};
	const struct identity_source *digests = page->digests;
	size_t count = page->digest_count;
	if (!digests && page->has_settings)
		digests = identity_sources(&page->study.library, arena, &count);
	list.sources = ARENA_ARRAY(arena, struct page_source, LIBRARY_FILES_MAX + count);
	if (page->has_settings)
		add_files(&list);
	add_digests(&list, digests, count);
	page->page.sources = list.sources;
	page->page.source_count = list.count;
}

/* --- the command ----------------------------------------------------------------------------------------------- */

/* Options that say where results go, how they look or how many threads there are. */
static bool changes_results(const char *name)
{
	static const char *const others[] = {"output", "format", "jobs", "report"};
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (strcmp(name, others[i]) == 0)
			return false;
	return true;
}

static void add_option(const struct option_row *row, const struct option_value *value, struct buf *out)
{
	bool is_list = row->kind == OPTION_LIST || row->kind == OPTION_PAIRS;
	for (size_t i = 0; i < (is_list ? value->list_count : 1); i++) {
		buf_printf(out, " --%s", row->name);
		if (row->kind == OPTION_FLAG)
			continue;
		buf_add_char(out, ' ');
		buf_add_shell_word(out, is_list ? value->list[i] : value->text);
	}
}

const char *result_page_command(struct cli *cli, const char *operand)
{
	struct buf text;
	buf_init(&text);
	buf_printf(&text, "%s ", cli->name);
	buf_add_shell_word(&text, operand);
	for (size_t i = 0; i < cli->options.row_count; i++)
		if (cli->options.values[i].given && changes_results(cli->options.rows[i].name))
			add_option(&cli->options.rows[i], &cli->options.values[i], &text);
	const char *kept = arena_strdup(&cli->arena, buf_text(&text));
	buf_release(&text);
	return kept;
}

/* --- the page -------------------------------------------------------------------------------------------------- */

static void add_trust(struct result_page *page)
{
	struct diag diag;
	diag_init(&diag);
	if (trust_load(&page->trust, &page->cli->arena, &diag))
		page->page.trust = &page->trust;
	cli_report(page->cli, &diag);
	diag_release(&diag);
}

static int64_t seed_of(const struct study *study)
{
	return study->luck.has_seed ? study->luck.seed : study->experiment.seed;
}

int result_page_write(struct result_page *page, const char *path)
{
	struct buf text;
	buf_init(&text);
	add_trust(page);
	add_sources(page);
	page->page.data = &page->data;
	page->page.subject = describe(page);
	page->page.seed = seed_of(&page->study);
	page->page.doubt = buf_text(&page->doubt);
	page_write(&page->page, &text);
	int status = result_file_write(page->cli, path, &text);
	buf_release(&text);
	return status;
}
