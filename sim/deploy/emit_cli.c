/*
 * Lines of the AWS command line interface, to be run by hand or from a script. What the functions are called there
 * may differ from the experiment; the architecture comes with the code, so that it is a comment.
 *
 * Source: AWS CLI command reference, aws lambda; AWS Lambda developer guide, activating SnapStart by the AWS CLI
 * (update-function-configuration --snap-start ApplyOn=PublishedVersions, then publish-version).
 */
#include "deploy/emit.h"

static const char *shell_word(const char *text, struct arena *arena)
{
	struct buf word;
	buf_init(&word);
	buf_add_shell_word(&word, text);
	const char *kept = arena_strdup(arena, buf_text(&word));
	buf_release(&word);
	return kept;
}

static void write_function(const struct deployed_function *function, struct arena *arena, struct buf *out)
{
	const char *name = shell_word(function->deployed_name, arena);
	buf_printf(out,
		   "aws lambda update-function-configuration --function-name %s --memory-size %lld --timeout %lld "
		   "--ephemeral-storage Size=%lld%s\n",
		   name, (long long)function->memory_mb, (long long)function->timeout_seconds,
		   (long long)function->tmp_mb,
		   function->has_snapshot ? " --snap-start ApplyOn=PublishedVersions" : "");
	if (function->reserved_concurrency > 0)
		buf_printf(out,
			   "aws lambda put-function-concurrency --function-name %s --reserved-concurrent-executions "
			   "%lld\n",
			   name, (long long)function->reserved_concurrency);
	if (function->provisioned_concurrency > 0)
		buf_printf(out,
			   "aws lambda put-provisioned-concurrency-config --function-name %s --qualifier live "
			   "--provisioned-concurrent-executions %lld\n",
			   name, (long long)function->provisioned_concurrency);
	if (function->has_snapshot)
		buf_printf(out, "# a snapshot is one of a version: aws lambda publish-version --function-name %s\n",
			   name);
	if (function->is_arm64)
		buf_add(out,
			"# its code must be for arm64: aws lambda update-function-code --architectures arm64 ...\n");
}

void emit_cli(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	buf_printf(out, "#!/bin/sh\n# lamina %s plan --emit cli\nset -e\n", deployment->version);
	for (size_t i = 0; i < deployment->function_count; i++)
		write_function(&deployment->functions[i], arena, out);
}
