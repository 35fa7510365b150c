/*
 * Nested stacks: templates that a template's resources name, beside it. Their functions are listed with its own; their
 * parameters are those that the resource gives.
 *
 * Sources: AWS SAM developer guide, AWS::Serverless::Application (Location); CloudFormation template reference,
 * AWS::CloudFormation::Stack (TemplateURL, Parameters, Outputs); AWS CDK, whose assets say their file in the metadata.
 */
#ifndef LAMINA_IMPORT_NESTED_H
#define LAMINA_IMPORT_NESTED_H /* private to deploy */

#include "deploy/import_parts.h"

/* Lists the functions of all of them, and of those in them. What cannot be read is told. */
void import_list_nested(struct importing *importing);

/* What "${Stack.Outputs.Name}" stands for: an id in that stack's template; NULL where it is none. */
const char *import_output(const struct importing *importing, const char *text);

#endif
