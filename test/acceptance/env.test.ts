// Every environment against the same suites.

import { runDiskTests } from './disk-suite.ts'
import { runNetworkTests } from './network-suite.ts'
import { memorySubject, nodeSubject } from './subject.ts'
import { runTimeTests } from './time-suite.ts'

runTimeTests(nodeSubject)
runNetworkTests(nodeSubject)
runDiskTests(nodeSubject)
runDiskTests(memorySubject)
