import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import type { Cause } from '../src/checks/causes/cause.ts'
import { errorTexts } from '../src/checks/error-texts.ts'
import type { ErrorText } from '../src/checks/error-texts/error-text.ts'
import { type CheckId, checks } from '../src/checks/finding.ts'

export const pagePath = join(import.meta.dirname, '../docs/troubleshooting.md')

/** Every cause that a check can find, with its name: whatever the files of the folder export. */
export async function allCauses(): Promise<readonly (readonly [name: string, cause: Cause<never>])[]> {
  const folder = join(import.meta.dirname, '../src/checks/causes')
  const causes: [string, Cause<never>][] = []
  for (const file of await readdir(folder)) {
    if (file === 'cause.ts') continue
    const tables = (await import(join(folder, file))) as Record<string, Record<string, Cause<never>>>
    causes.push(...Object.values(tables).flatMap((table) => Object.entries(table)))
  }
  return causes
}

/** `docs/troubleshooting.md`, made of the tables that the program takes its sentences from. */
export async function troubleshootingPage(): Promise<string> {
  const causes = (await allCauses()).map(([, cause]) => cause)
  const parts = [introduction, errorSection(), '## What the checks find']
  for (const id of Object.keys(checks) as CheckId[]) {
    const found = causes.filter(({ check }) => check === id)
    if (found.length > 0) parts.push(`### \`${id}\`: ${checks[id]}`, ...found.map(causePart))
  }
  const options = await resolveConfig(pagePath)
  return format(parts.join('\n\n'), { ...options, filepath: pagePath })
}

const introduction = `# Troubleshooting: symptom, cause, cure

Ask the program first: it tells these causes apart by asking, and names the one that is yours.

- \`pullthrough verify\` asks the whole chain: source, Docker Hub, AWS, GitHub.
- \`pullthrough doctor IMAGE\` walks the pull path of one image. It takes an error text too: \`docker pull … 2>&1 | pullthrough doctor -\`.

This page is made of the tables that the program takes its sentences from, and a test keeps it so
([\`src/checks/causes/\`](../src/checks/causes), [\`src/checks/error-texts/\`](../src/checks/error-texts)).
Names and numbers in it are examples.`

function errorSection(): string {
  const texts = Object.values<ErrorText>(errorTexts)
  return [
    '## Texts of other programs',
    ...texts.map(({ symptom, causes }) => {
      const several =
        causes.length > 1 ? ['The text alone does not tell which of these it is; the checks do.', ''] : []
      const items = causes.map(
        ({ check, cause, fix }) => `- ${sentence(cause)} **Cure:** ${plain(fix)}. (Check: \`${check}\`)`,
      )
      return [`### \`${symptom}\``, '', ...several, ...items].join('\n')
    }),
  ].join('\n\n')
}

function causePart({ status, symptom, example }: Cause<never>): string {
  return [
    `**${plain(upper(example.cause))}.** (\`${status}\`)`,
    '',
    `- Symptom: ${symptom.replace(/([^.])$/, '$1.')}`,
    `- Cure: ${plain(example.fix)}.`,
  ].join('\n')
}

function sentence(text: string): string {
  return `${plain(upper(text))}.`
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Sentences for a terminal, in Markdown: nothing in them is mark-up. */
function plain(text: string): string {
  return text.replace(/[*_<>|[\]]/g, String.raw`\$&`)
}
