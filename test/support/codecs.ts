// Every message of `schemas/` beside its generated codec, for tests that go over all of them.

import { join } from 'node:path'
import { parseSchemas } from '../../generator/generate.ts'
import { constantName, fileName } from '../../generator/names.ts'
import { readSchemas, rootFolder } from '../../generator/read-schemas.ts'
import type { Message } from '../../generator/schema.ts'
import type { MessageCodec } from '../../src/protocol/message.ts'

export interface Codec {
  readonly message: Message
  readonly codec: MessageCodec<unknown>
}

/** By Kafka's name; removed messages are left out. */
export async function loadCodecs(): Promise<Map<string, Codec>> {
  const codecs = new Map<string, Codec>()
  for (const message of [...parseSchemas(readSchemas()).values()].flat()) {
    if (message.versions === null) continue
    const module = await import(join(rootFolder, 'src/protocol/generated', `${fileName(message.name)}.ts`))
    codecs.set(message.name, { message, codec: module[constantName(message.name)] })
  }
  return codecs
}

/** The versions the codec knows, in order. */
export function versionsOf(codec: MessageCodec<unknown>): number[] {
  const [from, to] = codec.versions
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
