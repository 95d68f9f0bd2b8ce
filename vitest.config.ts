import { defineConfig } from 'vitest/config'

const report = process.env['PULLTHROUGH_TEST_REPORT']

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxConcurrency: 8,
    // Vitest leaves one core to itself, which is half of a machine with two.
    maxWorkers: '100%',
    // A snapshot is written only when asked for (`-u`): one that is not there yet fails, here as in CI.
    update: 'none',
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    // CI counts the tests. There, on a machine of which nothing is known, a failed test is tried once more; the
    // reporter marks it with `retry x1`, and `.ci/run` names it at the end.
    ...(report ? { retry: 1, reporters: ['verbose', 'json'], outputFile: { json: report } } : {}),
  },
})
