"""The engine on AWS: DynamoDB, S3, SNS and SQS, SES behind the ports."""
