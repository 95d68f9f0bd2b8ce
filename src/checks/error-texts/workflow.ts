import type { ErrorText } from './error-text.ts'

/** What GitHub Actions, `gh` and Pulumi say where the credential should come from. */
export const workflowTexts = {
  'workflow-credential-empty': {
    symptom: 'Username and password required',
    patterns: [
      /\busername and password required/i,
      /GitHub Actions can't find (?:the )?credentials/i,
      /error: (?:username|password) required/i,
      /cannot perform an interactive login from a non[- ]TTY device/i,
      /DOCKER_HUB_(?:USERNAME|TOKEN):? (?:is |are )?(?:empty|missing|not set|not defined|undefined|unset|required|unbound|parameter (?:null or )?not set)/i,
      // What a log shows of a step’s environment, where the first of the two has no value.
      /DOCKER_HUB_(?:USERNAME|TOKEN): DOCKER_HUB_(?:USERNAME|TOKEN):/i,
    ],
    causes: [
      {
        check: 'github.secrets',
        cause: 'the repository does not have both secrets, DOCKER_HUB_USERNAME and DOCKER_HUB_TOKEN',
        fix: 'pullthrough sync --repo OWNER/NAME',
      },
      {
        check: 'workflow.credential',
        cause:
          'the run was started by Dependabot or from a fork, to which GitHub gives empty secrets, or the step does not pass them on',
        fix: 'skip the login for such runs, or add the pair to the Dependabot secrets, and set both under env: of the step',
      },
    ],
  },
  'github-not-accessible': {
    symptom: 'Resource not accessible by integration',
    patterns: [
      /resource not accessible by (?:integration|personal access token)/i,
      /404.{0,80}\/actions\/secrets\/public-key/i,
      /\/actions\/secrets\/public-key.{0,80}404/i,
    ],
    causes: [
      {
        check: 'github.repository',
        cause:
          'the GitHub token may not write the repository’s secrets; the GITHUB_TOKEN of a workflow never may',
        fix: 'set GH_TOKEN to a fine-grained token with the permission Secrets: read and write for this repository',
      },
    ],
  },
  'github-token-missing': {
    symptom: 'To use GitHub CLI in a GitHub Actions workflow, set the GH_TOKEN environment variable',
    patterns: [/set the GH_TOKEN environment variable/i, /please run: gh auth login/i],
    causes: [
      {
        check: 'github.repository',
        cause: 'there is no GitHub token',
        fix: 'gh auth login, or in a workflow set GH_TOKEN under env:',
      },
    ],
  },
  'config-missing': {
    symptom: 'Missing required configuration variable',
    patterns: [/missing required configuration variable '?[^ ]{0,100}docker/i],
    causes: [
      {
        check: 'source.credential',
        cause: 'the selected stack’s config has no Docker Hub credential',
        fix: 'pulumi config set dockerHubUsername ID, and pulumi config set --secret dockerHubToken',
      },
    ],
  },
  'passphrase-wrong': {
    symptom: 'incorrect passphrase',
    patterns: [/incorrect passphrase/i, /passphrase must be set/i],
    causes: [
      {
        check: 'source.read',
        cause: 'the secrets of the stack file cannot be opened without its passphrase',
        fix: 'set PULUMI_CONFIG_PASSPHRASE to the passphrase that the stack was made with',
      },
    ],
  },
} as const satisfies Readonly<Record<string, ErrorText>>
