/// Where calls name what they act on.
enum EntityKeys {
  /// Request and response members that hold the identifier of an entity.
  static let identifiers: Set<String> = [
    "roleName", "roleArn", "policyArn", "policyName", "groupName", "groupId", "userName", "userId", "roleId",
    "accessKeyId",
    "instanceProfileName", "serialNumber", "sAMLProviderArn", "openIDConnectProviderArn", "serverCertificateName",
    "keyId", "targetKeyId", "aliasName", "grantId", "instanceId", "imageId", "snapshotId", "volumeId", "vpcId",
    "subnetId",
    "securityGroupId", "networkInterfaceId", "routeTableId", "internetGatewayId", "natGatewayId", "networkAclId",
    "flowLogId", "launchTemplateId", "launchTemplateName", "keyName", "keyPairId", "allocationId", "bucketName",
    "trailName",
    "trailARN", "functionName", "functionArn", "layerName", "secretId", "parameterName", "dBInstanceIdentifier",
    "dBClusterIdentifier", "dBSnapshotIdentifier", "dBClusterSnapshotIdentifier", "tableName", "topicArn", "queueUrl",
    "queueName", "logGroupName", "logStreamName", "clusterName", "repositoryName", "stackName", "stackId",
    "hostedZoneId",
    "distributionId", "restApiId", "stateMachineArn", "streamName", "deliveryStreamName", "detectorId", "userPoolId",
    "identityPoolId", "documentName", "modelId", "trustAnchorId", "profileId", "resourceArn", "accountId",
    "organizationId",
    "resourceId", "fileSystemId", "domainName", "loadBalancerArn", "autoScalingGroupName", "certificateArn",
    "queryLoggingConfigId", "resolverQueryLogConfigId", "serviceName", "taskArn", "taskDefinition", "projectName",
    "sourceSnapshotId", "sourceImageId", "publicKeyId", "sSHPublicKeyId",
  ]

  /// The request members that name the one thing a call acts on, by service, the most telling first.
  static let targets: [String: [String]] = [
    "iam.amazonaws.com": [
      "roleName", "userName", "groupName", "policyArn", "policyName", "instanceProfileName", "sAMLProviderArn",
      "openIDConnectProviderArn", "serverCertificateName", "serialNumber", "accessKeyId",
    ],
    "sts.amazonaws.com": ["roleArn", "name"],
    "s3.amazonaws.com": ["bucketName"],
    "ec2.amazonaws.com": [
      "instanceId", "imageId", "snapshotId", "volumeId", "groupId", "keyName", "flowLogId", "networkInterfaceId",
      "vpcId", "subnetId", "routeTableId", "networkAclId", "launchTemplateId", "launchTemplateName", "groupName",
    ],
    "ec2-instance-connect.amazonaws.com": ["instanceId"],
    "lambda.amazonaws.com": ["functionName", "layerName"],
    "kms.amazonaws.com": ["keyId", "aliasName"],
    "secretsmanager.amazonaws.com": ["secretId", "secretIdList", "name"],
    "ssm.amazonaws.com": ["target", "instanceId", "instanceIds", "name", "names", "documentName"],
    "cloudtrail.amazonaws.com": ["name", "trailName"],
    "rds.amazonaws.com": [
      "dBInstanceIdentifier", "dBClusterIdentifier", "dBSnapshotIdentifier", "dBClusterSnapshotIdentifier",
    ],
    "dynamodb.amazonaws.com": ["tableName"],
    "sns.amazonaws.com": ["topicArn", "name"],
    "sqs.amazonaws.com": ["queueUrl", "queueName"],
    "logs.amazonaws.com": ["logGroupName"],
    "monitoring.amazonaws.com": ["alarmName", "alarmNames"],
    "events.amazonaws.com": ["name", "rule"],
    "ecr.amazonaws.com": ["repositoryName"],
    "ecs.amazonaws.com": ["cluster", "service", "taskDefinition"],
    "eks.amazonaws.com": ["name", "clusterName"],
    "cloudformation.amazonaws.com": ["stackName"],
    "route53.amazonaws.com": ["hostedZoneId"],
    "route53resolver.amazonaws.com": ["resolverQueryLogConfigId", "resourceId"],
    "rolesanywhere.amazonaws.com": ["trustAnchorId", "profileId", "name"],
    "organizations.amazonaws.com": ["accountId", "policyId"],
    "guardduty.amazonaws.com": ["detectorId"],
    "bedrock.amazonaws.com": ["modelId"],
    "signin.amazonaws.com": ["userName"],
    "elasticloadbalancing.amazonaws.com": ["loadBalancerArn", "targetGroupArn", "loadBalancerName"],
    "autoscaling.amazonaws.com": ["autoScalingGroupName"],
  ]
}
