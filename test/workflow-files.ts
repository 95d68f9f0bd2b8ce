import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** A step, as far as the tests look at it. */
export interface Step {
  readonly name?: string
  readonly if?: string
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
  readonly 'working-directory'?: string
}

export interface Job {
  readonly if?: string
  readonly 'timeout-minutes'?: number
  readonly permissions?: Readonly<Record<string, string>>
  readonly concurrency?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
  readonly strategy?: Readonly<Record<string, unknown>>
  readonly steps: readonly Step[]
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions?: Readonly<Record<string, string>>
  readonly concurrency?: Readonly<Record<string, unknown>>
  readonly jobs: Readonly<Record<string, Job>>
}

export interface WorkflowFile {
  readonly name: string
  readonly text: string
  readonly workflow: Workflow
}

/** The repository. */
export const root = join(import.meta.dirname, '..')

const folder = join(root, '.github/workflows')

export const workflowFiles: readonly WorkflowFile[] = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), 'utf8')
  return { name, text, workflow: parse(text) as Workflow }
})

/** @throws {Error} if there is no such workflow. */
export function workflowNamed(name: string): Workflow {
  const file = workflowFiles.find((candidate) => candidate.name === name)
  if (!file) throw new Error(`no workflow ${name}`)
  return file.workflow
}

/** @throws {Error} if the workflow has no such job. */
export function jobOf(workflow: Workflow, name: string): Job {
  const job = workflow.jobs[name]
  if (!job) throw new Error(`no job ${name}`)
  return job
}

/** The steps of all jobs. */
export function stepsOf({ jobs }: Workflow): readonly Step[] {
  return Object.values(jobs).flatMap(({ steps }) => steps)
}

/** What a step does, in a word or two: the action, or the beginning of the script. */
export function does({ uses, run = '' }: Step): string {
  return uses?.split('@')[0] ?? run.split(' ').slice(0, 2).join(' ')
}
