import type { Answer } from '../service.ts'
import { json, noContent, problem, timestamp } from './answer.ts'
import type { RepositoryCall, RepositoryRoute } from './call.ts'
import { nameProblem, storedName } from './name-rules.ts'
import { pageOf } from './pagination.ts'
import { type Entry, rememberSecrets } from './repository.ts'
import { readBody } from './request-body.ts'
import { openSealedBox } from './sealed-box.ts'
import type { Needs } from './token.ts'

const documentation = 'https://docs.github.com/rest/actions/secrets'
const read: Needs = { permission: 'secrets', level: 'read', scope: 'repo', exempt: 'nobody' }
const write: Needs = { ...read, level: 'write' }

/** https://docs.github.com/actions/reference/security/secrets#limits-for-secrets */
const limits = { secrets: 100, bytes: 48 * 1024 }

/** Repository secrets. https://docs.github.com/rest/actions/secrets */
export const secretRoutes: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: '/actions/secrets',
    documentation: `${documentation}#list-repository-secrets`,
    needs: read,
    handle: listSecrets,
  },
  {
    method: 'GET',
    path: '/actions/secrets/public-key',
    documentation: `${documentation}#get-a-repository-public-key`,
    needs: { ...read, exempt: 'classic' },
    handle: ({ repository: { key } }) =>
      json(200, { key_id: key.id, key: Buffer.from(key.pair.publicKey).toString('base64') }),
  },
  {
    method: 'GET',
    path: '/actions/secrets/{name}',
    documentation: `${documentation}#get-a-repository-secret`,
    needs: read,
    handle: getSecret,
  },
  {
    method: 'PUT',
    path: '/actions/secrets/{name}',
    documentation: `${documentation}#create-or-update-a-repository-secret`,
    needs: write,
    handle: putSecret,
  },
  {
    method: 'DELETE',
    path: '/actions/secrets/{name}',
    documentation: `${documentation}#delete-a-repository-secret`,
    needs: write,
    handle: deleteSecret,
  },
]

function listSecrets(call: RepositoryCall): Answer {
  const names = [...visibleSecrets(call)].sort(([a], [b]) => (a < b ? -1 : 1))
  const path = `/repositories/${call.repository.id}/actions/secrets`
  const { items, headers } = pageOf(names, call, { path, size: 30, largest: 100 })
  const secrets = items.map(([name, entry]) => present(name, entry))
  return json(200, { total_count: names.length, secrets }, headers)
}

function getSecret(call: RepositoryCall): Answer {
  const name = storedName(call.params['name'] ?? '')
  const entry = visibleSecrets(call).get(name)
  return entry ? json(200, present(name, entry)) : problem(404, 'Not Found', call.documentation)
}

function putSecret({ exchange, params, repository, clock, documentation }: RepositoryCall): Answer {
  const body = readBody(
    exchange.body,
    { encrypted_value: { required: true, pattern: base64 }, key_id: { required: true } },
    documentation,
  )
  if ('refused' in body) return body.refused
  const given = params['name'] ?? ''
  const wrongName = nameProblem('Secret', given)
  if (wrongName !== undefined) return problem(422, wrongName, documentation)

  const { encrypted_value: sealed = '', key_id: keyId } = body.fields
  const opened =
    keyId === repository.key.id
      ? openSealedBox(Buffer.from(sealed, 'base64'), repository.key.pair)
      : undefined
  // One text for both: GitHub does not tell a wrong key from a damaged box.
  if (!opened) return problem(422, improperlyEncrypted, documentation)
  if (opened.length > limits.bytes) {
    return problem(422, 'Value is too large.', documentation)
  }

  const name = storedName(given)
  const before = repository.secrets.get(name)
  if (!before && repository.secrets.size >= limits.secrets) {
    return problem(422, `Repository has reached the limit of ${limits.secrets} secrets.`, documentation)
  }
  const now = clock.now()
  rememberSecrets(repository)
  repository.secrets.set(name, {
    value: Buffer.from(opened).toString('utf8'),
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  })
  return before ? noContent : json(201, {})
}

/** As GitHub's OpenAPI description has it: standard base64, padded, not empty. */
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/

/** https://github.com/integrations/terraform-provider-github/issues/2315 */
const improperlyEncrypted = 'Bad request - validation failed due to an improperly encrypted secret'

function deleteSecret({ params, repository, documentation }: RepositoryCall): Answer {
  const name = storedName(params['name'] ?? '')
  if (!repository.secrets.has(name)) return problem(404, 'Not Found', documentation)
  rememberSecrets(repository)
  repository.secrets.delete(name)
  return noContent
}

function visibleSecrets({ repository, lagging }: RepositoryCall): ReadonlyMap<string, Entry> {
  return lagging ? repository.staleSecrets : repository.secrets
}

function present(name: string, { createdAt, updatedAt }: Entry) {
  return { name, created_at: timestamp(createdAt), updated_at: timestamp(updatedAt) }
}
