/// What clients call themselves.
enum Agents {
  static let programs = [
    "aws-sdk-java/2.25.31 Linux/6.1.91 OpenJDK_64-Bit_Server_VM/17.0.11+9-LTS Java/17.0.11 io/sync http/Apache",
    "Boto3/1.34.101 md/Botocore#1.34.101 ua/2.0 os/linux#6.1.91 md/arch#x86_64 lang/python#3.11.9 Botocore/1.34.101",
    "aws-sdk-go-v2/1.26.1 os/linux lang/go#1.22.3 md/GOOS#linux md/GOARCH#arm64 api/s3#1.53.1",
    "aws-sdk-js/3.577.0 ua/2.0 os/linux#6.1.91 lang/js md/nodejs#20.13.1 api/client-s3#3.577.0",
    "aws-sdk-ruby3/3.195.0 ua/2.0 api/s3#1.151.0 os/linux#6.1.91 md/x86_64 lang/ruby#3.3.1 md/3.3.1",
  ]
  static let function =
    "Boto3/1.34.101 md/Botocore#1.34.101 ua/2.0 os/linux#5.10.216 lang/python#3.11.8 "
    + "exec-env/AWS_Lambda_python3.11 Botocore/1.34.101"
  static let commandLines = [
    "aws-cli/2.15.51 Python/3.11.8 Linux/6.5.0-35-generic exe/x86_64.ubuntu.22 prompt/off",
    "aws-cli/2.15.51 Python/3.11.8 Darwin/23.5.0 source/arm64 prompt/off",
    "aws-cli/2.13.25 Python/3.11.5 Windows/10 exe/AMD64 prompt/off",
  ]
  static let browsers = [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36 "
      + "Edg/125.0.0.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0",
  ]
  static let terraform =
    "APN/1.0 HashiCorp/1.0 Terraform/1.8.3 (+https://www.terraform.io) terraform-provider-aws/5.49.0 "
    + "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.26.1 os/linux lang/go#1.22.2 "
    + "md/GOOS#linux md/GOARCH#amd64 api/iam#1.32.0"
  static let observer =
    "aws-sdk-go-v2/1.27.0 os/linux lang/go#1.22.2 md/GOOS#linux md/GOARCH#amd64 api/cloudwatch#1.38.1"

  static let modernTLS = #""tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256""#
  static let olderTLS = #""tlsVersion":"TLSv1.2","cipherSuite":"ECDHE-RSA-AES128-GCM-SHA256""#
}
