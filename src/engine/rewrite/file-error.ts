import { PullthroughError } from '../../errors.ts'

/** What a failure of the file system means. Errors of our own stay; anything else is a mistake of the program’s. */
export function fileError(error: unknown): PullthroughError {
  if (error instanceof PullthroughError) return error
  const { code = '' } = error as NodeJS.ErrnoException
  const meaning = meanings[code]
  if (meaning === undefined && !/^E[A-Z0-9]+$/.test(code)) throw error
  return new PullthroughError('ERR_FILE', meaning ?? `the file system says ${code}`, { cause: error })
}

const meanings: Readonly<Record<string, string>> = {
  EACCES: 'the permission to read or write it is missing',
  EPERM: 'the permission to read or write it is missing',
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'there is no such file or directory',
  ELOOP: 'it is a symbolic link, or one that leads to itself',
  ENOSPC: 'no space is left on the device',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
}
