#include "scenario/identity.h"

#include "base/buf.h"
#include "doc/bind_bytes.h"

/* Version of what is hashed: raised where equal bytes would no longer mean equal results. */
enum { IDENTITY_FORMAT = 1 };

/* What has no part in a replication, or has it by its content, which is added apart. */
static const char *const left_out[] = {
	"apiVersion", "base", "name",  "title",  "platform",       "region",       "platform_values", "profile",
	"plan",       "fit",  "sweep", "claims", "claim_defaults", "replications", "compare",         NULL,
};

static struct digest hash_of(struct buf *bytes)
{
	struct digest digest = digest_of(buf_text(bytes), bytes->length);
	buf_release(bytes);
	return digest;
}

static struct digest platform_digest(const struct platform *platform)
{
	struct buf bytes;
	buf_init(&bytes);
	bind_write_bytes(&platform_schema, platform, NULL, &bytes);
	return hash_of(&bytes);
}

static struct digest profile_digest(const struct profile *profile)
{
	struct buf text;
	buf_init(&text);
	profile_write(profile, &text);
	return hash_of(&text);
}

static struct digest preset_digest(const struct framework_preset *preset)
{
	struct buf text;
	buf_init(&text);
	yaml_write(preset->node, &text);
	return hash_of(&text);
}

static struct digest trace_digest(const struct trace *trace)
{
	struct buf bytes;
	buf_init(&bytes);
	bytes_add_int(&bytes, trace->stretch_ns);
	bytes_add_int(&bytes, trace->total);
	bytes_add_int(&bytes, (int64_t)trace->count);
	for (size_t i = 0; trace->requests && i < trace->count; i++) {
		bytes_add_int(&bytes, trace->requests[i].time_ns);
		bytes_add_int(&bytes, trace->requests[i].duration_ns);
		bytes_add_int(&bytes, trace->requests[i].size);
	}
	for (size_t i = 0; trace->counts && i < trace->count; i++)
		bytes_add_int(&bytes, trace->counts[i]);
	for (size_t i = 0; i < trace->size_count; i++)
		bytes_add_int(&bytes, trace->sizes[i]);
	return hash_of(&bytes);
}

/* Each is computed once, at its first use. */
static const struct digest *digest_in(struct library *library, const void *content)
{
	for (size_t i = 0; i < library->digest_count; i++)
		if (library->digests[i].content == content)
			return &library->digests[i].digest;
	return NULL;
}

static void add_digest(struct library *library, const void *content, struct digest digest)
{
	CHECK(library->digest_count < LIBRARY_DIGESTS_MAX);
	library->digests[library->digest_count++] = (struct library_digest){.content = content, .digest = digest};
}

#define ADD_CONTENT(kind, content) \
	do { \
		if (content) { \
			if (!digest_in(library, (content))) \
				add_digest(library, (content), kind##_digest(content)); \
			buf_add_bytes(&bytes, digest_in(library, (content))->bytes, DIGEST_BYTES); \
		} \
		buf_add_char(&bytes, ';'); \
	} while (0)

struct digest experiment_identity(const struct experiment *experiment, const struct setting *setting,
				  struct library *library)
{
	struct buf bytes;
	struct diag found_before;
	buf_init(&bytes);
	diag_init(&found_before);
	const char *preset_name = experiment->framework.preset;
	const struct profile *profile =
		experiment->profile[0] ? library_profile(library, experiment->profile,
							 bind_place(experiment->root, "profile"), &found_before)
				       : NULL;
	const struct framework_preset *preset =
		preset_name[0]
			? library_preset(library, preset_name,
					 bind_place(yaml_get(experiment->root, "framework"), "preset"), &found_before)
			: NULL;
	bytes_add_int(&bytes, IDENTITY_FORMAT);
	bind_write_bytes(&experiment_schema, experiment, left_out, &bytes);
	ADD_CONTENT(platform, setting->platform);
	ADD_CONTENT(profile, profile);
	ADD_CONTENT(preset, preset);
	ADD_CONTENT(trace, setting->arrivals.trace);
	diag_release(&found_before);
	return hash_of(&bytes);
}

static void add_source(const struct library *library, const char *kind, const char *name, const void *content,
		       struct identity_source *sources, size_t *count)
{
	for (size_t i = 0; i < library->digest_count; i++)
		if (library->digests[i].content == content)
			sources[(*count)++] = (struct identity_source){kind, name, library->digests[i].digest};
}

struct identity_source *identity_sources(const struct library *library, struct arena *arena, size_t *count)
{
	struct identity_source *sources = ARENA_ARRAY(arena, struct identity_source, library->digest_count);
	*count = 0;
	for (size_t i = 0; i < library->platform_count; i++) {
		const struct platform *platform = library->platforms[i].platform;
		add_source(library, "platform", platform->name, platform, sources, count);
	}
	for (size_t i = 0; i < library->profile_count; i++)
		add_source(library, "profile", library->profiles[i]->path, library->profiles[i], sources, count);
	for (size_t i = 0; i < library->preset_count; i++)
		add_source(library, "framework", library->presets[i]->name, library->presets[i], sources, count);
	for (size_t i = 0; i < library->trace_count; i++)
		add_source(library, "trace", library->traces[i].key, library->traces[i].trace, sources, count);
	return sources;
}
