// What runs should reach now and then: faults and interesting states. A check that passes proves little if the state it
// is about never came up; so each one here is counted, and a long run in which one was never reached fails. Most are
// read from the lines of the trace (the crash, the call of the disk, the log line), the rest is noted by who sees it.

/** Reached when a line of the trace matches. */
const tracePatterns = {
  'kill during a write': /^crash kill during .*write /,
  'kill during a sync': /^crash kill during .*sync /,
  'power loss during a write': /^crash power during .*write /,
  'power loss during a sync': /^crash power during .*sync(?:dir)? /,
  'crash during a write of the metadata log': /^crash .*(?:write|sync) \/data\/__cluster_metadata-0\//,
  'crash during a commit of offsets': /^crash .*(?:write|sync) \/data\/__consumer_offsets-/,
  'packet held up, link cut or host silent for long': /^(?:retransmit|loss of peer|connect timed-out)/,
  'log cut at a torn tail': / is cut at byte /,
  'log loaded after a clean stop': /Loaded \d+ logs .* after a clean shutdown/,
  'log recovered after a crash': /Loaded \d+ logs .* after an unclean shutdown/,
  'segment rolled': /^open \/data\/\w+-\d+\/0+[1-9]\d*\.log$/,
  'records removed for their age': /Deleting the oldest .* retention time/,
  'records removed by request': /Deleting the oldest .* log start offset/,
  'files of a segment removed': /^remove .*\.log\.deleted$/,
  'compacted log cleaned': /LogCleaner: Cleaned \/data\/(?:table|fading)-/,
  'committed offsets cleaned': /LogCleaner: Cleaned \/data\/__consumer_offsets-/,
  'crash while a cleaning writes': /^crash .*(?:write|sync) [^,]*\.cleaned[,\]]/,
  'crash while cleaned segments take their place':
    /^crash .*(?:rename [^,]*\.(?:cleaned|swap)[,\]]|syncdir \/data\/(?:table|fading))/,
  'snapshot of the metadata written': /Wrote the metadata snapshot/,
  'metadata log cut behind a snapshot': /Deleting the oldest .*__cluster_metadata/,
  'snapshot of the metadata read at start': /^open .*\/0*[1-9]\d*-\d+\.checkpoint$/,
  'topic deleted with its logs': / is renamed to .*-delete$/,
  'group began to rebalance': /preparing to rebalance the group/,
  'member lost for its silence': /GroupCoordinatorService: member failed/,
  'coordinator loaded records': /loaded \d*[1-9]\d* records of a coordinator partition/,
  'node gave up': /^fatal .* cannot go on/,
  'log failed for a write error': /The log .* failed: .*write failed/,
  'log failed for a sync error': /The log .* failed: .*sync failed/,
  'log failed for a read error': /The log .* failed: .*readError/,
  'log failed for a full disk': /The log .* failed: .*no space left/,
} as const

/** Noted by the parts of a run. */
const noted = [
  'connections reset',
  'one direction of a link cut',
  'broker isolated',
  'broker paused',
  'clients paused',
  'clock moved back',
  'disk full',
  'clean stop',
  'start refused by the disk',
  'crash while the node starts',
  'crash while a group rebalances',
  'crash with requests in work',
  'duplicate batch answered',
  'record acknowledged again after a crash',
  'fetch refused for its offset',
  'fetch session went on',
  'fetch session refused',
  'fetch without a session for want of room',
  'commit of offsets refused',
  'partitions added',
  'config changed',
  'records deleted on request',
  'producer replaced',
  'committed offset read back after a crash',
  'metadata compared after a crash',
  'log start above 0 at the end',
  'acknowledged tombstone gone for good',
] as const

export type Noted = (typeof noted)[number]

export const sometimesNames: readonly string[] = [...Object.keys(tracePatterns), ...noted]

/** A run over at least so many seeds has to reach everything. */
export const seedsToReachAll = 200

const anyPattern = new RegExp(
  Object.values(tracePatterns)
    .map(({ source }) => source)
    .join('|'),
)

export class Sometimes {
  readonly #counts = new Map<string, number>()

  note(name: Noted): void {
    this.#add(name)
  }

  onTraceLine(what: string): void {
    if (!anyPattern.test(what)) return
    for (const [name, pattern] of Object.entries(tracePatterns)) if (pattern.test(what)) this.#add(name)
  }

  counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  #add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }
}
