import { BlockList, isIP } from 'node:net'

/**
 * Whether an address lies in a range in CIDR notation; an address alone is a range of one.
 *
 * @returns `false` if either is not of its form, as IAM treats a malformed value: it matches nothing.
 */
export function isInRange(address: string, range: string): boolean {
  const [network = '', prefix] = range.split('/')
  const family = familyOf(network)
  if (!family || familyOf(address) !== family) return false
  const bits = prefix === undefined ? (family === 'ipv4' ? 32 : 128) : Number(prefix)
  if (!Number.isInteger(bits) || bits < 0 || bits > (family === 'ipv4' ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(network, bits, family)
  return list.check(address, family)
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  if (version === 0) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}
