#!/usr/bin/env bash
# What `pullthrough sync` does, as a careful shell script with the usual clients: pulumi, aws, gh, curl, jq. It is what
# the bench compares with, and so as good as such a script gets: no call too many, values compared before they are
# written where they can be read, no token in any argument, every failure noticed.
#
# From the directory of a Pulumi project, with AWS_REGION and GITHUB_REPOSITORY set.
set -euo pipefail
shopt -s inherit_errexit

secret_id=ecr-pullthroughcache/docker-hub
repository="${GH_HOST:-github.com}/${GITHUB_REPOSITORY:?set GITHUB_REPOSITORY to OWNER/NAME}"
: "${AWS_REGION:?set AWS_REGION to the Region of the cache rule}"

main() {
  local username token
  username="$(pulumi config get dockerHubUsername --non-interactive)"
  token="$(pulumi config get dockerHubToken --non-interactive)"

  prove "$username" <<<"$token"
  write_secret "$username" <<<"$token"
  write_policy
  printf '%s' "$username" | gh secret set DOCKER_HUB_USERNAME --repo "$repository"
  printf '%s' "$token" | gh secret set DOCKER_HUB_TOKEN --repo "$repository"
}

# prove USERNAME: log in to Docker Hub as pulling does, with the token on stdin.
prove() {
  local url status
  url="${DOCKER_AUTH_URL:-https://auth.docker.io}/token?service=registry.docker.io"
  url+="&scope=repository:ratelimitpreview/test:pull"
  # curl reads the pair from its config, whose strings have JSON's two escapes that matter here.
  status="$(jq --raw-input --slurp --raw-output --arg username "$1" '"user = " + ("\($username):\(rtrimstr("\n"))" | tojson)' |
    curl --silent --show-error --max-time 10 --config - --output /dev/null --write-out '%{http_code}' "$url")"
  [[ $status == 200 ]] || fail "Docker Hub answered the login of $1 with $status"
}

# write_secret USERNAME: create the secret, or put a new value if it differs; the token is on stdin.
write_secret() {
  local wanted there
  wanted="$(jq --raw-input --slurp --compact-output --arg username "$1" '{username: $username, accessToken: rtrimstr("\n")}')"
  if ! there="$(secretsmanager describe-secret --secret-id "$secret_id" --output json 2>"$errors")"; then
    grep --quiet '(ResourceNotFoundException)' "$errors" || fail "$(<"$errors")"
    printf '%s' "$wanted" |
      secretsmanager create-secret --name "$secret_id" --secret-string file:///dev/stdin \
        --description 'Credentials for docker-hub that the ECR pull-through cache uses' \
        --tags Key=managed-by,Value=sync-with-clis >/dev/null
    return
  fi
  refuse_unusable <<<"$there"
  there="$(secretsmanager get-secret-value --secret-id "$secret_id" --query SecretString --output text)"
  [[ $there == "$wanted" ]] && return
  printf '%s' "$wanted" |
    secretsmanager put-secret-value --secret-id "$secret_id" --secret-string file:///dev/stdin >/dev/null
}

# What is there may be of no use to ECR, or not ours to change: `describe-secret` on stdin.
refuse_unusable() {
  local reason
  reason="$(jq --raw-output '
    if .DeletedDate then "is scheduled for deletion"
    elif .KmsKeyId and (.KmsKeyId | endswith("alias/aws/secretsmanager") | not) then "is under a key that ECR cannot use"
    elif .OwningService then "belongs to \(.OwningService)"
    elif any(.Tags[]?; .Key == "managed-by" and .Value != "sync-with-clis") then "belongs to another tool"
    else "" end
  ')"
  [[ -z $reason ]] || fail "the secret $reason"
}

# Only ECR may read the secret, and whoever runs this: without that the value could not be compared.
write_policy() {
  local wanted there
  wanted="$(aws "${endpoint[@]}" sts get-caller-identity --output json | jq --compact-output --sort-keys '
    (.Arn | split(":")) as [$_, $partition]
    | (.Arn | sub(":sts::(?<account>\\d+):assumed-role/(?<role>[^/]+)/.*"; ":iam::\(.account):role/\(.role)")) as $reader
    | "arn:\($partition):iam::\(.Account):role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache" as $ecr
    | {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AllowEcr", Effect: "Allow", Principal: {Service: "ecr.amazonaws.com"},
            Action: "secretsmanager:GetSecretValue", Resource: "*",
            Condition: {StringEquals: {"aws:SourceAccount": .Account}}
          },
          {
            Sid: "DenyOthers", Effect: "Deny", Principal: "*",
            Action: "secretsmanager:GetSecretValue", Resource: "*",
            Condition: {
              ArnNotEquals: {"aws:PrincipalArn": [$ecr, $reader]},
              StringNotEquals: {"aws:PrincipalServiceName": "ecr.amazonaws.com"}
            }
          }
        ]
      }')"
  there="$(secretsmanager get-resource-policy --secret-id "$secret_id" --output json |
    jq --compact-output --sort-keys '.ResourcePolicy // "null" | fromjson')"
  [[ $there == "$wanted" ]] && return
  secretsmanager put-resource-policy --secret-id "$secret_id" --resource-policy "$wanted" --block-public-policy >/dev/null
}

secretsmanager() {
  aws "${endpoint[@]}" secretsmanager "$@"
}

fail() {
  echo "sync-with-clis: $1" >&2
  exit 1
}

# Debian's aws is older than AWS_ENDPOINT_URL.
endpoint=()
[[ -z ${AWS_ENDPOINT_URL:-} ]] || endpoint=(--endpoint-url "$AWS_ENDPOINT_URL")
errors="$(mktemp)"
trap 'rm -f -- "$errors"' EXIT
main
