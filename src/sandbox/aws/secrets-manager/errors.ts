import { ServiceError } from '../service-error.ts'

// The texts, in one place. [REC] was recorded against AWS, [SEEN] was quoted by users of AWS, the rest is chosen:
// docs/sandbox.md says where each comes from.

/** [REC] */
export function secretNotFound(): ServiceError {
  return new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
}

/** [REC] */
export function valueNotFound(
  where: { readonly versionId: string } | { readonly label: string },
): ServiceError {
  const place = 'label' in where ? `staging label: ${where.label}` : `VersionId: ${where.versionId}`
  return new ServiceError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${place}`,
  )
}

/** [REC] */
export function labelNotOnVersion(): ServiceError {
  return invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.')
}

/** [REC] */
export function nameScheduledForDeletion(): ServiceError {
  return invalidRequest(
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  )
}

/** [REC] */
export function secretExists(name: string): ServiceError {
  return new ServiceError(
    'ResourceExistsException',
    `The operation failed because the secret ${name} already exists.`,
  )
}

/** [REC] for TagResource and UntagResource, used for the others too. */
export function markedForDeletion(): ServiceError {
  return invalidRequest("You can't perform this operation on the secret because it was marked for deletion.")
}

/** What DeleteSecret says instead. */
export function alreadyMarkedDeleted(): ServiceError {
  return invalidRequest("You tried to perform the operation on a secret that's currently marked deleted.")
}

/** [REC] */
export function invalidName(): ServiceError {
  return new ServiceError(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  )
}

/** [REC] */
export function tokenMissing(): ServiceError {
  return invalidRequest('You must provide a ClientRequestToken value. We recommend a UUID-type value.')
}

export function tokenUsed(token: string, arn: string): ServiceError {
  return new ServiceError(
    'ResourceExistsException',
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  )
}

export function valueMissing(): ServiceError {
  return invalidRequest('You must provide either SecretString or SecretBinary.')
}

export function twoValues(): ServiceError {
  return invalidParameter(
    "You can't specify both a binary secret value and a string secret value in the same secret.",
  )
}

export function otherAccountsDefaultKey(): ServiceError {
  return invalidRequest(
    "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.",
  )
}

/** [SEEN] class and text. */
export function replicaIsReadOnly(): ServiceError {
  return invalidParameter(
    "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
  )
}

/** [SEEN] class and text. */
export function hasReplicas(arn: string, regions: readonly string[]): ServiceError {
  return invalidParameter(
    `You can't delete secret ${arn} that still has replica regions [${regions.join(', ')}].`,
  )
}

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message)
}

function invalidRequest(message: string): ServiceError {
  return new ServiceError('InvalidRequestException', message)
}

export function invalidNextToken(): ServiceError {
  return new ServiceError('InvalidNextTokenException', 'The NextToken value is invalid.')
}

/** The first sentence is [SEEN]; what is in brackets is the sandbox's. */
export function malformedPolicy(reason: string): ServiceError {
  return new ServiceError(
    'MalformedPolicyDocumentException',
    `This policy has invalid syntax. (sandbox: ${reason})`,
  )
}

export function policyNotFound(): ServiceError {
  return new ServiceError(
    'ResourceNotFoundException',
    "Secrets Manager can't find the specified resource policy.",
  )
}

export function publicPolicy(): ServiceError {
  return new ServiceError(
    'PublicPolicyException',
    'The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.',
  )
}
