// An immutable map from strings with structural sharing (a hash array mapped trie): `set` and `delete` copy
// the path to one entry and share the rest, so an image of 100,000 topics changes by one at the cost of a few
// small arrays. Iteration order follows the hashes: the same entries inserted in any order iterate alike,
// but for entries whose hashes collide.

const bitsPerLevel = 5
const levelMask = (1 << bitsPerLevel) - 1

/** All entries of one 32-bit hash; more than one only when hashes collide. */
interface Leaf<V> {
  readonly kind: 'leaf'
  readonly hash: number
  readonly entries: readonly (readonly [string, V])[]
}

/** Bit i of `bitmap` says that the child for index i exists; children are packed in order of their bits. */
interface Branch<V> {
  readonly kind: 'branch'
  readonly bitmap: number
  readonly children: readonly Node<V>[]
}

type Node<V> = Leaf<V> | Branch<V>

export class PersistentMap<V> implements Iterable<readonly [string, V]> {
  readonly size: number
  readonly #root: Node<V> | undefined

  private constructor(root: Node<V> | undefined, size: number) {
    this.#root = root
    this.size = size
  }

  static empty<V>(): PersistentMap<V> {
    return new PersistentMap<V>(undefined, 0)
  }

  get(key: string): V | undefined {
    return this.#find(hashOf(key), key)
  }

  #find(hash: number, key: string): V | undefined {
    let node = this.#root
    let shift = 0
    while (node !== undefined && node.kind === 'branch') {
      const bit = bitAt(hash, shift)
      if ((node.bitmap & bit) === 0) return undefined
      node = node.children[childIndex(node.bitmap, bit)]
      shift += bitsPerLevel
    }
    if (node === undefined || node.hash !== hash) return undefined
    return node.entries.find((entry) => entry[0] === key)?.[1]
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** The map with `key` at `value`; values are never undefined. */
  set(key: string, value: V): PersistentMap<V> {
    const hash = hashOf(key)
    const size = this.#find(hash, key) === undefined ? this.size + 1 : this.size
    return new PersistentMap(insert(this.#root, 0, hash, key, value), size)
  }

  delete(key: string): PersistentMap<V> {
    if (this.#root === undefined || !this.has(key)) return this
    return new PersistentMap(remove(this.#root, 0, hashOf(key), key), this.size - 1)
  }

  *keys(): IterableIterator<string> {
    for (const [key] of this) yield key
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this) yield value
  }

  *[Symbol.iterator](): Iterator<readonly [string, V]> {
    const open: Node<V>[] = this.#root === undefined ? [] : [this.#root]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node.kind === 'leaf') yield* node.entries
      else for (let i = node.children.length - 1; i >= 0; i--) open.push(node.children[i]!)
    }
  }
}

function insert<V>(node: Node<V> | undefined, shift: number, hash: number, key: string, value: V): Node<V> {
  if (node === undefined) return { kind: 'leaf', hash, entries: [[key, value]] }
  if (node.kind === 'leaf') {
    if (node.hash !== hash) return insert(branchOver(node, shift), shift, hash, key, value)
    const others = node.entries.filter((entry) => entry[0] !== key)
    return { kind: 'leaf', hash, entries: [...others, [key, value]] }
  }
  const bit = bitAt(hash, shift)
  const index = childIndex(node.bitmap, bit)
  const exists = (node.bitmap & bit) !== 0
  const child = insert(exists ? node.children[index] : undefined, shift + bitsPerLevel, hash, key, value)
  const children = exists ? node.children.with(index, child) : node.children.toSpliced(index, 0, child)
  return { kind: 'branch', bitmap: node.bitmap | bit, children }
}

function branchOver<V>(leaf: Leaf<V>, shift: number): Branch<V> {
  return { kind: 'branch', bitmap: bitAt(leaf.hash, shift), children: [leaf] }
}

function remove<V>(node: Node<V>, shift: number, hash: number, key: string): Node<V> | undefined {
  if (node.kind === 'leaf') {
    const entries = node.entries.filter((entry) => entry[0] !== key)
    return entries.length === 0 ? undefined : { ...node, entries }
  }
  const bit = bitAt(hash, shift)
  const index = childIndex(node.bitmap, bit)
  const child = remove(node.children[index]!, shift + bitsPerLevel, hash, key)
  if (child !== undefined) return collapsed({ ...node, children: node.children.with(index, child) })
  if (node.children.length === 1) return undefined
  return collapsed({
    kind: 'branch',
    bitmap: node.bitmap & ~bit,
    children: node.children.toSpliced(index, 1),
  })
}

/** A branch that holds a single leaf is that leaf: removal leaves the shape that insertion would have made. */
function collapsed<V>(branch: Branch<V>): Node<V> {
  const only = branch.children.length === 1 ? branch.children[0]! : undefined
  return only?.kind === 'leaf' ? only : branch
}

function bitAt(hash: number, shift: number): number {
  return 1 << ((hash >>> shift) & levelMask)
}

/** How many children stand before the one of `bit`: the set bits below it. */
function childIndex(bitmap: number, bit: number): number {
  let bits = bitmap & (bit - 1)
  bits -= (bits >>> 1) & 0x55555555
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}

/** FNV-1a over UTF-16 code units, with a final mix so that the low bits are as good as the high ones. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d) >>> 0
}
