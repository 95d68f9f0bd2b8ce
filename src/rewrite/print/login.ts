/** How to log in to ECR, as comments: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html. */
export function login({
  host,
  region,
}: {
  readonly host: string
  readonly region: string
}): readonly string[] {
  return [
    '# ECR asks for a login, which holds for 12 hours:',
    `#   aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${host}`,
    '# https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html',
  ]
}
