import type { Answer } from '../service.ts'
import { json, noContent, problem, timestamp } from './answer.ts'
import type { RepositoryCall, RepositoryRoute } from './call.ts'
import { nameProblem, storedName } from './name-rules.ts'
import { pageOf } from './pagination.ts'
import type { Entry, Repository } from './repository.ts'
import { readBody } from './request-body.ts'
import type { Needs } from './token.ts'

const documentation = 'https://docs.github.com/rest/actions/variables'
const read: Needs = { permission: 'actions_variables', level: 'read', scope: 'repo', exempt: 'nobody' }
const write: Needs = { ...read, level: 'write' }

/** https://docs.github.com/actions/reference/workflows-and-actions/variables#limits-for-configuration-variables */
const limits = { variables: 500, bytes: 48 * 1024 }

/** Repository variables: not secret, and without an upsert. https://docs.github.com/rest/actions/variables */
export const variableRoutes: readonly RepositoryRoute[] = [
  {
    method: 'GET',
    path: '/actions/variables',
    documentation: `${documentation}#list-repository-variables`,
    needs: read,
    handle: listVariables,
  },
  {
    method: 'POST',
    path: '/actions/variables',
    documentation: `${documentation}#create-a-repository-variable`,
    needs: write,
    handle: createVariable,
  },
  {
    method: 'GET',
    path: '/actions/variables/{name}',
    documentation: `${documentation}#get-a-repository-variable`,
    needs: read,
    handle: getVariable,
  },
  {
    method: 'PATCH',
    path: '/actions/variables/{name}',
    documentation: `${documentation}#update-a-repository-variable`,
    needs: write,
    handle: updateVariable,
  },
  {
    method: 'DELETE',
    path: '/actions/variables/{name}',
    documentation: `${documentation}#delete-a-repository-variable`,
    needs: write,
    handle: deleteVariable,
  },
]

function listVariables(call: RepositoryCall): Answer {
  const all = [...call.repository.variables].sort(([a], [b]) => (a < b ? -1 : 1))
  const path = `/repositories/${call.repository.id}/actions/variables`
  const { items, headers } = pageOf(all, call, { path, size: 10, largest: 30 })
  const variables = items.map(([name, entry]) => present(name, entry))
  return json(200, { total_count: all.length, variables }, headers)
}

function createVariable({ exchange, repository, clock, documentation }: RepositoryCall): Answer {
  const body = readBody(exchange.body, { name: { required: true }, value: { required: true } }, documentation)
  if ('refused' in body) return body.refused
  const { name: given = '', value = '' } = body.fields
  const wrong = nameProblem('Variable', given) ?? valueProblem(value)
  if (wrong !== undefined) return problem(422, wrong, documentation)
  const name = storedName(given)
  if (repository.variables.has(name)) return problem(409, alreadyExists, documentation)
  if (repository.variables.size >= limits.variables) {
    return problem(422, `Repository has reached the limit of ${limits.variables} variables.`, documentation)
  }
  const now = clock.now()
  repository.variables.set(name, { value, createdAt: now, updatedAt: now })
  return json(201, {})
}

/** https://github.com/nexthink-oss/terraform-provider-github/issues/12 */
const alreadyExists = 'Already exists - Variable already exists'

function getVariable({ params, repository, documentation }: RepositoryCall): Answer {
  const found = find(repository, params)
  return found ? json(200, present(found.name, found.entry)) : problem(404, 'Not Found', documentation)
}

function updateVariable({ exchange, params, repository, clock, documentation }: RepositoryCall): Answer {
  const body = readBody(
    exchange.body,
    { name: { required: false }, value: { required: false } },
    documentation,
  )
  if ('refused' in body) return body.refused
  const found = find(repository, params)
  if (!found) return problem(404, 'Not Found', documentation)

  const { name: newName = found.name, value = found.entry.value } = body.fields
  const wrong = nameProblem('Variable', newName) ?? valueProblem(value)
  if (wrong !== undefined) return problem(422, wrong, documentation)
  const name = storedName(newName)
  if (name !== found.name && repository.variables.has(name)) return problem(409, alreadyExists, documentation)

  repository.variables.delete(found.name)
  repository.variables.set(name, { value, createdAt: found.entry.createdAt, updatedAt: clock.now() })
  return noContent
}

function deleteVariable({ params, repository, documentation }: RepositoryCall): Answer {
  const found = find(repository, params)
  if (!found) return problem(404, 'Not Found', documentation)
  repository.variables.delete(found.name)
  return noContent
}

function find(
  { variables }: Repository,
  params: RepositoryCall['params'],
): { readonly name: string; readonly entry: Entry } | undefined {
  const name = storedName(params['name'] ?? '')
  const entry = variables.get(name)
  return entry && { name, entry }
}

function valueProblem(value: string): string | undefined {
  if (Buffer.byteLength(value) <= limits.bytes) return undefined
  return 'Value is too large.'
}

function present(name: string, { value, createdAt, updatedAt }: Entry) {
  return { name, value, created_at: timestamp(createdAt), updated_at: timestamp(updatedAt) }
}
