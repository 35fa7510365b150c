/*
 * What a deployment's file holds, of whatever tool it is: AWS SAM and CloudFormation templates (as AWS CDK writes them,
 * too), serverless.yml, `terraform show -json`, Terraform's JSON configuration (*.tf.json), the variables that
 * `plan --emit terraform` writes, state machines in Amazon States Language, and what `aws lambda list-functions`,
 * `get-function` and `get-function-configuration` print. It says where functions, provisioned concurrency, state
 * machines and other resources stand; their values are not read yet (current.h, import.h).
 */
#ifndef LAMINA_INVENTORY_H
#define LAMINA_INVENTORY_H /* private to deploy */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/diag.h"
#include "deploy/dialect.h"
#include "doc/yaml.h"

enum inventory_tool {
	TOOL_CLOUDFORMATION, /* and AWS SAM */
	TOOL_SERVERLESS,
	TOOL_TERRAFORM_STATE,
	TOOL_TERRAFORM_CONFIGURATION,
	TOOL_TERRAFORM_VARIABLES,
	TOOL_API,
	TOOL_STATES_LANGUAGE,
};

enum inventory_kind {
	INVENTORY_FUNCTION,
	INVENTORY_PROVISIONED, /* concurrency that stands beside its function, which comes before */
	INVENTORY_MACHINE,
	INVENTORY_RESOURCE, /* any other, with its type */
};

/* Which instance of a Terraform resource it is. */
struct inventory_instance {
	const char *key; /* of for_each, or the number of count */
	bool is_counted;
	const struct yaml_node *value; /* each.value */
};

/* What is given over a template's defaults: "NAME=VALUE" each. */
struct inventory_parameters {
	const char *const *pairs;
	size_t count;
};

struct inventory_item {
	enum inventory_kind kind;
	const struct inventory *from;
	const char *id;            /* logical id, key or resource; of the function that is provisioned; "": none */
	const char *deployed_name; /* where the file says it; else NULL */
	const char *address;       /* of Terraform, where it is not "TYPE.NAME" */
	const char *module;        /* of Terraform, that it stands in; NULL: the root */
	/* A function's settings, the number that is provisioned, or a machine with `States`. */
	const struct yaml_node *node;
	struct diag_place place; /* where the resource stands */
	/* Functions. */
	const struct dialect *dialect;
	const struct yaml_node *defaults; /* what holds where the function says nothing; NULL: none */
	const struct yaml_node *resource; /* with its type; a function's, a machine's */
	/* Machines: names in its text by what they stand for; NULL: none. */
	const struct yaml_node *substitutions;
	const char *type; /* of a resource, in its tool's words; else NULL */
	/* Provisioned: its key, and who has it. */
	const char *key;
	const char *owner;
	const char *written_function;              /* of Terraform: whose it is, in the file's words */
	const struct inventory_instance *instance; /* of Terraform's configuration; NULL: the only one */
};

/* What references of a file have come to so far. */
struct inventory_references {
	int64_t left; /* that may still be followed, in all */
	struct inventory_file *files;
};

struct inventory {
	const char *file;
	const struct yaml_node *root;
	enum inventory_tool tool;
	struct inventory_parameters parameters;
	struct inventory_item *items; /* in the file's order, but for what stands beside functions */
	size_t count;
	size_t capacity;
	bool has_aliases; /* of functions */
	struct inventory_references *references;
};

/*
 * Reads path ("-" is standard input), and files of definitions that it names. False with diag errors where it cannot
 * be read (*io_failed) or is of no kind that is known. What only deployment can put together is skipped with a warning.
 * Resources whose condition does not hold are left out. path and parameters must outlive the inventory.
 */
bool inventory_read(const char *path, struct inventory_parameters parameters, struct arena *arena, struct diag *diag,
		    struct inventory *out, bool *io_failed);

/* Whether a written address or reference means the item, by its id, its address or the name that it is deployed by. */
bool inventory_refers(const char *text, const struct inventory_item *item, struct arena *arena);

/* What a function's alias or version is of, as it is written; the text itself where it means no such thing. */
const char *inventory_behind_alias(const struct inventory *inventory, const char *text, struct arena *arena);

/* The text of a map's entry where it is there and resolved; NULL otherwise. */
const char *inventory_plain_text(const struct yaml_node *map, const char *path);

#endif
