// The stand-in for Pulumi's language host, as an executable: it prints its port, and ends when the engine does.
import { serveLanguageHost } from './serve.js'

const engine = process.argv.at(-1) ?? ''
process.stdout.write(`${String(await serveLanguageHost({ engine, env: process.env }))}\n`)
process.stdin.resume().once('end', () => process.exit())
