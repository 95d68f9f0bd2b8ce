/**
 * The service-linked role through which ECR reads a pull-through cache credential, made by ECR with the first rule.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/slr-pullthroughcache.html
 */
export function ecrRoleArn({ partition, account }: { readonly partition: string; readonly account: string }) {
  return `arn:${partition}:iam::${account}:role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache`
}
