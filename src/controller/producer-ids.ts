// Producer ids (AllocateProducerIds, API 67): given to brokers in blocks, so that no two producers share one.

import { assert } from '../base/assert.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { Decision } from './decision.ts'

/** `ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE`. */
const producerIdBlockSize = 1000

export interface ProducerIdBlock {
  readonly firstId: number
  readonly count: number
}

/** The next block, for a registered broker. */
export function decideAllocateProducerIds(image: MetadataImage, brokerId: number): Decision<ProducerIdBlock> {
  const broker = image.brokers.get(brokerId)
  assert(broker !== undefined, `broker ${brokerId} is registered before it asks for producer ids`)
  const firstId = image.producerIds.nextProducerId
  const nextProducerId = firstId + producerIdBlockSize
  return {
    records: [{ name: 'ProducerIdsRecord', value: { brokerId, brokerEpoch: broker.epoch, nextProducerId } }],
    response: { firstId, count: producerIdBlockSize },
    atomic: true,
  }
}
