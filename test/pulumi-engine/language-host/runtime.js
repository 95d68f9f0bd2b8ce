import { createRequire } from 'node:module'
import { join } from 'node:path'

/**
 * The options of `runtime` in Pulumi.yaml that are done.
 *
 * @typedef {object} Options
 * @property {boolean} typescript
 * @property {string | undefined} tsconfig
 * @property {readonly string[]} nodeargs
 */

/**
 * @param {import('@pulumi/pulumi/proto/language_pb.js').ProgramInfo | undefined} info
 * @returns {Options}
 * @throws {Error} for an option that is not done
 */
export function optionsOf(info) {
  const { typescript = true, tsconfig, nodeargs = '', ...others } = toObject(info)
  const [unknown] = Object.keys(others).filter((name) => name !== 'packagemanager')
  if (unknown !== undefined) throw new Error(`stand-in for nodejs: the option ${unknown} is not done`)
  return {
    typescript: typescript === true || typescript === 'true',
    tsconfig: typeof tsconfig === 'string' ? tsconfig : undefined,
    nodeargs: typeof nodeargs === 'string' ? nodeargs.split(/\s+/).filter(Boolean) : [],
  }
}

/**
 * What the options add to a program's environment.
 *
 * @param {Options} options
 * @returns {Record<string, string>}
 */
export function environmentOf({ typescript, tsconfig }) {
  return {
    ...(typescript ? { PULUMI_NODEJS_TYPESCRIPT: 'true' } : {}),
    ...(tsconfig === undefined ? {} : { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
  }
}

/**
 * Where a part of Pulumi's SDK is, as the program finds it.
 *
 * @param {string} name
 * @param {string} directory the program's
 * @returns {string}
 */
export function locate(name, directory) {
  try {
    return createRequire(join(directory, 'index.js')).resolve(name)
  } catch {
    throw new Error(
      'It looks like the Pulumi SDK has not been installed. Have you run npm install or yarn install?',
    )
  }
}

/**
 * @param {import('@pulumi/pulumi/proto/language_pb.js').ProgramInfo | undefined} info
 * @returns {Record<string, unknown>}
 */
function toObject(info) {
  return info?.getOptions()?.toJavaScript() ?? {}
}
