/// Inventory and monitoring: service-linked roles that describe everything, and an outside monitoring product.
extension Persona {
  static var linkedActors: [Persona] {
    let inventory: [Action] = [
      describe(60, "DescribeInstances", #"{"maxResults":1000,"instancesSet":{},"filterSet":{}}"#),
      describe(40, "DescribeVolumes", #"{"maxResults":500,"volumeSet":{},"filterSet":{}}"#),
      describe(34, "DescribeNetworkInterfaces", #"{"networkInterfaceIdSet":{},"filterSet":{}}"#),
      describe(
        34, "DescribeSecurityGroups",
        #"{"securityGroupSet":{},"securityGroupIdSet":{"items":[{"groupId":"‹securityGroup›"}]},"filterSet":{}}"#),
      describe(30, "DescribeSubnets", #"{"subnetSet":{"items":[{"subnetId":"‹subnet›"}]},"filterSet":{}}"#),
      describe(28, "DescribeVpcs", #"{"vpcSet":{"items":[{"vpcId":"‹network›"}]},"filterSet":{}}"#),
      describe(26, "DescribeInstanceStatus", #"{"instancesSet":{},"filterSet":{},"includeAllInstances":false}"#),
      describe(20, "DescribeRouteTables", #"{"routeTableIdSet":{},"filterSet":{}}"#),
      describe(20, "DescribeTags", #"{"maxResults":1000,"filterSet":{},"tagSet":{}}"#),
      describe(
        16, "DescribeSnapshots", #"{"maxResults":500,"snapshotSet":{},"ownersSet":{"items":[{"owner":"self"}]}}"#),
      describe(14, "DescribeAddresses", #"{"publicIpsSet":{},"filterSet":{}}"#),
      describe(12, "DescribeFlowLogs", #"{"DescribeFlowLogsRequest":{"Filter":[]}}"#),
      describe(
        10, "DescribeVolumeStatus",
        #"{"volumeSet":{"items":[{"volumeId":"‹volume›"}]},"filterSet":{},"maxResults":100}"#),
      Action(36, "elasticloadbalancing", "DescribeLoadBalancers", #"{"pageSize":400}"#),
      Action(
        30, "elasticloadbalancing", "DescribeTargetHealth",
        #"{"targetGroupArn":"arn:aws:elasticloadbalancing:‹region›:‹account›:targetgroup/‹loadBalancer›"}"#),
      Action(26, "autoscaling", "DescribeAutoScalingGroups", #"{"maxRecords":100}"#),
      Action(24, "monitoring", "DescribeAlarms", #"{"maxRecords":100}"#),
      Action(34, "lambda", "ListFunctions20150331", #"{"maxItems":50}"#).named(permission: "lambda:ListFunctions")
        .changed { $0.record.apiVersion = "2015-03-31" },
      Action(
        24, "lambda", "GetFunction20150331v2",
        #"{"functionName":"arn:aws:lambda:‹region›:‹account›:function:‹function›"}"#
      ).named(permission: "lambda:GetFunction"),
      Action(22, "rds", "DescribeDBInstances", #"{"maxRecords":100}"#),
      Action(16, "dynamodb", "DescribeTable", #"{"tableName":"‹table›"}"#),
      Action(12, "dynamodb", "ListTables", #"{"limit":100}"#),
      Action(18, "logs", "DescribeLogGroups", #"{"limit":50}"#).changed { $0.record.apiVersion = "20140328" },
      Action(14, "ecs", "ListClusters", #"{"maxResults":100}"#),
      Action(12, "ecs", "DescribeServices", #"{"cluster":"‹cluster›","services":["‹cluster›-web"]}"#),
      Action(10, "tagging", "GetResources", #"{"resourcesPerPage":100,"resourceTypeFilters":[]}"#)
        .named(permission: "tag:GetResources"),
      Action(12, "kms", "DescribeKey", #"{"keyId":"‹key›"}"#)
        .on(
          #"[{"accountId":"‹account›","type":"AWS::KMS::Key","ARN":"arn:aws:kms:‹region›:‹account›:key/‹key›"}]"#,
          target: "arn:aws:kms:‹region›:‹account›:key/‹key›"),
      Action(10, "kms", "ListAliases", #"{"limit":100}"#),
      Action(10, "cloudtrail", "DescribeTrails", #"{"trailNameList":[],"includeShadowTrails":true}"#),
      Action(
        10, "cloudtrail", "GetTrailStatus",
        #"{"name":"arn:aws:cloudtrail:‹region›:‹account›:trail/management-events"}"#),
      Action(10, "config", "DescribeConfigurationRecorders", "null"),
      Action(8, "secretsmanager", "ListSecrets", #"{"maxResults":100}"#),
      Action(8, "cloudformation", "DescribeStacks", #"{"stackName":"‹stack›"}"#),
      bucket(20, "GetBucketAcl", "acl"), bucket(18, "GetBucketVersioning", "versioning"),
      bucket(18, "GetBucketPolicyStatus", "policyStatus"), bucket(18, "GetBucketLocation", "location"),
      bucket(16, "GetBucketPublicAccessBlock", "publicAccessBlock")
        .failing(90, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"),
      bucket(14, "GetBucketPolicy", "policy").failing(250, "NoSuchBucketPolicy", "The bucket policy does not exist"),
      bucket(12, "GetBucketTagging", "tagging").failing(120, "NoSuchTagSet", "The TagSet does not exist"),
      bucket(10, "GetBucketEncryption", "encryption"),
    ]
    let identities: [Action] = [
      Action(14, "iam", "ListRoles", #"{"maxItems":100}"#, global: true),
      Action(14, "iam", "ListAttachedRolePolicies", #"{"roleName":"‹role›"}"#, global: true),
      Action(14, "iam", "GetRole", #"{"roleName":"‹role›"}"#, global: true),
      Action(10, "iam", "ListRolePolicies", #"{"roleName":"‹role›"}"#, global: true),
      Action(10, "iam", "ListUsers", #"{"maxItems":100}"#, global: true),
      Action(10, "iam", "ListAccessKeys", #"{"userName":"‹user›"}"#, global: true),
      Action(8, "iam", "GetAccountSummary", "null", global: true),
      Action(6, "iam", "GenerateCredentialReport", "null", global: true),
    ]
    return [
      Persona(
        cast: .linkedRoles, weight: 125, rhythm: .nightly, run: 9, denied: 20, throttled: 8, isDirect: false,
        actions: inventory + identities),
      Persona(
        cast: .monitoring, weight: 85, rhythm: .steady, run: 8, denied: 40, throttled: 20,
        actions: inventory + identities),
    ]
  }

  static func describe(_ weight: Int, _ name: String, _ request: String) -> Action {
    Action(weight, "ec2", name, request)
  }

  static func bucket(_ weight: Int, _ name: String, _ subresource: String) -> Action {
    .s3(weight, name, request: #""\#(subresource)":"""#, isObject: false, sent: "‹number›")
  }
}
