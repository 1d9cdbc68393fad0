// The values of `controller.quorum.voters` ({id}@{host}:{port}) and `controller.quorum.bootstrap.servers`
// ({host}:{port}), as QuorumConfig reads them.

import { parsedList } from './config-validators.ts'
import type { Parsed } from './config-value.ts'

export interface QuorumVoter {
  readonly id: number
  readonly host: string
  readonly port: number
}

const hostAndPort = /^(?:[0-9a-zA-Z\-%._]*:\/\/)?\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]+)$/

/** Fails with Kafka's message about the first entry that is none. */
export function parseQuorumVoters(entries: readonly string[]): Parsed<QuorumVoter[]> {
  const name = 'controller.quorum.voters'
  const form = `for the configuration ${name}. Each entry should be in the form \`{id}@{host}:{port}\`.`
  const voters: QuorumVoter[] = []
  for (const entry of entries) {
    const [id = '', address = '', ...rest] = entry.split('@')
    if (address === '' || rest.length > 0) {
      return failed(`Invalid configuration value ${form.replace('the configuration ', '')}`)
    }
    if (!/^[+-]?[0-9]+$/.test(id)) return failed(`Failed to parse voter ID as an integer from ${id}`)
    const [, host, port] = hostAndPort.exec(address) ?? []
    if (host === undefined) return failed(`Failed to parse host name from entry ${entry} ${form}`)
    voters.push({ id: Number(id), host, port: Number(port) })
  }
  return { ok: true, value: voters }
}

/** Fails with Kafka's message about the first entry that is none. */
export function parseBootstrapServers(entries: readonly string[]): Parsed<{ host: string; port: number }[]> {
  const servers: { host: string; port: number }[] = []
  for (const entry of entries) {
    const [, host, port] = hostAndPort.exec(entry) ?? []
    if (host === undefined) {
      const form = 'Each entry should be in the form "{host}:{port}"'
      const name = 'controller.quorum.bootstrap.servers'
      return failed(`Failed to parse host name from ${entry} for the configuration ${name}. ${form}`)
    }
    servers.push({ host, port: Number(port) })
  }
  return { ok: true, value: servers }
}

function failed(message: string): { ok: false; message: string } {
  return { ok: false, message }
}

function messageOf(parsed: Parsed<unknown>): string | null {
  return parsed.ok ? null : parsed.message
}

export const quorumVoters = parsedList((entries) => messageOf(parseQuorumVoters(entries)))
export const quorumBootstrapServers = parsedList((entries) => messageOf(parseBootstrapServers(entries)))
