"""What the thousand rules are about: services by their short names, and the calls that detections watch."""

SERVICES = {
    "iam": """
        AddRoleToInstanceProfile AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreateAccessKey
        CreateLoginProfile CreateOpenIDConnectProvider CreatePolicyVersion CreateRole CreateSAMLProvider CreateUser
        CreateVirtualMFADevice DeactivateMFADevice DeleteAccountPasswordPolicy DeleteRolePermissionsBoundary
        DeleteRolePolicy DeleteUserPolicy DetachRolePolicy PutGroupPolicy PutRolePolicy PutUserPolicy
        SetDefaultPolicyVersion UpdateAccessKey UpdateAccountPasswordPolicy UpdateAssumeRolePolicy
        UpdateLoginProfile UpdateSAMLProvider UploadServerCertificate GetAccountAuthorizationDetails ListUsers
        ListRoles GetUser""",
    "sts": """
        AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity GetCallerIdentity GetFederationToken GetSessionToken""",
    "signin": "ConsoleLogin SwitchRole GetSigninToken PasswordRecoveryRequested CheckMfa",
    "sso": "CreateAccountAssignment AttachManagedPolicyToPermissionSet PutInlinePolicyToPermissionSet Authenticate",
    "organizations": """
        LeaveOrganization InviteAccountToOrganization CreateAccount DetachPolicy DisablePolicyType
        RegisterDelegatedAdministrator MoveAccount UpdatePolicy""",
    "ec2": """
        AssociateIamInstanceProfile AttachVolume AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress
        CopySnapshot CreateImage CreateKeyPair CreateNetworkAclEntry CreateRoute CreateSnapshot
        CreateVpcPeeringConnection DeleteFlowLogs DeleteNetworkAcl DeleteSnapshot DisableEbsEncryptionByDefault
        DisableSerialConsoleAccess EnableSerialConsoleAccess ExportImage GetConsoleScreenshot GetPasswordData
        ImportKeyPair ModifyImageAttribute ModifyInstanceAttribute ModifySnapshotAttribute
        ReplaceIamInstanceProfileAssociation RunInstances SendSSHPublicKey StartInstances StopInstances
        TerminateInstances DescribeInstances DescribeSnapshots DescribeImages CreateTags""",
    "ec2-instance-connect": "SendSSHPublicKey SendSerialConsoleSSHPublicKey OpenTunnel",
    "s3": """
        DeleteBucket DeleteBucketEncryption DeleteBucketLifecycle DeleteBucketPolicy DeleteBucketPublicAccessBlock
        DeleteObject DeleteObjects GetBucketAcl GetBucketPolicy GetObject ListBuckets ListObjects PutBucketAcl
        PutBucketLifecycle PutBucketLogging PutBucketPolicy PutBucketReplication PutBucketVersioning PutObject
        PutObjectAcl CopyObject HeadObject""",
    "kms": """
        CancelKeyDeletion CreateGrant CreateKey Decrypt DisableKey DisableKeyRotation GenerateDataKey
        ImportKeyMaterial PutKeyPolicy ReplicateKey RevokeGrant ScheduleKeyDeletion UpdateAlias DescribeKey""",
    "cloudtrail": """
        CreateTrail DeleteEventDataStore DeleteTrail PutEventSelectors PutInsightSelectors StopLogging UpdateTrail
        StopEventDataStoreIngestion LookupEvents DescribeTrails""",
    "config": """
        DeleteConfigRule DeleteConfigurationRecorder DeleteDeliveryChannel DeleteRemediationConfiguration
        StopConfigurationRecorder DeleteConfigurationAggregator""",
    "guardduty": """
        ArchiveFindings CreateFilter CreateIPSet DeleteDetector DeleteMembers DeletePublishingDestination
        DisassociateFromMasterAccount StopMonitoringMembers UpdateDetector UpdateIPSet""",
    "securityhub": "BatchUpdateFindings DeleteInsight DeleteMembers DisableSecurityHub UpdateStandardsControl",
    "access-analyzer": "ArchiveFindings CreateArchiveRule DeleteAnalyzer UpdateArchiveRule",
    "inspector2": "BatchDeleteFilter CreateFilter Disable UpdateConfiguration",
    "macie2": "DisableMacie DeleteFindingsFilter UpdateMacieSession CreateFindingsFilter",
    "detective": "DeleteGraph DeleteMembers DisassociateMembership",
    "logs": """
        CreateExportTask DeleteLogGroup DeleteLogStream DeleteMetricFilter DeleteRetentionPolicy
        DeleteSubscriptionFilter PutRetentionPolicy PutSubscriptionFilter StartQuery FilterLogEvents CreateLogGroup""",
    "monitoring": "DeleteAlarms DisableAlarmActions PutMetricAlarm SetAlarmState DeleteDashboards",
    "events": "DeleteRule DisableRule PutPermission PutRule PutTargets RemoveTargets",
    "lambda": """
        AddLayerVersionPermission20181031 AddPermission20150331v2 CreateFunction20150331 CreateFunctionUrlConfig
        DeleteFunction20150331 Invoke PublishLayerVersion20181031 UpdateEventSourceMapping20150331
        UpdateFunctionCode20150331v2 UpdateFunctionConfiguration20150331v2 GetFunction20150331v2""",
    "secretsmanager": """
        CancelRotateSecret DeleteResourcePolicy DeleteSecret GetSecretValue BatchGetSecretValue PutResourcePolicy
        PutSecretValue RestoreSecret UpdateSecret ListSecrets""",
    "ssm": """
        CreateAssociation CreateDocument DeleteParameter DescribeInstanceInformation GetParameter GetParameters
        ModifyDocumentPermission PutParameter ResumeSession SendCommand StartAutomationExecution StartSession
        UpdateDocument UpdateInstanceInformation""",
    "rds": """
        CopyDBSnapshot CreateDBSecurityGroup CreateDBSnapshot DeleteDBCluster DeleteDBInstance DeleteDBSnapshot
        DeleteGlobalCluster ModifyDBInstance ModifyDBClusterSnapshotAttribute ModifyDBSnapshotAttribute
        RestoreDBInstanceFromDBSnapshot StartExportTask StopDBCluster DescribeDBInstances""",
    "dynamodb": """
        DeleteBackup DeleteTable ExportTableToPointInTime RestoreTableFromBackup Scan UpdateContinuousBackups
        DescribeTable""",
    "redshift": """
        AuthorizeSnapshotAccess CopyClusterSnapshot CreateCluster DeleteCluster DisableLogging ModifyCluster""",
    "elasticache": """
        AuthorizeCacheSecurityGroupIngress CreateCacheSecurityGroup CreateReplicationGroup ModifyCacheSubnetGroup""",
    "elasticfilesystem": "DeleteFileSystem DeleteMountTarget PutFileSystemPolicy ModifyMountTargetSecurityGroups",
    "glue": "CreateDevEndpoint CreateJob UpdateDevEndpoint UpdateJob StartJobRun",
    "athena": "CreateNamedQuery DeleteWorkGroup StartQueryExecution UpdateWorkGroup",
    "sagemaker": """
        CreateNotebookInstance CreatePresignedNotebookInstanceUrl CreatePresignedDomainUrl UpdateNotebookInstance""",
    "bedrock": """
        DeleteGuardrail DeleteModelInvocationLoggingConfiguration InvokeModel PutFoundationModelEntitlement
        UpdateGuardrail""",
    "ecs": "CreateCluster ExecuteCommand RegisterTaskDefinition RunTask StartTask UpdateService DescribeTasks",
    "ecr": """
        BatchDeleteImage BatchGetImage DeleteLifecyclePolicy DeleteRepository PutImage SetRepositoryPolicy
        GetAuthorizationToken""",
    "eks": """
        AssociateAccessPolicy CreateAccessEntry CreateFargateProfile DeleteCluster UpdateClusterConfig
        CreatePodIdentityAssociation""",
    "cloudformation": """
        CreateChangeSet CreateStack DeleteStack ExecuteChangeSet SetStackPolicy UpdateStack DescribeStacks""",
    "route53": """
        AssociateVPCWithHostedZone ChangeResourceRecordSets CreateHostedZone DeleteQueryLoggingConfig
        DisableHostedZoneDNSSEC""",
    "route53domains": """
        DisableDomainTransferLock EnableDomainTransferLock TransferDomain TransferDomainToAnotherAwsAccount""",
    "cloudfront": "CreateDistribution DeletePublicKey UpdateDistribution AssociateAlias",
    "wafv2": "DeleteIPSet DeleteRuleGroup DeleteWebACL DisassociateWebACL UpdateWebACL DeleteLoggingConfiguration",
    "elasticloadbalancing": """
        CreateListener DeleteLoadBalancer ModifyListener ModifyLoadBalancerAttributes DescribeLoadBalancers""",
    "apigateway": "CreateApiKey CreateRestApi DeleteAuthorizer GetApiKeys UpdateStage",
    "cognito-idp": "AdminCreateUser AdminSetUserPassword CreateUserPoolClient DeleteUserPool SetUserPoolMfaConfig",
    "cognito-identity": "GetCredentialsForIdentity GetOpenIdToken SetIdentityPoolRoles UpdateIdentityPool",
    "backup": """
        DeleteBackupPlan DeleteBackupVault DeleteRecoveryPoint PutBackupVaultAccessPolicy
        DeleteBackupVaultLockConfiguration""",
    "ses": "DeleteIdentity GetAccountSendingEnabled UpdateAccountSendingEnabled VerifyEmailIdentity GetSendQuota",
    "sns": "AddPermission CreateTopic DeleteTopic Publish SetTopicAttributes Subscribe",
    "sqs": "AddPermission CreateQueue DeleteQueue PurgeQueue SetQueueAttributes GetQueueAttributes",
    "autoscaling": "CreateLaunchConfiguration DeleteAutoScalingGroup SuspendProcesses UpdateAutoScalingGroup",
    "servicequotas": "GetServiceQuota ListServiceQuotas RequestServiceQuotaIncrease",
    "account": "DisableRegion EnableRegion PutAlternateContact PutContactInformation CloseAccount",
    "ce": "DeleteAnomalyMonitor GetCostAndUsage UpdatePreferences",
    "ram": """
        AcceptResourceShareInvitation AssociateResourceShare CreateResourceShare EnableSharingWithAwsOrganization""",
    "rolesanywhere": "CreateProfile CreateTrustAnchor UpdateProfile ImportCrl",
}

SERVICES = {service: calls.split() for service, calls in SERVICES.items()}
