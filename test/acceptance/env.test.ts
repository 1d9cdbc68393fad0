// Every environment against the same suites.

import { runDiskTests } from './disk-suite.ts'
import { runNetworkTests } from './network-suite.ts'
import { memorySubject, nodeSubject, simulatorSubject } from './subject.ts'
import { runTimeTests } from './time-suite.ts'

runTimeTests(nodeSubject)
runNetworkTests(nodeSubject)
runDiskTests(nodeSubject)
runDiskTests(memorySubject)

for (const seed of [1, 2, 3]) {
  const subject = simulatorSubject(seed)
  runTimeTests(subject)
  runNetworkTests(subject)
  runDiskTests(subject)
}
