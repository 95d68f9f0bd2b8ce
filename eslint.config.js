import eslint from '@eslint/js'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  // component/ and policy/ are what Pulumi's own loaders ask for: CommonJS of one line.
  { ignores: ['component/', 'coverage/', 'dist/', 'policy/', 'test/vectors/'] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // The compiler knows better, also in JavaScript.
      'no-undef': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      'no-restricted-globals': ['error', 'process', 'console'],
      'no-restricted-imports': ['error', { paths: ['node:process', 'node:console'] }],
    },
  },
  // Only the entry point and programs that are not part of the package touch the process.
  {
    files: ['src/cli/main.ts', 'bench/**', 'demo/**', 'test/**', 'bin/**', '*.config.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-imports': 'off' },
  },
)
