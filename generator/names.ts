// Names in the generated code, from Kafka's.

/** `KRaftVersionRecord` → `kraftVersionRecord`: the constant that holds the codec. */
export function constantName(name: string): string {
  const joined = name.replace('KRaft', 'Kraft')
  return joined[0]!.toLowerCase() + joined.slice(1)
}

/** `AddOffsetsToTxnRequest` → `add-offsets-to-txn-request`: the file. */
export function fileName(name: string): string {
  return name
    .replace('KRaft', 'Kraft')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
}
