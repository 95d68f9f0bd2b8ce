import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A running stand-in for Vault. */
export interface Vault {
  readonly url: string
  close(): Promise<void>
}

/**
 * The two calls of Vault's transit engine that Pulumi's `hashivault` secrets provider makes. The encryption is none:
 * what matters here is that only the Pulumi CLI knows how to ask.
 * https://developer.hashicorp.com/vault/api-docs/secret/transit#encrypt-data
 */
export async function startVault(): Promise<Vault> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { plaintext?: string; ciphertext?: string }
      const data = request.url?.includes('/transit/encrypt/')
        ? { ciphertext: `vault:v1:${body.plaintext ?? ''}` }
        : { plaintext: (body.ciphertext ?? '').replace('vault:v1:', '') }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ data }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
