// What commands there are, in the order of the help.

import { defineCluster } from './cluster-command.ts'
import { defineConfigs } from './configs-command.ts'
import { defineConsume } from './consume-command.ts'
import { defineDeleteRecords } from './delete-records-command.ts'
import { defineDumpLog } from './dump-log-command.ts'
import { defineFeatures } from './features-command.ts'
import { defineGetOffsets } from './get-offsets-command.ts'
import { defineGroups } from './groups-command.ts'
import { defineLogDirs } from './log-dirs-command.ts'
import { defineProduce } from './produce-command.ts'
import { defineQuorum } from './quorum-command.ts'
import { defineStart } from './start-command.ts'
import { defineStorage } from './storage-command.ts'
import { defineClock, defineFault } from './test-control-commands.ts'
import { defineTopics } from './topics-command.ts'

export const defineCommands = [
  defineStart,
  defineTopics,
  defineProduce,
  defineConsume,
  defineGroups,
  defineConfigs,
  defineGetOffsets,
  defineDeleteRecords,
  defineLogDirs,
  defineFeatures,
  defineCluster,
  defineQuorum,
  defineStorage,
  defineDumpLog,
  defineFault,
  defineClock,
]
