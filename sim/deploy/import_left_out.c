#include "deploy/import_left_out.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "deploy/template.h"

/* Read, or code, names and rights without weight, in every tool's words, each between blanks. */
static const char *const known_keys[LEFT_KINDS] = {
	[LEFT_OF_FUNCTION] =
		" Type Properties DependsOn MemorySize Timeout EphemeralStorage ReservedConcurrentExecutions "
		"ProvisionedConcurrencyConfig Architectures SnapStart Runtime Layers PackageType FunctionName "
		"Events FunctionUrlConfig EventInvokeConfig memorySize timeout ephemeralStorageSize "
		"reservedConcurrency provisionedConcurrency architecture snapStart runtime layers image name "
		"events url maximumRetryAttempts maximumEventAge memory_size ephemeral_storage "
		"reserved_concurrent_executions architectures snap_start package_type function_name Handler "
		"CodeUri Code InlineCode ImageUri ImageConfig Role Policies PermissionsBoundary Description Tags "
		"Environment AutoPublishAlias AutoPublishAliasAllProperties AutoPublishCodeSha256 "
		"VersionDescription DeploymentPreference AssumeRolePolicyDocument RolePath CodeSigningConfigArn "
		"RuntimeManagementConfig PropagateTags Metadata RecursiveLoop KmsKeyArn SourceKmsKeyArn "
		"LoggingConfig handler role description tags environment package kmsKeyArn logs disableLogs "
		"condition dependsOn filename source_code_hash s3_bucket s3_key s3_object_version image_uri "
		"image_config tags_all publish arn invoke_arn qualified_arn qualified_invoke_arn version "
		"last_modified source_code_size signing_job_arn signing_profile_version_arn id code_sha256 "
		"kms_key_arn source_kms_key_arn replace_security_groups_on_destroy replacement_security_group_ids "
		"skip_destroy timeouts code_signing_config_arn region logging_config response_streaming_invoke_arn "
		"for_each count depends_on lifecycle provider // ",
	[LEFT_OF_CALLS] =
		" FunctionName function_name Qualifier qualifier MaximumRetryAttempts maximum_retry_attempts "
		"MaximumEventAgeInSeconds maximum_event_age_in_seconds id region for_each count depends_on // ",
	[LEFT_OF_BATCHER] = " MaxItemsPerBatch MaxItemsPerBatchPath BatchInput ",
	[LEFT_OF_EVENT] =
		" Queue Stream EventSourceArn arn FunctionName function_name event_source_arn Type type Schedule "
		"ScheduleExpression rate FunctionResponseTypes functionResponseType function_response_types "
		"InvokeMode invokeMode invoke_mode invoke BatchSize batchSize batch_size "
		"MaximumBatchingWindowInSeconds maximumBatchingWindow batchWindow maximum_batching_window_in_seconds "
		"ScalingConfig maximumConcurrency scaling_config ProvisionedPollerConfig provisioned_poller_config "
		"ParallelizationFactor parallelizationFactor parallelization_factor MaximumRetryAttempts "
		"maximumRetryAttempts maximum_retry_attempts MaximumRecordAgeInSeconds maximumRecordAgeInSeconds "
		"maximum_record_age_in_seconds TimeoutInMillis timeout_milliseconds Integration Enabled enabled "
		"State state StartingPosition startingPosition starting_position StartingPositionTimestamp "
		"starting_position_timestamp Path path Method method RestApiId ApiId Auth auth authorizer cors Cors "
		"private RequestParameters RequestModel request response documentation operationId "
		"PayloadFormatVersion RouteSettings Topic topic topicName displayName Bucket bucket Events event "
		"rules existing Name name Description description Input input inputTransformer inputPath Pattern "
		"pattern EventBusName eventBus RuleName Role role Id id Tags tags tags_all uuid "
		"state_transition_reason last_modified last_processing_result function_arn TargetFunctionArn rule "
		"target_id event_bus_name role_arn AuthType authorization_type function_url url_id qualifier Targets "
		"Target target schedule_expression schedule_expression_timezone ScheduleExpressionTimezone timezone "
		"Filter FilterPolicy FilterCriteria filterPatterns filterPolicy filter_policy filter_criteria "
		"FilterPolicyScope filter_policy_scope RawMessageDelivery raw_message_delivery FlexibleTimeWindow "
		"flexible_time_window TopicArn topic_arn Protocol protocol Endpoint endpoint lambda_function "
		"NotificationConfiguration IntegrationUri IntegrationType IntegrationMethod integration_uri "
		"integration_type integration_method rest_api_id resource_id http_method uri api_id "
		"payload_format_version EventPattern event_pattern Source source SourceParameters source_parameters "
		"TargetParameters target_parameters DesiredState desired_state KmsKeyIdentifier kms_key_identifier "
		"DefinitionBody Body body StageName IntegrationSubtype integration_subtype CredentialsArn "
		"credentials_arn request_templates request_parameters RequestTemplates credentials BucketName "
		"ResourceId HttpMethod AuthorizationType MethodResponses for_each count depends_on region // ",
	[LEFT_OF_QUEUE] =
		" VisibilityTimeout visibility_timeout_seconds RedrivePolicy redrive_policy MessageRetentionPeriod "
		"message_retention_seconds FifoQueue fifo_queue ShardCount shard_count RetentionPeriodHours "
		"retention_period QueueName Name name name_prefix Tags tags tags_all KmsMasterKeyId "
		"KmsDataKeyReusePeriodSeconds SqsManagedSseEnabled StreamEncryption StreamModeDetails "
		"stream_mode_details ReceiveMessageWaitTimeSeconds receive_wait_time_seconds "
		"ContentBasedDeduplication content_based_deduplication DeduplicationScope deduplication_scope "
		"FifoThroughputLimit fifo_throughput_limit MaximumMessageSize max_message_size RedriveAllowPolicy "
		"redrive_allow_policy arn id url policy kms_master_key_id kms_data_key_reuse_period_seconds "
		"sqs_managed_sse_enabled encryption_type kms_key_id shard_level_metrics enforce_consumer_deletion "
		"for_each count depends_on region // ",
	[LEFT_OF_MACHINE] =
		" Type type StateMachineType Definition DefinitionUri DefinitionString DefinitionS3Location "
		"definition DefinitionSubstitutions Events events Role RoleArn role role_arn Policies Name "
		"StateMachineName name name_prefix Tags tags tags_all PermissionsBoundary RolePath "
		"AutoPublishAlias DeploymentPreference id arn creation_date status revision_id description publish "
		"state_machine_version_arn version_description PropagateTags EncryptionConfiguration "
		"encryption_configuration region dependsOn for_each count depends_on retain // Comment StartAt "
		"States Version QueryLanguage ProcessorConfig ",
	[LEFT_OF_STATE] =
		" Type Next End Default Choices Resource Parameters Arguments Retry Catch Branches ItemProcessor "
		"Iterator Items ItemsPath ItemReader MaxConcurrency MaxConcurrencyPath ItemBatcher Seconds "
		"SecondsPath Timestamp TimestampPath ToleratedFailurePercentage Comment InputPath OutputPath "
		"ResultPath ResultSelector Result Assign Output ItemSelector Label Credentials QueryLanguage Error "
		"Cause ErrorPath CausePath ",
};

static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = strstr(words, word); at && length > 0; at = strstr(at + 1, word))
		if (at > words && at[-1] == ' ' && at[length] == ' ')
			return true;
	return false;
}

/* As `terraform show` writes what nobody has set. */
static bool is_unset(const struct yaml_node *node)
{
	if (node->kind != YAML_SCALAR)
		return node->count == 0;
	return yaml_type_of(node) == YAML_TYPE_NULL || node->text[0] == '\0' || strcmp(node->text, "false") == 0 ||
	       strcmp(node->text, "0") == 0;
}

/* Where tracing is off. */
static bool is_off(const struct yaml_node *node)
{
	static const char *const paths[] = {"", "0.mode", "Mode", "0.enabled", "Enabled"};
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const struct yaml_node *mode = template_find(node, paths[i]);
		if (mode && mode->kind == YAML_SCALAR &&
		    (strcmp(mode->text, "PassThrough") == 0 || strcmp(mode->text, "Disabled") == 0 ||
		     strcmp(mode->text, "false") == 0))
			return true;
	}
	return false;
}

void import_tell_keys(struct importing *importing, enum left_out_kind kind, const struct yaml_node *map,
		      const char *owner)
{
	for (const struct yaml_node *entry = map && map->kind == YAML_MAP ? map->first : NULL; entry;
	     entry = entry->next)
		if (!has_word(known_keys[kind], entry->key) && !is_unset(entry) && !is_off(entry))
			diag_warning(importing->diag, entry->key_place, "left out: '%s' of '%s'",
				     diag_excerpt(entry->key, importing->arena), diag_excerpt(owner, importing->arena));
}

/* Beginnings of the types of resources without weight, or that are told elsewhere. */
static const char *const silent_types[] = {
	"AWS::IAM::",
	"AWS::Lambda::",
	"AWS::Serverless::Function",
	"AWS::Serverless::StateMachine",
	"AWS::Serverless::LayerVersion",
	"AWS::Serverless::Connector",
	"AWS::Serverless::Api",
	"AWS::Serverless::HttpApi",
	"AWS::CDK::",
	"AWS::CloudFormation::CustomResource",
	"AWS::CloudFormation::Macro",
	"AWS::CloudFormation::WaitCondition",
	"AWS::CloudWatch::",
	"AWS::Logs::",
	"AWS::SSM::",
	"AWS::KMS::",
	"AWS::EC2::InternetGateway",
	"AWS::EC2::Route",
	"AWS::EC2::SecurityGroup",
	"AWS::EC2::Subnet",
	"AWS::EC2::VPCGatewayAttachment",
	"AWS::SQS::QueuePolicy",
	"AWS::SNS::TopicPolicy",
	"AWS::SNS::Subscription",
	"AWS::S3::BucketPolicy",
	"AWS::ApiGateway",
	"AWS::Events::EventBusPolicy",
	"AWS::Events::Rule",
	"AWS::Scheduler::Schedule",
	"AWS::StepFunctions::",
	"Custom::",
	"aws_iam_",
	"aws_lambda_",
	"aws_cloudwatch_",
	"aws_ssm_",
	"aws_kms_",
	"aws_internet_gateway",
	"aws_route",
	"aws_security_group",
	"aws_subnet",
	"aws_sqs_queue_",
	"aws_sns_topic_",
	"aws_s3_bucket_",
	"aws_s3_object",
	"aws_api",
	"aws_scheduler_",
	"aws_sfn_",
};

static bool is_silent(const struct inventory_item *item)
{
	bool is_of_amazon = strncmp(item->type, "AWS::", 5) == 0 || strncmp(item->type, "aws_", 4) == 0;
	for (size_t i = 0; i < ARRAY_LEN(silent_types); i++)
		if (strncmp(item->type, silent_types[i], strlen(silent_types[i])) == 0)
			return true;
	return !is_of_amazon;
}

enum { NAMED_MAX = 6 };

/* The items of the first one's type that are left out, in one line. */
static void tell_type(struct importing *importing, bool *is_told, size_t first)
{
	const struct inventory *inventory = &importing->inventory;
	struct buf names;
	size_t count = 0;
	buf_init(&names);
	for (size_t i = first; i < inventory->count; i++) {
		const struct inventory_item *item = &inventory->items[i];
		if (item->kind != INVENTORY_RESOURCE || is_told[i] ||
		    strcmp(item->type, inventory->items[first].type) != 0)
			continue;
		is_told[i] = true;
		if (count++ < NAMED_MAX)
			buf_printf(&names, "%s'%s'", count > 1 ? ", " : "", diag_excerpt(item->id, importing->arena));
	}
	diag_warning(importing->diag, inventory->items[first].place, "left out: %s%s (%s)", buf_text(&names),
		     count > NAMED_MAX ? arena_printf(importing->arena, " and %zu more", count - NAMED_MAX) : "",
		     diag_excerpt(inventory->items[first].type, importing->arena));
	buf_release(&names);
}

void import_tell_resources(struct importing *importing)
{
	const struct inventory *inventory = &importing->inventory;
	bool *is_told = ARENA_ARRAY(importing->arena, bool, inventory->count);
	for (size_t i = 0; i < inventory->count; i++) {
		const struct inventory_item *item = &inventory->items[i];
		bool is_source = item->node == importing->queue || item->node == importing->start;
		is_told[i] = item->kind != INVENTORY_RESOURCE || is_source || is_silent(item);
		for (size_t k = 0; k < importing->nested_count; k++)
			is_told[i] = is_told[i] || importing->nested[k].item == item;
	}
	for (size_t i = 0; i < inventory->count; i++)
		if (!is_told[i])
			tell_type(importing, is_told, i);
}
