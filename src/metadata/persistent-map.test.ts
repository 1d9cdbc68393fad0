import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PersistentMap } from './persistent-map.ts'

test('[IMAGE1] a persistent map holds what a map would, and earlier ones stay as they were', () => {
  const key = fc.integer({ min: 0, max: 60 }).map((n) => `key-${n}`)
  const change = fc.tuple(key, fc.option(fc.nat()))
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
      let map = PersistentMap.empty<number>()
      const model = new Map<string, number>()
      const versions: [PersistentMap<number>, Map<string, number>][] = []
      for (const [name, value] of changes) {
        map = value === null ? map.delete(name) : map.set(name, value)
        if (value === null) model.delete(name)
        else model.set(name, value)
        versions.push([map, new Map(model)])
      }
      for (const [version, expected] of versions) {
        equal(version.size, expected.size)
        deepEqual(new Map(version), expected)
        for (const name of expected.keys()) equal(version.get(name), expected.get(name))
      }
    }),
    { seed: 7 },
  )
})

test('[IMAGE1] names whose hashes collide are kept apart', () => {
  // FNV-1a gives both names the hash 0x5e4daa9d; the final mix keeps equal hashes equal.
  const map = PersistentMap.empty<number>().set('costarring', 1).set('liquid', 2)
  deepEqual([map.get('costarring'), map.get('liquid'), map.size], [1, 2, 2])
  const rest = map.delete('costarring')
  deepEqual([rest.get('costarring'), rest.get('liquid'), rest.size], [undefined, 2, 1])
})
