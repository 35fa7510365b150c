#!/bin/bash
# A sweep as an AWS Batch array job: each child is a shard, told by AWS_BATCH_JOB_ARRAY_INDEX (--shard auto).
# The job definition's image has lamina, this script and the AWS command line; S3 keeps the experiment and the results.
# A child that Batch tries again (attempts in the retry strategy, spot instances) fetches its file first and goes on.
#   aws batch submit-job --job-name sweep --job-queue Q --job-definition D --array-properties size=100 \
#     --container-overrides 'command=[aws-batch.sh,s3://bucket/sweep,experiment.yaml]'
# and, once all are done: aws s3 cp --recursive s3://bucket/sweep/ . && lamina merge r.sqlite r.*-of-100.sqlite
set -euo pipefail
folder=$1 experiment=$2
aws s3 cp --recursive --exclude '*.sqlite' "$folder/" .
part=r.$((AWS_BATCH_JOB_ARRAY_INDEX + 1))-of-$AWS_BATCH_JOB_ARRAY_SIZE.sqlite
aws s3 cp "$folder/$part" . 2>/dev/null || true
keep() { aws s3 cp "$part" "$folder/$part"; }
trap keep EXIT
lamina sweep "$experiment" -o r.sqlite --shard auto
