import { pageOf, type Page } from '../page.ts'
import { invalidParameter } from './errors.ts'

/**
 * What a Describe operation answers: the things it names, or a page of them all. It cannot do both.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html
 *
 * @param naming the member of the request that names things
 * @param named what it names, if it does
 * @param find what has a name; `undefined` if it is left out where it is not there
 * @throws `InvalidParameterException`, and what `find` throws
 */
export function listed<Item, Name>(
  all: readonly Item[],
  {
    input,
    naming,
    named,
    find,
  }: {
    readonly input: { readonly nextToken?: string; readonly maxResults?: number }
    readonly naming: string
    readonly named: readonly Name[] | undefined
    readonly find: (name: Name) => Item | undefined
  },
): Page<Item> {
  const { nextToken, maxResults } = input
  if (!named) {
    return pageOf(all, {
      request: { ...input, nextToken: undefined, maxResults: undefined },
      nextToken,
      maxResults,
      invalidNextToken: () => invalidParameter('nextToken', 'must be one that this operation has answered'),
    })
  }
  for (const [member, value] of Object.entries({ nextToken, maxResults })) {
    if (value !== undefined) throw invalidParameter(member, `must not be used together with ${naming}`)
  }
  return { items: [...new Set(named.flatMap((name) => find(name) ?? []))], nextToken: undefined }
}
