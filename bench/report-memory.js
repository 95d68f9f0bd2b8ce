// Loaded before a program (`node --import`): when it ends, say on stderr how much memory it had at most.
import process from 'node:process'

process.on('exit', () => {
  process.stderr.write(`\nmaxRSS ${process.resourceUsage().maxRSS}\n`)
})
