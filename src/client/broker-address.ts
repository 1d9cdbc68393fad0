// Addresses as people write them: `host:port`, `[::1]:9092`, comma-separated in `--bootstrap-server`.

import type { Outcome } from '../env/env.ts'

export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

const portMax = 65_535

/** Reads a list of addresses; the error names the part that is none. */
export function parseBrokerAddresses(text: string): Outcome<BrokerAddress[], string> {
  const addresses: BrokerAddress[] = []
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue
    const match = /^(?:[A-Z_]+:\/\/)?(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(part)
    const port = Number(match?.[3])
    if (match === null || port < 1 || port > portMax) {
      return { ok: false, error: `"${part}" is no address of a broker; write host:port` }
    }
    addresses.push({ host: (match[1] ?? match[2])!, port })
  }
  if (addresses.length === 0) return { ok: false, error: 'no address of a broker is given; write host:port' }
  return { ok: true, value: addresses }
}

export function formatAddress({ host, port }: BrokerAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
