import { defineConfig } from 'vitest/config'

const report = process.env['PULLTHROUGH_TEST_REPORT']

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxConcurrency: 8,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    // CI counts the tests.
    ...(report ? { reporters: ['default', 'json'], outputFile: { json: report } } : {}),
  },
})
