/*
 * Sources: CloudFormation template reference, AWS::Lambda::Function, its SnapStart (ApplyOn: PublishedVersions | None);
 * AWS SAM developer guide, AWS::Serverless::Function; serverless.yml reference (snapStart: true is PublishedVersions,
 * else None); aws_lambda_function of the Terraform provider hashicorp/aws; and their defaults.
 */
#include "deploy/dialect.h"

#define CLOUDFORMATION_KEYS \
	.numbers = {{"MemorySize", 128}, \
		    {"Timeout", 3}, \
		    {"EphemeralStorage.Size", 512}, \
		    {"ReservedConcurrentExecutions", 0}, \
		    {"ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions", 0}}, \
	.architecture = "Architectures.0", .snapshot = "SnapStart.ApplyOn", .snapshot_on = "PublishedVersions", \
	.runtime = "Runtime", .layers = "Layers", .package = "PackageType", .deployed_name = "FunctionName"

const struct dialect dialect_sam = {.tool = "AWS SAM", CLOUDFORMATION_KEYS};

const struct dialect dialect_cloudformation = {.tool = "CloudFormation", CLOUDFORMATION_KEYS};

const struct dialect dialect_serverless = {
	.tool = "the Serverless Framework",
	.numbers = {{"memorySize", 1024},
		    {"timeout", 6},
		    {"ephemeralStorageSize", 512},
		    {"reservedConcurrency", 0},
		    {"provisionedConcurrency", 0}},
	.architecture = "architecture",
	.snapshot = "snapStart",
	.snapshot_on = "true",
	.runtime = "runtime",
	.layers = "layers",
	.package = "image",
	.deployed_name = "name",
};

const struct dialect dialect_terraform = {
	.tool = "Terraform",
	.numbers = {{"memory_size", 128},
		    {"timeout", 3},
		    {"ephemeral_storage.0.size", 512},
		    {"reserved_concurrent_executions", 0},
		    {"provisioned_concurrent_executions", 0}},
	.architecture = "architectures.0",
	.snapshot = "snap_start.0.apply_on",
	.snapshot_on = "PublishedVersions",
	.runtime = "runtime",
	.layers = "layers",
	.package = "package_type",
	.deployed_name = "function_name",
};

const struct dialect dialect_variables = {
	.tool = "Terraform",
	.numbers = {{"memory_size", 128},
		    {"timeout", 3},
		    {"ephemeral_storage_size", 512},
		    {"reserved_concurrent_executions", 0},
		    {"provisioned_concurrent_executions", 0}},
	.architecture = "architectures.0",
	.snapshot = "snap_start.apply_on",
	.snapshot_on = "PublishedVersions",
	.runtime = "runtime",
	.layers = "layers",
	.package = "package_type",
	.deployed_name = "function_name",
};
