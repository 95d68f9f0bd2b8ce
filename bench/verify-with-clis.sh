#!/usr/bin/env bash
# What people run by hand to see whether the credential is in its places: the commands of the usual clients. It asks
# much less than `pullthrough verify` does: nothing of the source and of Docker Hub, no validation (Debian's aws does not
# know that call), and it compares nothing. `npm run bench:verify` runs it.
set -euo pipefail

name=ecr-pullthroughcache/docker-hub

aws() {
  command aws --endpoint-url "$AWS_ENDPOINT_URL" --region "$AWS_REGION" "$@"
}

aws sts get-caller-identity >/dev/null
aws secretsmanager describe-secret --secret-id "$name" >/dev/null
aws secretsmanager get-resource-policy --secret-id "$name" >/dev/null
aws ecr describe-pull-through-cache-rules >/dev/null
secrets="$(gh secret list --repo "github.localhost/$GITHUB_REPOSITORY")"
[[ $secrets == *DOCKER_HUB_TOKEN* ]]
