// The broker's configuration under what was set while it runs: the cluster's defaults and its own. Computed when
// asked for after a change, and kept until the next one.

import type { BrokerConfig } from '../config/broker-config.ts'
import type { ConfigsImage } from '../metadata/configs-image.ts'

export class DynamicConfig {
  readonly #config: BrokerConfig
  readonly #nodeId: number
  #current: BrokerConfig
  #perBroker: ReadonlyMap<string, string> = new Map()
  #clusterDefault: ReadonlyMap<string, string> = new Map()

  /** `config` is the broker's own, as it was started. */
  constructor(options: { nodeId: number; config: BrokerConfig }) {
    this.#config = options.config
    this.#nodeId = options.nodeId
    this.#current = options.config
  }

  /** The configuration under what `configs` holds. */
  under(configs: ConfigsImage): BrokerConfig {
    const perBroker = configs.for('broker', String(this.#nodeId))
    const clusterDefault = configs.for('broker', '')
    if (perBroker === this.#perBroker && clusterDefault === this.#clusterDefault) return this.#current
    this.#perBroker = perBroker
    this.#clusterDefault = clusterDefault
    this.#current = this.#config.withDynamic({ perBroker, clusterDefault })
    return this.#current
  }
}
