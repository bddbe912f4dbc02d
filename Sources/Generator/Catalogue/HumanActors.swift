/// People in the console and on the command line, and the pipelines that deploy their work.
extension Persona {
  static var humanActors: [Persona] {
    let looking: [Action] = [
      describe(
        60, "DescribeInstances",
        #"{"maxResults":1000,"instancesSet":{},"filterSet":{"items":[{"name":"#
          + #""instance-state-code","valueSet":{"items":[{"value":"16"}]}}]}}"#),
      describe(24, "DescribeSecurityGroups", #"{"maxResults":1000,"securityGroupSet":{},"filterSet":{}}"#),
      describe(16, "DescribeImages", #"{"imagesSet":{"items":[{"imageId":"‹image›"}]},"filterSet":{}}"#),
      describe(12, "DescribeAccountAttributes", #"{"accountAttributeNameSet":{},"filterSet":{}}"#),
      Action(40, "monitoring", "DescribeAlarms", #"{"maxRecords":100,"stateValue":"ALARM"}"#),
      Action(16, "monitoring", "GetDashboard", #"{"dashboardName":"‹cluster›"}"#)
        .failing(60, "DashboardNotFoundError", "Dashboard ‹cluster› does not exist"),
      Action(34, "logs", "FilterLogEvents", #"{"logGroupName":"‹logGroup›","limit":100,"interleaved":true}"#)
        .changed { $0.record.apiVersion = "20140328" },
      Action(
        20, "logs", "StartQuery",
        #"{"logGroupName":"‹logGroup›","queryString":"fields @timestamp, @message | sort @timestamp desc","limit":200}"#
      ),
      Action(20, "cloudtrail", "LookupEvents", #"{"maxResults":50}"#),
      Action(24, "lambda", "ListFunctions20150331", #"{"maxItems":50}"#).named(permission: "lambda:ListFunctions"),
      Action(12, "dynamodb", "ListTables", #"{"limit":100}"#),
      Action(14, "ecs", "DescribeServices", #"{"cluster":"‹cluster›","services":["‹cluster›-web"]}"#),
      Action(12, "rds", "DescribeDBInstances", "null"),
      Action(12, "cloudformation", "ListStacks", #"{"stackStatusFilter":["CREATE_COMPLETE","UPDATE_COMPLETE"]}"#),
      Action(14, "ce", "GetCostAndUsage", #"{"granularity":"DAILY","metrics":["UnblendedCost"]}"#, global: true),
      Action(16, "s3", "ListBuckets", #"{"Host":"s3.‹region›.amazonaws.com"}"#).named(
        permission: "s3:ListAllMyBuckets"),
      Action(12, "health", "DescribeEventAggregates", #"{"aggregateField":"eventTypeCategory"}"#, global: true),
      Action(12, "iam", "ListRoles", #"{"maxItems":1000}"#, global: true),
      Action(10, "iam", "ListUsers", #"{"maxItems":1000}"#, global: true),
      Action(8, "iam", "GetUser", #"{"userName":"‹user›"}"#, global: true),
      bucket(14, "GetBucketLocation", "location"), bucket(8, "GetBucketPolicyStatus", "policyStatus"),
      .callerIdentity(14),
    ]
    let doing: [Action] = [
      Action(
        3, "ec2", "StartInstances", #"{"instancesSet":{"items":[{"instanceId":"‹instance›"}]}}"#
      ).writing().responding(
        #"{"requestId":"‹uuid›","instancesSet":{"items":[{"instanceId":"‹instance›","currentState":{"code":0,"name":"#
          + #""pending"},"previousState":{"code":80,"name":"stopped"}}]}}"#),
      Action(
        3, "ec2", "CreateTags",
        #"{"resourcesSet":{"items":[{"resourceId":"‹volume›"}]},"tagSet":{"items":[{"key":"owner","value":"platform"}]}}"#
      ).writing().responding(#"{"requestId":"‹uuid›","_return":true}"#),
      Action(
        2, "ec2", "CreateSnapshot", #"{"volumeId":"‹volume›","description":"before maintenance"}"#
      ).writing().responding(
        #"{"requestId":"‹uuid›","snapshotId":"‹snapshot›","volumeId":"‹volume›","status":"pending","ownerId":"‹account›"}"#
      ),
      Action(2, "monitoring", "PutMetricAlarm", #"{"alarmName":"‹cluster›-errors","threshold":5,"period":300}"#)
        .writing(),
    ]
    var upload = Action.object(10, "PutObject", prefix: "adhoc", suffix: ".csv", isWrite: true)
    upload.target = "arn:aws:s3:::‹bucket›"
    let storage: [Action] = [
      .object(50, "GetObject", prefix: "exports", suffix: ".csv.gz")
        .failing(15, "NoSuchKey", "The specified key does not exist."),
      upload,
      .s3(
        30, "ListObjects", request: #""prefix":"exports/","list-type":"2","encoding-type":"url""#, isObject: true,
        sent: "‹size›"
      ).named(permission: "s3:ListBucket"),
    ]
    return [
      Persona(
        cast: .consoleUsers, weight: 70, rhythm: .office, run: 6, denied: 45, isConsole: true, actions: looking + doing),
      Persona(
        cast: .commandLine, weight: 40, rhythm: .office, run: 5, denied: 50, throttled: 5,
        actions: looking + storage + doing),
      Persona(
        cast: .pipelines, weight: 55, rhythm: .office, run: 9, denied: 18, throttled: 12,
        actions: deploying + looking.prefix(3)),
      signIns,
    ]
  }

  private static var deploying: [Action] {
    [
      Action(40, "lambda", "GetFunction20150331v2", #"{"functionName":"‹function›"}"#)
        .named(permission: "lambda:GetFunction"),
      Action(
        5, "lambda", "UpdateFunctionCode20150331v2",
        #"{"functionName":"‹function›","s3Bucket":"‹bucket›","s3Key":"builds/‹hexadecimal17›.zip","publish":false,"dryRun":false}"#
      ).writing().named(permission: "lambda:UpdateFunctionCode").responding(
        #"{"functionName":"‹function›","functionArn":"arn:aws:lambda:‹region›:‹account›:function:‹function›","#
          + #""runtime":"python3.11","handler":"main.handler","codeSize":‹size›,"memorySize":512,"timeout":30,"#
          + #""lastUpdateStatus":"InProgress","packageType":"Zip"}"#),
      Action(
        6, "ecs", "RegisterTaskDefinition",
        #"{"family":"‹cluster›-web","networkMode":"awsvpc","cpu":"512","memory":"1024","containerDefinitions":[{"name":"#
          + #""web","image":"‹account›.dkr.ecr.‹region›.amazonaws.com/‹cluster›:‹hexadecimal8›","essential":true}]}"#
      ).writing(),
      Action(
        6, "ecs", "UpdateService",
        #"{"cluster":"‹cluster›","service":"‹cluster›-web","taskDefinition":"‹cluster›-web:‹number›"}"#
      ).writing(),
      Action(30, "ecs", "DescribeServices", #"{"cluster":"‹cluster›","services":["‹cluster›-web"]}"#),
      Action(
        24, "ecr", "BatchGetImage",
        #"{"registryId":"‹account›","repositoryName":"‹cluster›","imageIds":[{"imageTag":"‹hexadecimal8›"}]}"#),
      Action(24, "ecr", "GetAuthorizationToken", "null"),
      Action(34, "iam", "GetRole", #"{"roleName":"‹role›"}"#, global: true)
        .failing(
          15, "NoSuchEntityException", "The role with name ‹role› cannot be found."),
      Action(26, "iam", "ListAttachedRolePolicies", #"{"roleName":"‹role›"}"#, global: true),
      Action(20, "iam", "ListRolePolicies", #"{"roleName":"‹role›"}"#, global: true),
      Action(16, "iam", "GetPolicy", #"{"policyArn":"arn:aws:iam::‹account›:policy/‹cluster›-access"}"#, global: true),
      Action(
        16, "iam", "GetPolicyVersion",
        #"{"policyArn":"arn:aws:iam::‹account›:policy/‹cluster›-access","versionId":"v‹number›"}"#, global: true),
      Action(20, "cloudformation", "DescribeStacks", #"{"stackName":"‹stack›"}"#),
      Action(16, "cloudformation", "DescribeStackEvents", #"{"stackName":"‹stack›"}"#),
      Action(
        2, "cloudformation", "CreateChangeSet",
        #"{"stackName":"‹stack›","changeSetName":"deploy-‹hexadecimal8›","capabilities":["CAPABILITY_IAM"]}"#
      ).writing(),
      Action(
        20, "dynamodb", "GetItem", #"{"tableName":"terraform-locks","key":{"LockID":"‹stack›"},"consistentRead":true}"#
      ).changed {
        $0.record.isData = true
        $0.record.apiVersion = "2012-08-10"
      },
      .object(24, "GetObject", prefix: "terraform", suffix: ".tfstate"),
    ]
  }

  private static var signIns: Persona {
    func login(_ weight: Int, _ response: String) -> Action {
      Action(weight, "signin", "ConsoleLogin", global: true).writing().responding(#"{"ConsoleLogin":"\#(response)"}"#)
        .adding(
          #"{"LoginTo":"https://console.aws.amazon.com/console/home?region=‹region›","MobileVersion":"No","MFAUsed":"Yes"}"#
        )
        .changed {
          $0.record.eventType = "AwsConsoleSignIn"
          $0.record.requestID = nil
          $0.record.host = "signin.aws.amazon.com"
          if response == "Failure" { $0.record.errorMessage = "Failed authentication" }
        }
    }
    return Persona(
      cast: .signIn, weight: 3, rhythm: .office, run: 1, isHomeOnly: true,
      actions: [login(94, "Success"), login(6, "Failure")])
  }
}
